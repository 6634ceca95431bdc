"""As many turns at once as the server has slots; the others wait in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from llama_desktop.domain.llama import Running
from llama_desktop.infrastructure.llama.client import LlamaClient


class RunningServer(Protocol):
    """What a turn needs of the server: the service's handle, or another server later."""

    def require_running(self) -> Running: ...

    def require_client(self) -> LlamaClient: ...


class Slots:
    """The slots of whichever server runs."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        self._pid: int | None = None
        self._gate = asyncio.Semaphore(0)

    def are_taken(self) -> bool:
        """Whether a turn that came now would wait. Raises ServerNotRunning."""
        return self._gate_of(self._server.require_running()).locked()

    @asynccontextmanager
    async def take(self, on_wait: Callable[[], None]) -> AsyncIterator[Running]:
        """Hold one slot of the running server.

        Raises:
            ServerNotRunning: there is no server, or none any more after the wait.
        """
        while True:
            running = self._server.require_running()
            gate = self._gate_of(running)
            if gate.locked():
                on_wait()
            async with gate:
                # While this turn waited, another model may have been loaded, with its own slots.
                if self._server.require_running().pid == running.pid:
                    yield running
                    return

    def _gate_of(self, running: Running) -> asyncio.Semaphore:
        if running.pid != self._pid:
            self._pid = running.pid
            self._gate = asyncio.Semaphore(max(1, running.model.slots))
        return self._gate
