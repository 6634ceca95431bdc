"""Hears a child process: its output in pieces, its end at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, cast

_NAMES: Final = {1: "stdout", 2: "stderr"}
_REAP_SECONDS: Final = 1.0

OnOutput = Callable[[str, bytes], None]
"""Called with `stdout` or `stderr` and a piece of it; with an empty piece at its end."""


class ChildProtocol(asyncio.SubprocessProtocol):
    """Below asyncio's streams on purpose: there a child has not ended before its pipes have.

    And these may be held open by a child of the child for as long as that one likes.
    """

    def __init__(self, on_output: OnOutput | None = None) -> None:
        self._on_output = on_output
        loop = asyncio.get_running_loop()
        self._open = set(_NAMES)
        self.exited: asyncio.Future[int] = loop.create_future()
        """The exit code, as `subprocess` gives it."""
        self.drained = asyncio.Event()
        """Both outputs have come to their end."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called before anything else."""
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """A piece of the child's output."""
        if self._on_output is not None and fd in _NAMES:
            self._on_output(_NAMES[fd], data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """One of the pipes has come to its end."""
        del exc
        if fd not in _NAMES:
            return
        if self._on_output is not None:
            self._on_output(_NAMES[fd], b"")
        self._open.discard(fd)
        if not self._open:
            self.drained.set()

    def process_exited(self) -> None:
        """The child is gone and reaped."""
        code = self._transport.get_returncode()
        if not self.exited.done() and code is not None:
            self.exited.set_result(code)


async def reap(*children: ChildProtocol) -> None:
    """Waits for children that were killed, for a second at most, also where it is cancelled.

    Whoever left at once might be the last on this loop, and nobody would reap them then.
    """
    waiting = asyncio.ensure_future(
        asyncio.wait({child.exited for child in children}, timeout=_REAP_SECONDS)
    )
    try:
        await asyncio.shield(waiting)
    except asyncio.CancelledError:
        await waiting
        raise
