"""Makes out what all messages mean, in the background and only while the machine is free."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from llama_desktop.domain.errors import AppError
from llama_desktop.domain.memory import EmbeddingState, RerankerState
from llama_desktop.domain.settings import Settings
from llama_desktop.infrastructure.storage.search_index import SearchIndexUnusable
from llama_desktop.infrastructure.storage.search_vectors import (
    Exchange,
    VectorSource,
    begin_vectors,
    count_vectors,
    list_chats_without,
    read_source,
    read_without,
    store_vectors,
)
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.memory.embedding_model import EmbeddingModel
from llama_desktop.services.memory.idleness import Idleness
from llama_desktop.services.memory.index import MemoryIndex
from llama_desktop.services.memory.reranker import Reranker
from llama_desktop.services.memory.side_server import SideServer

logger = logging.getLogger(__name__)

_AT_ONCE: Final = 8
"""Exchanges of one request: a question that comes meanwhile waits for no more."""


class Embedder:
    """Follows the settings and the index; one task gives vector after vector to the index.

    Newest chats first. What is done is kept at once, so that it goes on where it was at the next
    start. Whatever fails, the search knows words as before.
    """

    def __init__(
        self,
        index: MemoryIndex,
        embedding: EmbeddingModel,
        reranker: Reranker,
        idleness: Idleness,
        settings: Topic[Settings],
        *,
        embedding_server: SideServer,
        reranker_server: SideServer,
    ) -> None:
        self._index = index
        self._embedding = embedding
        self._reranker = reranker
        self._idleness = idleness
        self._settings = settings
        self._embedding_server = embedding_server
        self._reranker_server = reranker_server
        self._path: Path | None = None
        self._reranker_path: Path | None = None
        self._done = self._total = 0
        self._problem: str | None = None
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._index.on_caught_up = self._work.set
        self._embedding_server.on_change = self._reranker_server.on_change = self._tell
        self._unsubscribe = self._settings.subscribe(self._on_settings)
        self._work.set()
        self._task = asyncio.create_task(self._run(), name="embed messages")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """What is not embedded is so after the next start."""
        assert self._task is not None
        self._unsubscribe()
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()

    def _on_settings(self, settings: Settings, _sequence: int) -> None:
        self._reranker_path = settings.reranker_model_path
        self._reranker.choose(settings.reranker_model_path)
        if settings.embedding_model_path != self._path:
            self._path = settings.embedding_model_path
            self._embedding.choose(self._path)
            self._done = self._total = 0
            self._problem = None
            self._work.set()
        self._tell()

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            await self._index.wait_caught_up()
            path = self._path
            try:
                await self._take_all()
                self._problem = None
            except SearchIndexUnusable:
                continue  # it is made anew, and tells when it is there
            except AppError as error:
                logger.warning("messages cannot be embedded: %s", error.message)
                if path == self._path:
                    self._problem = error.message
            self._tell()

    async def _take_all(self) -> None:
        path = self._path
        source = await self._index.run(read_source)
        if path is None:
            if source is not None:
                await self._index.run(lambda db: begin_vectors(db, None))
            return
        source = await self._prepare(source)
        if path != self._path:
            return
        self._embedding.use(source)
        self._done, self._total = await self._index.run(count_vectors)
        self._tell()
        for chat in await self._index.run(list_chats_without):
            await self._take_chat(chat, source)
            if self._work.is_set():
                return  # something newer waits, or another model

    async def _prepare(self, known: VectorSource | None) -> VectorSource:
        """What the vectors in the index are made by, all of them."""
        model = await self._embedding.identify()
        if known is not None and known.model == model:
            return known
        await self._idleness.wait()
        source = await self._embedding.probe(model)
        await self._index.run(lambda db: begin_vectors(db, source))
        return source

    async def _take_chat(self, chat: int, source: VectorSource) -> None:
        while not self._work.is_set():
            await self._idleness.wait()
            exchanges = await self._index.run(lambda db: read_without(db, chat, _AT_ONCE))
            if not exchanges:
                return
            vectors = await self._embedding.embed(exchanges)
            await self._store(source, list(zip(exchanges, vectors, strict=True)))
            self._done += len(vectors)
            self._tell()

    async def _store(self, source: VectorSource, vectors: list[tuple[Exchange, bytes]]) -> None:
        await self._index.run(lambda db: store_vectors(db, source, vectors))

    def _tell(self) -> None:
        embedding = reranker = None
        if self._path is not None:
            embedding = EmbeddingState(
                model=self._path.name,
                messages_done=min(self._done, self._total),
                messages_total=self._total,
                is_ready=self._embedding_server.is_ready,
                problem=self._problem or self._embedding_server.problem,
            )
        if self._reranker_path is not None:
            reranker = RerankerState(
                model=self._reranker_path.name,
                is_ready=self._reranker_server.is_ready,
                problem=self._reranker_server.problem,
            )
        self._index.tell_models(embedding, reranker)
