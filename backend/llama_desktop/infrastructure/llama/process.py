"""What the actor knows of a llama-server process: how to launch one, and what it is then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from llama_desktop.domain.llama import Engine, LoadedModel, ServerConfig, ServerFailure
from llama_desktop.infrastructure.llama.client import LlamaClient


@dataclass(frozen=True, slots=True)
class LaunchProgress:
    """How a launch is getting on. Reported on each change; a field keeps its last value."""

    pid: int | None = None
    progress: float | None = None
    """0 to 1, where the engine tells."""
    silent_seconds: float | None = None
    """Set from 30 s without any log line or progress; None again when it speaks."""


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

    async def wait(self) -> ServerFailure:
        """Until it has left, by whatever way; says how, with the last lines of its log."""
        ...

    async def stop(self) -> None:
        """Close own streams, terminate, wait, terminate, kill; each step bounded. Never raises."""
        ...


class Launcher(Protocol):
    """Finds the program, spawns it, and waits until it is healthy."""

    async def launch(
        self, config: ServerConfig, report: Callable[[LaunchProgress], None]
    ) -> ServerProcess:
        """Return the healthy process.

        Takes as long as loading takes. Cancelled at any moment, it leaves no process behind.

        Raises:
            EngineNotFound: no usable llama-server.
            ModelUnusable: the file is missing, unreadable, or plainly no GGUF.
            ServerStartFailed: the child ended first; `details["failure"]` is a ServerFailure.
        """
        ...
