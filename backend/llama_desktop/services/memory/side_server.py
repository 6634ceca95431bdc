"""A llama-server beside the one for chats: runs while it is needed, and some minutes more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self

from llama_desktop.domain.errors import AppError, EngineRequestFailed, ServerNotRunning
from llama_desktop.domain.llama import Failed, Running, ServerConfig, ServerState
from llama_desktop.infrastructure.llama.client import LlamaClient
from llama_desktop.services.llama.service import LlamaCppService

logger = logging.getLogger(__name__)

IDLE_SECONDS: Final = 300.0
_RETRY_SECONDS: Final = 60.0
"""What failed is not tried at every question again."""


class SideServer:
    """Starts and stops its own `LlamaCppService`, whose rules are those of the server for chats."""

    def __init__(
        self,
        server: LlamaCppService,
        *,
        check: Callable[[Path], None] = lambda _path: None,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """`check` looks at a model's file before it is loaded, in a thread, and raises AppError."""
        self._server = server
        self._check = check
        self._idle_seconds = idle_seconds
        self._config: ServerConfig | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._bedtime: asyncio.TimerHandle | None = None
        self._failed_at: float | None = None
        self.problem: str | None = None
        """Why it does not run, where it should."""
        self.on_change: Callable[[], None] = lambda: None
        self._unsubscribe = server.topic.subscribe(self._on_state)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """The service itself is closed by whoever opened it."""
        self._unsubscribe()
        self._put_to_bed(None)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def is_ready(self) -> bool:
        """Whether a question would be answered at once."""
        match self._server.state:
            case Running(config=config):
                return config == self._config
            case _:
                return False

    def choose(self, config: ServerConfig | None) -> None:
        """What to run from now on. Another one that runs is replaced when this one is needed."""
        if config == self._config:
            return
        self._config = config
        self._failed_at = self.problem = None
        if config is None:
            self._put_to_bed(None)
            self._spawn(self._stop(), "stop a side server")

    def wake(self) -> None:
        """Start it in the background, if it does not run."""
        if self._config is None or self.is_ready or self._tasks or self._has_just_failed():
            return
        self._spawn(self._start(), "start a side server")

    async def client(self) -> LlamaClient:
        """The client of the server, which is started first where it does not run.

        Raises:
            AppError: it cannot be started, or nothing is chosen.
        """
        config = self._config
        if config is None:
            raise ServerNotRunning("No model is chosen.")
        self._put_to_bed(self._idle_seconds)
        if self.is_ready:
            return self._server.require_client()
        if self._has_just_failed():
            raise EngineRequestFailed(self.problem or "The engine has stopped.")
        try:
            await asyncio.to_thread(self._check, config.model_path)
            await self._server.start(config)
        except AppError as error:
            self.fail(error.message)
            raise
        return self._server.require_client()

    def fail(self, problem: str) -> None:
        """It runs, or not, and is of no use: leave it alone for a while."""
        self._failed_at, self.problem = monotonic(), problem
        self.on_change()

    def _has_just_failed(self) -> bool:
        return self._failed_at is not None and monotonic() - self._failed_at < _RETRY_SECONDS

    def _on_state(self, state: ServerState, _sequence: int) -> None:
        match state:
            case Running():
                self._failed_at = self.problem = None
            case Failed(failure=failure):
                self._failed_at, self.problem = monotonic(), failure.message
        self.on_change()

    async def _start(self) -> None:
        try:
            await self.client()
        except AppError as error:
            logger.warning("a model for the search cannot be started: %s", error.message)

    async def _stop(self) -> None:
        await self._server.stop()

    def _put_to_bed(self, seconds: float | None) -> None:
        """Stop it so many seconds from now, unless it is asked again."""
        if self._bedtime is not None:
            self._bedtime.cancel()
            self._bedtime = None
        if seconds is not None:
            self._bedtime = asyncio.get_running_loop().call_later(
                seconds, lambda: self._spawn(self._stop(), "stop an idle side server")
            )

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
