"""What the actor knows of a llama-server process: how to launch one, and what it is then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from llama_desktop.domain.failure import Ending
from llama_desktop.domain.llama import Engine, LoadedModel, LoadStage, ServerConfig
from llama_desktop.infrastructure.llama.client import LlamaClient


class LaunchProgress(Struct, frozen=True):
    """How a launch is getting on. Reported on each change; a field keeps its last value."""

    pid: int | None = None
    stage: LoadStage | None = None
    progress: float | None = None
    """Of the stage, 0 to 1, where the engine tells."""
    silent_seconds: float | None = None
    """Set from 30 s without any log line or progress; None again when it speaks."""


class LaunchFailed(Exception):
    """The child ended before it was healthy, or could not be started at all."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(f"exit code {ending.exit_code}")
        self.ending = ending
        """What was seen of it; why so, is for others to find out."""


class ServerProcess(Protocol):
    """A llama-server that has become healthy."""

    @property
    def pid(self) -> int: ...

    @property
    def base_url(self) -> str: ...

    @property
    def engine(self) -> Engine: ...

    @property
    def model(self) -> LoadedModel: ...

    @property
    def client(self) -> LlamaClient: ...

    async def wait(self) -> Ending:
        """Until it has left, by whatever way; says how, with the last lines of its log."""
        ...

    async def stop(self) -> None:
        """Close own streams, terminate, wait, terminate, kill; each step bounded. Never raises."""
        ...


class Launcher(Protocol):
    """Finds the program, spawns it, and waits until it is healthy."""

    async def check(self, config: ServerConfig) -> None:
        """Look at the files of a start, before a server that runs is ended for it.

        Raises:
            ModelUnusable: a file is missing, unreadable, no GGUF, damaged or cut off.
        """
        ...

    async def launch(
        self, config: ServerConfig, report: Callable[[LaunchProgress], None]
    ) -> ServerProcess:
        """Return the healthy process.

        Takes as long as loading takes. Cancelled at any moment, it leaves no process behind.

        Raises:
            EngineNotFound: no usable llama-server.
            ModelUnusable: the file is missing, unreadable, or plainly no GGUF.
            LaunchFailed: the child ended first.
        """
        ...
