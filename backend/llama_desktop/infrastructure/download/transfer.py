"""Fetches the missing pieces of one file, several at once where the server gives parts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Final

import httpx
from msgspec import Struct

from llama_desktop.domain.errors import AppError, DownloadRefused, HubUnreachable
from llama_desktop.infrastructure.download.pace import Bandwidth, Pace
from llama_desktop.infrastructure.download.part_file import BLOCK_BYTES, PartFile
from llama_desktop.infrastructure.download.remote_file import (
    ContentChanged,
    RangeAnswer,
    RemoteFile,
    TryLater,
)
from llama_desktop.infrastructure.net.web import describe

_MAX_CHANGES: Final = 3
_MAGIC: Final = b"GGUF"


class _Piece(Struct):
    """What one connection fetches; `position` is where the next byte goes."""

    position: int
    end: int


class Transfer:
    """One file on its way. `run` returns when every byte is in the part file."""

    def __init__(
        self,
        remote: RemoteFile,
        part: PartFile,
        *,
        pace: Pace,
        bandwidth: Bandwidth,
        on_progress: Callable[[], None],
        on_trouble: Callable[[str | None], None],
    ) -> None:
        """`on_trouble` is told why a connection is tried again, and None once it works."""
        self._remote = remote
        self._part = part
        self._pace = pace
        self._bandwidth = bandwidth
        self._on_progress = on_progress
        self._on_trouble = on_trouble
        self._pieces: deque[_Piece] = deque()
        self._is_ranged = False

    async def run(self) -> None:
        """Fetch what is missing.

        Raises:
            AppError: it cannot be had; with a sentence for the person.
            OSError: the disk is full, or gone.
        """
        for _ in range(_MAX_CHANGES):
            try:
                await self._fetch_all()
            except BaseExceptionGroup as group:
                error = _cause(group)
                if not isinstance(error, ContentChanged):
                    raise error from None
                await asyncio.to_thread(self._part.reset)
                self._on_progress()
            else:
                return
        raise DownloadRefused(f"The file changes on {self._remote.host} again and again.")

    async def _fetch_all(self) -> None:
        missing_bytes = self._part.size_bytes - self._part.done_bytes
        missing = self._part.missing(self._pace.piece(missing_bytes))
        self._pieces = deque(_Piece(start, end) for start, end in missing)
        self._is_ranged = False
        if not self._pieces:
            return
        async with asyncio.TaskGroup() as group:
            # The first answer tells whether parts are given; only then more are worth asking for.
            answered = asyncio.Event()
            group.create_task(self._work(answered), name="fetch")
            await answered.wait()
            if self._is_ranged:
                for _ in range(min(self._pace.connections - 1, len(self._pieces))):
                    group.create_task(self._work(answered), name="fetch")

    async def _work(self, answered: asyncio.Event) -> None:
        try:
            while self._pieces:
                await self._fetch(self._pieces.popleft(), answered)
        finally:
            answered.set()

    async def _fetch(self, piece: _Piece, answered: asyncio.Event) -> None:
        """One piece, tried again from where it broke off."""
        attempt = 0
        while True:
            before = piece.position
            retry_after: float | None = None
            problem: AppError = HubUnreachable(f"{self._remote.host} broke off.")
            try:
                async with self._remote.open(piece.position, piece.end) as answer:
                    await self._begin(answer, piece)
                    answered.set()
                    before = min(before, piece.position)
                    await self._write_all(answer, piece)
            except TryLater as error:
                problem, retry_after = HubUnreachable(error.message), error.seconds
            except httpx.TransportError as error:
                problem = describe(error, self._remote.host)
            if piece.position >= piece.end:
                return
            has_moved = piece.position - before >= self._pace.stall_bytes
            attempt = 1 if has_moved else attempt + 1
            if attempt >= self._pace.attempts:
                raise problem
            if not has_moved:
                self._on_trouble(problem.message)
            await asyncio.sleep(self._pace.pause(attempt, retry_after))

    async def _begin(self, answer: RangeAnswer, piece: _Piece) -> None:
        """Hold an answer against what is here.

        Raises:
            ContentChanged: it is another content.
            TryLater: it is not what was asked for.
        """
        known = self._part.identity
        if answer.identity is not None and answer.identity != known:
            if known is not None:
                raise ContentChanged
            await asyncio.to_thread(self._part.name_content, answer.identity)
        if answer.is_ranged:
            self._is_ranged = True
            self._on_trouble(None)
            return
        if self._is_ranged:
            raise TryLater(f"{self._remote.host} sends the whole file instead of a part.")
        starts_again = self._part.done_bytes > 0
        piece.position, piece.end = 0, self._part.size_bytes
        self._pieces.clear()
        self._on_trouble(
            f"{self._remote.host} cannot go on in the middle: the file comes from its start again."
            if starts_again
            else None
        )

    async def _write_all(self, answer: RangeAnswer, piece: _Piece) -> None:
        """Take the body as far as it was asked for; what came of it stays, however it ends."""
        waiting = bytearray()
        async with aclosing(answer.answer.body()) as body:  # type: ignore[type-var]
            try:
                async for content in _watch(body, self._pace):
                    waiting += content[: piece.end - piece.position - len(waiting)]
                    await self._bandwidth.take(len(content))
                    while piece.position + len(waiting) >= _next_stop(piece):
                        await self._flush(piece, waiting)
                        if piece.position >= piece.end:
                            return
            finally:
                if waiting and not _is_cancelled():
                    await self._flush(piece, waiting)

    async def _flush(self, piece: _Piece, waiting: bytearray) -> None:
        """Write up to the end of the block, so that it counts as here."""
        content = bytes(waiting[: _next_stop(piece) - piece.position])
        if piece.position == 0 and not content.startswith(_MAGIC):
            raise DownloadRefused(
                f"{self._remote.host} sends something that is no GGUF file: a web page, perhaps."
            )
        await asyncio.to_thread(self._part.write, piece.position, content)
        piece.position += len(content)
        del waiting[: len(content)]
        self._on_progress()


async def _watch(body: AsyncIterator[bytes], pace: Pace) -> AsyncIterator[bytes]:
    """The same bytes, given up when next to nothing comes. The reader's own time does not count.

    Raises:
        httpx.ReadTimeout: too little came for too long.
    """
    clock = asyncio.get_running_loop().time
    waited, came = 0.0, 0
    asked = clock()
    async for content in body:
        waited += clock() - asked
        came += len(content)
        if waited >= pace.stall_seconds:
            if came < pace.stall_bytes:
                raise httpx.ReadTimeout("next to nothing came")
            waited, came = 0.0, 0
        yield content
        asked = clock()


def _next_stop(piece: _Piece) -> int:
    return min((piece.position // BLOCK_BYTES + 1) * BLOCK_BYTES, piece.end)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What went wrong first; a group holds each task's end."""
    first = group.exceptions[0]
    return _cause(first) if isinstance(first, BaseExceptionGroup) else first
