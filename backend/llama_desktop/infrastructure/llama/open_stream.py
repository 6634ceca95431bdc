"""Lets a stream be aborted from outside the task that reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from llama_desktop.domain.errors import StreamCut

T = TypeVar("T")


class OpenStream:
    """One stream under way. Its reader does each of its waits through `wait`.

    The waits are guarded one by one, never across a `yield`: there the reader's caller would be
    hit wherever it happens to stand.
    """

    def __init__(self) -> None:
        self._aborted = False
        self._scope: asyncio.Timeout | None = None
        self.left = asyncio.Event()
        """Set by the reader when it lets go."""

    async def wait(self, begin: Callable[[], Awaitable[T]]) -> T:
        """What the awaitable gives.

        Raises:
            StreamCut: the stream was aborted, before or meanwhile.
        """
        if self._aborted:
            raise _stopped()
        try:
            async with asyncio.timeout(None) as self._scope:
                return await begin()
        except TimeoutError as error:
            if self._aborted:
                raise _stopped() from error
            raise
        finally:
            self._scope = None

    def abort(self) -> None:
        """End the wait under way, if any, and every later one."""
        self._aborted = True
        if self._scope is not None:
            self._scope.reschedule(asyncio.get_running_loop().time())


def _stopped() -> StreamCut:
    return StreamCut("The engine was stopped while it answered.")
