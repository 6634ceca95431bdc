"""Asks a llama-server that runs an embedding model or a re-ranker. Texts in, numbers out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from llama_desktop.domain.errors import EngineRequestFailed
from llama_desktop.infrastructure.llama.chat_request import sound
from llama_desktop.infrastructure.llama.client import LlamaClient

_MARKS: Final = 8
"""Tokens that the model puts around a text, and what cutting may cost in between."""


class _Vector(msgspec.Struct):
    index: int
    embedding: list[float | None]


class _Vectors(msgspec.Struct):
    data: list[_Vector]


class _Score(msgspec.Struct):
    index: int
    relevance_score: float | None


class _Scores(msgspec.Struct):
    results: list[_Score]


class _Tokens(msgspec.Struct):
    tokens: list[int]


class _Text(msgspec.Struct):
    content: str


async def embed(client: LlamaClient, texts: Sequence[str]) -> list[list[float]]:
    """A vector for each text, in their order.

    Raises:
        EngineRequestFailed: it makes none, one is no number, or a text is too long.
    """
    body = {"input": [sound(text) for text in texts]}
    answer = await client.ask("POST", "/v1/embeddings", _Vectors, body)
    found = {one.index: [x for x in one.embedding if x is not None] for one in answer.data}
    sizes = {len(one.embedding) for one in answer.data} | {len(one) for one in found.values()}
    if len(sizes) != 1 or set(found) != set(range(len(texts))):
        raise EngineRequestFailed("The engine's vectors cannot be used.")
    return [found[number] for number in range(len(texts))]


async def rerank(client: LlamaClient, question: str, texts: Sequence[str]) -> list[float]:
    """How well each text answers the question, in their order; only comparable to each other.

    Raises:
        EngineRequestFailed: the model is no re-ranker, or a text is too long.
    """
    body = {"query": sound(question), "documents": [sound(text) for text in texts]}
    answer = await client.ask("POST", "/v1/rerank", _Scores, body)
    found = {one.index: one.relevance_score for one in answer.results}
    scores = [found.get(number) for number in range(len(texts))]
    kept = [score for score in scores if score is not None and math.isfinite(score)]
    if len(kept) != len(texts):
        raise EngineRequestFailed("The engine's order cannot be used.")
    return kept


async def cut(client: LlamaClient, text: str, tokens: int) -> str:
    """The beginning of a text that is at most so many tokens long, the model's own marks included.

    Raises:
        EngineRequestFailed: the server is gone.
    """
    most = max(1, tokens - _MARKS)
    if len(text.encode("utf-8", "replace")) <= most:  # a token is a byte at least
        return text
    body = {"content": sound(text), "add_special": False}
    found = await client.ask("POST", "/tokenize", _Tokens, body)
    if len(found.tokens) <= most:
        return text
    kept = {"tokens": found.tokens[:most]}
    return (await client.ask("POST", "/detokenize", _Text, kept)).content
