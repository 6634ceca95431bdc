"""Keeps the search index true to the chats: catches up at start, and follows every change."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.domain.memory import EmbeddingState, IndexState, RerankerState
from llama_desktop.infrastructure.storage.chat_files import read_chat, scan_chats
from llama_desktop.infrastructure.storage.search_index import (
    SearchIndex,
    SearchIndexUnusable,
    measure_index,
    remove_index,
)
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.memory.indexed import INDEX_VERSION, analyse_message, select_messages

logger = logging.getLogger(__name__)
T = TypeVar("T")

_TOLD_EVERY: Final = 0.25
"""Seconds between two reports of how far the catching up has come."""
_COMMITTED_EVERY: Final = 0.2
"""Seconds of catching up before a changed chat, a question to the index or the end has its turn."""


class MemoryIndex:
    """Alone writes the index, which holds what can be read off the chats' files and no more.

    One task takes one chat after another, those that were just changed first, then the newest; the
    work itself is done in a worker thread and never waits for the thread that keeps the chats, nor
    the other way round.
    """

    def __init__(
        self, *, chats: Path, file: Path, let_readers_go: Callable[[], Awaitable[None]]
    ) -> None:
        """`let_readers_go`: nobody may have the file open while it is opened or made anew."""
        self._chats = chats
        self._file = file
        self._let_readers_go = let_readers_go
        self._index: SearchIndex | None = None
        self._is_damaged = False
        self._changed: dict[str, None] = {}
        self._jobs: deque[tuple[Callable[[sqlite3.Connection], Any], asyncio.Future[Any]]] = deque()
        self._waiting: list[str] = []
        self._done = self._total = self._messages = self._size = 0
        self._told = 0.0
        self._is_closing = False
        self._work = asyncio.Event()
        self._caught_up = asyncio.Event()
        self._opened = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._models: tuple[EmbeddingState | None, RerankerState | None] = (None, None)
        self.on_caught_up: Callable[[], None] = lambda: None
        """Called when chats were taken in and none waits any more."""
        self.topic: Final = Topic[IndexState]("memory", self._state)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="index chats")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End after the chat that is being indexed; the next start catches up with the rest."""
        assert self._task is not None
        self._is_closing = True
        self._work.set()
        await asyncio.wait([self._task])
        self._task.result()

    def note_change(self, conversation_id: str) -> None:
        """A chat was written, deleted or brought back: look at it again, soon."""
        self._changed[conversation_id] = None
        self._caught_up.clear()
        self._work.set()

    def make_anew(self) -> None:
        """Begin again with an empty index, and read all chats."""
        self._is_damaged = True
        self._opened.clear()
        self._caught_up.clear()
        self._work.set()

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do one piece of work on the index, between two chats.

        Raises:
            SearchIndexUnusable: it could not be done; the index is being made anew.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.append((work, done))
        self._work.set()
        return await done

    def tell_models(self, embedding: EmbeddingState | None, reranker: RerankerState | None) -> None:
        """What the models beside the index do, for whoever listens."""
        if self._models != (embedding, reranker):
            self._models = (embedding, reranker)
            self._tell()

    async def wait_opened(self) -> None:
        """Until the index can be read, if only in part."""
        await self._opened.wait()

    async def wait_caught_up(self) -> None:
        """Until nothing waits to be indexed."""
        await self._caught_up.wait()

    @property
    def knows_all(self) -> bool:
        """Whether every chat was read, but for what changed a moment ago."""
        return self._opened.is_set() and self._done >= self._total

    async def _run(self) -> None:
        failures = 0
        while not self._is_closing:
            self._work.clear()
            try:
                await self._take_all()
                failures = 0
            except (SearchIndexUnusable, StorageFailed) as error:
                logger.warning("the search index is made anew: %s", error)
                self.make_anew()
                failures += 1
                if failures == 1:
                    continue
                # The disk takes nothing: wait until there is something new to try it with.
                self._work.clear()
            await self._work.wait()
        for _, done in self._jobs:
            done.cancel()
        if self._index is not None:
            await asyncio.to_thread(self._index.close)

    async def _take_all(self) -> None:
        if self._index is None or self._is_damaged:
            self._index = await self._open()
        while not self._is_closing and not self._is_damaged:
            if self._jobs:
                await self._do(self._index, *self._jobs.popleft())
            elif self._changed:
                conversation_id = next(iter(self._changed))
                del self._changed[conversation_id]
                await self._take(self._index, conversation_id)
            elif self._waiting:
                self._done += await asyncio.to_thread(self._take_some, self._index)
                self._tell(now_and_then=True)
            else:
                if self._caught_up.is_set():
                    return
                self._messages = await asyncio.to_thread(self._index.count_messages)
                if self._is_idle():  # still, after the counting
                    self._caught_up.set()
                    self._tell()
                    self.on_caught_up()

    def _is_idle(self) -> bool:
        return not (self._is_damaged or self._jobs or self._changed or self._waiting)

    async def _do(
        self,
        index: SearchIndex,
        work: Callable[[sqlite3.Connection], T],
        done: asyncio.Future[T],
    ) -> None:
        if done.done():
            return  # nobody waits for it any more
        try:
            result = await asyncio.to_thread(index.run, work)
        except SearchIndexUnusable as error:
            if not done.done():
                done.set_exception(error)
            raise
        if not done.done():
            done.set_result(result)

    async def _take(self, index: SearchIndex, conversation_id: str) -> None:
        await asyncio.to_thread(bring_up_to_date, index, self._chats, conversation_id)

    def _take_some(self, index: SearchIndex) -> int:
        """Take in what waits for a moment, in one commit: each costs as much as several chats."""
        began = monotonic()
        count = 0
        with index.together():
            while self._waiting and monotonic() - began < _COMMITTED_EVERY:
                bring_up_to_date(index, self._chats, self._waiting.pop())
                count += 1
        return count

    async def _open(self) -> SearchIndex:
        """The index with a list of what has to be caught up with."""
        old, self._index = self._index, None
        if old is not None:
            await asyncio.to_thread(old.close)
        await self._let_readers_go()
        if self._is_damaged:
            await asyncio.to_thread(remove_index, self._file)
            self._is_damaged = False
        index = await asyncio.to_thread(
            lambda: SearchIndex(self._file, version=INDEX_VERSION, analyse=analyse_message)
        )
        self._waiting = await asyncio.to_thread(self._compare, index)
        self._done, self._total = 0, len(self._waiting)
        self._opened.set()
        self._tell()
        return index

    def _compare(self, index: SearchIndex) -> list[str]:
        """The chats whose files have changed, come or gone since; the newest last."""
        known = index.fingerprints()
        there = scan_chats(self._chats)
        gone = [chat_id for chat_id in known if chat_id not in there]
        changed = [chat_id for chat_id, one in there.items() if known.get(chat_id) != one]
        self._messages = index.count_messages()
        return sorted(changed, key=lambda chat_id: there[chat_id].mtime_ns) + gone

    def _tell(self, *, now_and_then: bool = False) -> None:
        if now_and_then and monotonic() - self._told < _TOLD_EVERY:
            return
        self._told = monotonic()
        self._size = measure_index(self._file)
        self.topic.publish(self._state())

    def _state(self) -> IndexState:
        return IndexState(
            message_count=self._messages,
            chats_done=self._done,
            chats_total=self._total,
            is_catching_up=self._done < self._total,
            size_bytes=self._size,
            embedding=self._models[0],
            reranker=self._models[1],
        )


def bring_up_to_date(index: SearchIndex, chats: Path, conversation_id: str) -> None:
    """Make the index say of a chat what its file says now.

    Raises:
        SearchIndexUnusable: it has to be made anew.
    """
    kept = read_chat(chats, conversation_id)
    if kept is None:
        index.drop_chat(conversation_id)
        return
    conversation, fingerprint = kept
    index.put_chat(
        conversation_id,
        title=conversation.title,
        updated=conversation.updated,
        is_pinned=conversation.is_pinned,
        fingerprint=fingerprint,
        messages=select_messages(conversation),
    )
