"""The memory of all chats, as the rest of the app asks it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from llama_desktop.domain.chat import Role
from llama_desktop.domain.memory import SearchFilter, SearchHit
from llama_desktop.infrastructure.storage.search_index import SearchIndexUnusable
from llama_desktop.infrastructure.storage.search_reader import (
    Found,
    SearchInterrupted,
    SearchReader,
)
from llama_desktop.services.memory.fuse import Ranked
from llama_desktop.services.memory.index import MemoryIndex
from llama_desktop.services.memory.query import Query, read_query
from llama_desktop.services.memory.search import EVERYTHING, Hit, MessageSearch
from llama_desktop.services.memory.snippet import cut_snippet, without_signs

logger = logging.getLogger(__name__)

T = TypeVar("T")

_MAX_HITS: Final = 100
_SNIPPET: Final = 130
_MAX_QUERY: Final = 1_000


class MemoryService:
    """Alone reads the index: on one thread of its own, beside the one that writes it."""

    def __init__(self, *, chats: Path, file: Path) -> None:
        self._reader = SearchReader(file)
        self._search = MessageSearch(self._reader)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="search")
        self.index: Final = MemoryIndex(
            chats=chats, file=file, let_readers_go=lambda: self._run(self._reader.close)
        )

    async def __aenter__(self) -> Self:
        await self.index.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.index.__aexit__(kind, error, traceback)
        await self._run(self._reader.close)
        await asyncio.to_thread(self._executor.shutdown)

    async def search(
        self, text: str, *, limit: int, only: SearchFilter = EVERYTHING
    ) -> tuple[SearchHit, ...]:
        """The messages of all chats that fit best. While the index grows: of what is in it."""
        query = read_query(text[:_MAX_QUERY])
        if not query.words:
            return ()
        await self.index.wait_opened()
        hits = await self._ask(
            lambda: self._search.find(query, min(max(limit, 1), _MAX_HITS), only=only)
        )
        return tuple(_show(hit) for hit in hits)

    async def list_models(self) -> tuple[str, ...]:
        """The names of the models whose answers can be found."""
        await self.index.wait_opened()
        return tuple(await self._ask(self._reader.models))

    async def find(
        self, query: Query, *, limit: int, accept: Callable[[Found, Ranked], bool]
    ) -> list[Hit]:
        """The messages that fit best, of those that are accepted. May be cancelled."""
        await self.index.wait_opened()
        try:
            return await self._ask(lambda: self._search.find(query, limit, accept=accept))
        except asyncio.CancelledError:
            self._reader.interrupt()
            raise

    async def read(self, keys: Collection[int]) -> dict[int, Found]:
        """These messages, by key."""
        return await self._run(lambda: self._reader.read_found(keys))

    async def _ask(self, find: Callable[[], list[T]]) -> list[T]:
        try:
            return await self._run(find)
        except SearchInterrupted:
            return []
        except SearchIndexUnusable as error:
            logger.warning("the search index cannot be read: %s", error)
            self.index.make_anew()
            return []

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)


def _show(hit: Hit) -> SearchHit:
    snippet = cut_snippet(without_signs(hit.message.content), hit.groups, _SNIPPET)
    return SearchHit(
        conversation_id=hit.message.chat_id,
        conversation_title=hit.message.chat_title,
        message_id=hit.message.doc,
        role=Role(hit.message.role),
        model=hit.message.model,
        created=hit.message.created,
        snippet=snippet.text,
        matches=snippet.matches,
        score=hit.ranked.score,
    )
