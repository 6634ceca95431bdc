"""One chunk of a streamed chat completion, as llama-server writes it: JSON in, values out. Pure.

Only the fields that are used; each may be missing or null.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from llama_desktop.domain.errors import EngineRequestFailed


class Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None


class Choice(msgspec.Struct):
    index: int = 0
    delta: Delta | None = None
    finish_reason: str | None = None


class Progress(msgspec.Struct):
    total: int
    cache: int
    processed: int
    time_ms: float


class CachedTokens(msgspec.Struct):
    cached_tokens: int | None = None


class Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: CachedTokens | None = None


class Timings(msgspec.Struct):
    cache_n: int | None = None
    prompt_n: int | None = None
    predicted_n: int | None = None
    prompt_per_second: float | None = None
    predicted_per_second: float | None = None


class Chunk(msgspec.Struct):
    choices: list[Choice] = []
    prompt_progress: Progress | None = None
    usage: Usage | None = None
    timings: Timings | None = None
    error: Any = None


_DECODER: Final = msgspec.json.Decoder(Chunk)


def parse_chunk(data: bytes) -> Chunk:
    """The chunk in the data of one event.

    Raises:
        EngineRequestFailed: it cannot be understood.
    """
    try:
        return _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _parse_leniently(data)


def _parse_leniently(data: bytes) -> Chunk:
    """Lone surrogates, broken UTF-8 and NaN, which the strict parser refuses, are borne here."""
    try:
        return msgspec.convert(json.loads(data.decode("utf-8", "replace")), Chunk)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        shown = data[:200].decode("utf-8", "replace")
        raise EngineRequestFailed(
            f"The engine sent something that cannot be understood: {shown}"
        ) from error
