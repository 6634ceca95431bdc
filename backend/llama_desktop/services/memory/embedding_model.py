"""The embedding model: vectors of exchanges in the background, vectors of questions in time."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from llama_desktop.domain.errors import AppError, EngineRequestFailed, ModelUnusable
from llama_desktop.domain.llama import Pooling, ServerConfig
from llama_desktop.infrastructure.llama.client import LlamaClient
from llama_desktop.infrastructure.llama.text_models import cut, embed
from llama_desktop.infrastructure.storage.search_vectors import Exchange, VectorSource
from llama_desktop.services.memory.side_server import SideServer
from llama_desktop.services.memory.vectors import likeness, pack, shorten

logger = logging.getLogger(__name__)

LONGEST_TEXT: Final = 512
"""Tokens; an engine reads so many in one go, and an embedding model wants to see all at once."""
_SHARE_BEFORE: Final = 3
"""The message before takes at most a third of an exchange."""
_MOST_CHARACTERS: Final = 16_000
_QUERIES_KEPT: Final = 256
_LONGEST_QUERY: Final = 1_000
_PROBES: Final = (
    "The cat sleeps on the warm sofa.",
    "A cat is sleeping on the sofa.",
    "Quarterly tax return of the company.",
)
"""The first two are closer to each other than to the third, to anything that knows meanings."""


class EmbeddingModel:
    """What is asked of it goes to one side server; nothing of it is kept but questions."""

    def __init__(self, server: SideServer) -> None:
        self._server = server
        self._path: Path | None = None
        self._source: VectorSource | None = None
        self._queries: OrderedDict[str, tuple[float, ...]] = OrderedDict()

    def choose(self, path: Path | None) -> None:
        """Use this model from now on; None: none."""
        if path != self._path:
            self._path = path
            self._source = None
            self._queries.clear()
            self._server.choose(None if path is None else _config(path, None))

    async def identify(self) -> str:
        """Names the chosen file and its state: vectors of another one cannot be compared.

        Raises:
            ModelUnusable: the file is not there (any more).
        """
        assert self._path is not None
        try:
            there = await asyncio.to_thread(self._path.stat)
        except OSError as error:
            raise ModelUnusable(
                f"The embedding model {self._path} cannot be read. Choose another one, or none."
            ) from error
        return f"{self._path}|{there.st_size}|{there.st_mtime_ns}"

    async def probe(self, model: str) -> VectorSource:
        """Find out how its vectors are made, by trying it once.

        Raises:
            EngineRequestFailed: it makes no vectors that tell meanings apart.
            AppError: it cannot be started.
        """
        assert self._path is not None
        refusal: EngineRequestFailed | None = None
        # A file that does not say how its numbers are pooled gets the most usual way.
        for pooling in (None, Pooling.MEAN):
            self._server.choose(_config(self._path, pooling))
            client = await self._server.client()
            try:
                first, second, third = [shorten(one) or () for one in await embed(client, _PROBES)]
            except EngineRequestFailed as error:
                refusal = error
                continue
            if likeness(first, pack(second)) > likeness(first, pack(third)):
                return VectorSource(model, pooling or "", len(first))
        problem = "This model does not tell what texts mean. Choose an embedding model."
        self._server.fail(problem)
        raise EngineRequestFailed(problem) from refusal

    def use(self, source: VectorSource) -> None:
        """The vectors in the index are by this source: questions may be compared with them."""
        assert self._path is not None
        self._source = source
        pooling = Pooling(source.pooling) if source.pooling else None
        self._server.choose(_config(self._path, pooling))

    async def embed(self, exchanges: Sequence[Exchange]) -> list[bytes]:
        """A packed vector of each.

        Raises:
            AppError: the model cannot be asked.
        """
        client = await self._server.client()
        texts = [await _text_of(client, one) for one in exchanges]
        try:
            return [pack(one) for one in await embed(client, texts)]
        except EngineRequestFailed:
            if len(texts) == 1:
                raise
        return [await self._embed_one(client, text) for text in texts]

    async def embed_query(self, text: str, *, seconds: float) -> tuple[float, ...] | None:
        """The vector of a question; None: not in time, or there is no model.

        Where the server has to be started first, that is for the questions to come.
        """
        text = text[:_LONGEST_QUERY].strip()
        if self._source is None or not text:
            return None
        if (known := self._queries.get(text)) is not None:
            self._queries.move_to_end(text)
            return known
        if not self._server.is_ready:
            self._server.wake()
            return None
        try:
            async with asyncio.timeout(seconds):
                client = await self._server.client()
                (numbers,) = await embed(client, [await cut(client, text, LONGEST_TEXT)])
        except TimeoutError:
            logger.info("what a question means could not be made out in time")
            return None
        except AppError as error:
            logger.info("what a question means could not be made out: %s", error.message)
            return None
        vector = shorten(numbers)
        if vector is not None:
            self._queries[text] = vector
            if len(self._queries) > _QUERIES_KEPT:
                self._queries.popitem(last=False)
        return vector

    async def _embed_one(self, client: LlamaClient, text: str) -> bytes:
        """Alone; empty: the model cannot do anything with it."""
        try:
            (numbers,) = await embed(client, [text])
        except EngineRequestFailed as error:
            if not self._server.is_ready:
                raise
            logger.info("a message has no vector: %s", error.message)
            return b""
        return pack(numbers)


async def _text_of(client: LlamaClient, one: Exchange) -> str:
    before = ""
    if one.before:
        most = LONGEST_TEXT // _SHARE_BEFORE
        before = await cut(client, one.before[:_MOST_CHARACTERS], most) + "\n"
    return await cut(client, before + one.content[:_MOST_CHARACTERS], LONGEST_TEXT)


def _config(path: Path, pooling: Pooling | None) -> ServerConfig:
    # On the processor: what it would take of the GPU's memory belongs to the model for chats.
    return ServerConfig(
        model_path=path,
        context_size=LONGEST_TEXT,
        parallel=1,
        gpu_layers=0,
        embeddings=True,
        pooling=pooling,
    )
