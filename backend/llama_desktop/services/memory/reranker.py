"""The re-ranker: a model that reads the question together with each of the best hits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from llama_desktop.domain.errors import AppError
from llama_desktop.domain.llama import Pooling, ServerConfig
from llama_desktop.infrastructure.llama.text_models import rerank
from llama_desktop.services.memory.search import Hit
from llama_desktop.services.memory.side_server import SideServer
from llama_desktop.services.memory.snippet import cut_snippet

logger = logging.getLogger(__name__)

RERANKED: Final = 50
_CONTEXT: Final = 512
"""Tokens of question and passage together, as many as an engine reads in one go."""
_LONGEST_QUESTION: Final = 200
_LONGEST_PASSAGE: Final = 400
"""Characters. With both, hardly any text is too long for the engine; if one is, the order stays."""


class Reranker:
    """Asks one side server. Late is as good as never: the order then stays as it was."""

    def __init__(self, server: SideServer) -> None:
        self._server = server
        self._under_way: asyncio.Task[list[float]] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it would answer at once. Where it is only asleep, it wakes up for the next."""
        if not self._server.is_ready:
            self._server.wake()
        return self._server.is_ready

    def choose(self, path: Path | None) -> None:
        """Use this model from now on; None: none."""
        self._server.choose(
            None
            if path is None
            else ServerConfig(
                model_path=path,
                context_size=_CONTEXT,
                parallel=1,
                embeddings=True,
                pooling=Pooling.RANK,
            )
        )

    async def order(self, question: str, hits: Sequence[Hit], *, seconds: float) -> list[Hit]:
        """The hits with the first of them in a better order, or as they came."""
        if self._under_way is not None:
            self._under_way.cancel()  # who asked it has typed on
        best, rest = list(hits[:RERANKED]), list(hits[RERANKED:])
        if len(best) < 2 or seconds <= 0:
            return [*best, *rest]
        task = asyncio.create_task(self._score(question, best), name="re-rank hits")
        self._under_way = task
        try:
            async with asyncio.timeout(seconds):
                scores = await task
        except TimeoutError:
            logger.info("the hits could not be re-ranked in time")
            return [*best, *rest]
        except AppError as error:
            logger.info("the hits could not be re-ranked: %s", error.message)
            return [*best, *rest]
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            return [*best, *rest]  # a newer question took its place
        finally:
            task.cancel()
        by_score = sorted(range(len(best)), key=lambda number: scores[number], reverse=True)
        return [*(best[number] for number in by_score), *rest]

    async def _score(self, question: str, hits: Sequence[Hit]) -> list[float]:
        texts = [
            cut_snippet(hit.message.content, hit.groups, _LONGEST_PASSAGE).text for hit in hits
        ]
        client = await self._server.client()
        return await rerank(client, question[:_LONGEST_QUESTION], texts)
