"""The memory of all chats, as the rest of the app asks it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self, TypeVar

from msgspec import Struct

from llama_desktop.domain.chat import Role
from llama_desktop.domain.memory import SearchFilter, SearchHit
from llama_desktop.infrastructure.storage.search_index import SearchIndexUnusable
from llama_desktop.infrastructure.storage.search_reader import (
    Found,
    SearchInterrupted,
    SearchReader,
)
from llama_desktop.services.memory.embedding_model import EmbeddingModel
from llama_desktop.services.memory.fuse import Ranked
from llama_desktop.services.memory.index import MemoryIndex
from llama_desktop.services.memory.query import Query, read_query
from llama_desktop.services.memory.reranker import RERANKED, Reranker
from llama_desktop.services.memory.search import EVERYTHING, Hit, MessageSearch
from llama_desktop.services.memory.snippet import cut_snippet, without_signs

logger = logging.getLogger(__name__)

T = TypeVar("T")

_MAX_HITS: Final = 100
_SNIPPET: Final = 130
_MAX_QUERY: Final = 1_000


class Patience(Struct, frozen=True):
    """Until when, in seconds from the question on, the models beside the index are waited for."""

    embedding: float
    reranker: float


_OF_A_PERSON: Final = Patience(embedding=0.3, reranker=1.0)
_NONE: Final = Patience(embedding=0, reranker=0)


class MemoryService:
    """Alone reads the index: on one thread of its own, beside the one that writes it."""

    def __init__(
        self,
        *,
        chats: Path,
        file: Path,
        embedding: EmbeddingModel | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """Without the models the search knows words alone."""
        self._embedding = embedding
        self._reranker = reranker
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
        self,
        text: str,
        *,
        limit: int,
        only: SearchFilter = EVERYTHING,
        by_meaning: bool = True,
    ) -> tuple[SearchHit, ...]:
        """The messages of all chats that fit best. While the index grows: of what is in it."""
        text = text[:_MAX_QUERY]
        query = read_query(text)
        if not query.words:
            return ()
        await self.index.wait_opened()
        patience = _OF_A_PERSON if by_meaning else _NONE
        limit = min(max(limit, 1), _MAX_HITS)
        hits = await self._guard(self._find(query, text, limit=limit, only=only, patience=patience))
        # Not here: a message may be a megabyte, and is read to its end.
        return await self._run(lambda: tuple(_show(hit) for hit in hits))

    async def list_models(self) -> tuple[str, ...]:
        """The names of the models whose answers can be found."""
        await self.index.wait_opened()
        return tuple(await self._guard(self._run(self._reader.models)))

    async def find(
        self,
        query: Query,
        text: str,
        *,
        limit: int,
        accept: Callable[[Found, Ranked], bool],
        patience: Patience,
    ) -> list[Hit]:
        """The messages that fit best, of those that are accepted. May be cancelled.

        `text`: what was asked, for the models beside the index.
        """
        await self.index.wait_opened()
        try:
            return await self._guard(
                self._find(query, text, limit=limit, accept=accept, patience=patience)
            )
        except asyncio.CancelledError:
            self._reader.interrupt()
            raise

    async def read(self, keys: Collection[int]) -> dict[int, Found]:
        """These messages, by key."""
        return await self._run(lambda: self._reader.read_found(keys))

    async def _find(
        self,
        query: Query,
        text: str,
        *,
        limit: int,
        patience: Patience,
        only: SearchFilter = EVERYTHING,
        accept: Callable[[Found, Ranked], bool] | None = None,
    ) -> list[Hit]:
        began = monotonic()
        meaning = asyncio.create_task(self._embed(text, patience), name="embed a question")
        try:
            candidates = await self._run(lambda: self._search.look(query, only=only))
            vector = await meaning
        finally:
            meaning.cancel()
        is_reranked = (
            patience.reranker > 0 and self._reranker is not None and self._reranker.is_ready
        )
        wanted = max(limit, RERANKED) if is_reranked else limit
        hits = await self._run(
            lambda: self._search.choose(candidates, wanted, vector=vector, accept=accept)
        )
        if is_reranked:
            assert self._reranker is not None
            left = patience.reranker - (monotonic() - began)
            hits = await self._reranker.order(text, hits, seconds=left)
        return hits[:limit]

    async def _embed(self, text: str, patience: Patience) -> tuple[float, ...] | None:
        if self._embedding is None or patience.embedding <= 0:
            return None
        return await self._embedding.embed_query(text, seconds=patience.embedding)

    async def _guard(self, finding: Awaitable[list[T]]) -> list[T]:
        try:
            return await finding
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
        likeness=hit.ranked.likeness,
    )
