"""Decodes a streamed chat completion of llama-server: bytes in, events out. No I/O.

The text of the model is made sound here, once: what leaves this module is valid Unicode without
lone surrogates, also where a server writes half of a pair into each of two chunks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from llama_desktop.domain.chat import PromptProgress
from llama_desktop.domain.errors import EngineRequestFailed, StreamCut
from llama_desktop.infrastructure.llama.engine_error import build_engine_error
from llama_desktop.infrastructure.llama.sse import SseDecoder


@dataclass(frozen=True, slots=True)
class PromptProgressed:
    """The server has read more of the prompt."""

    progress: PromptProgress


@dataclass(frozen=True, slots=True)
class ReasoningPiece:
    """A piece of the model's thinking."""

    text: str


@dataclass(frozen=True, slots=True)
class ContentPiece:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerEnded:
    """The answer is whole, as far as the server goes. Always the last event. None: not told."""

    finish_reason: str
    """`stop`, `length`, …; `unknown` from a server that says no reason."""
    prompt_tokens: int | None = None
    """Of the whole prompt, those from the cache included."""
    cached_tokens: int | None = None
    generated_tokens: int | None = None
    prompt_tokens_per_second: float | None = None
    tokens_per_second: float | None = None


ChatStreamEvent = PromptProgressed | ReasoningPiece | ContentPiece | AnswerEnded

_DONE: Final = b"[DONE]"


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None


class _Choice(msgspec.Struct):
    index: int = 0
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Progress(msgspec.Struct):
    total: int
    cache: int
    processed: int
    time_ms: float


class _CachedTokens(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _CachedTokens | None = None


class _Timings(msgspec.Struct):
    cache_n: int | None = None
    prompt_n: int | None = None
    predicted_n: int | None = None
    prompt_per_second: float | None = None
    predicted_per_second: float | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    prompt_progress: _Progress | None = None
    usage: _Usage | None = None
    timings: _Timings | None = None
    error: Any = None


class ChatStreamDecoder:
    """Takes one response in pieces of any size; `finish` says that it has come to its end."""

    def __init__(self) -> None:
        self._sse = SseDecoder()
        self._chunks = msgspec.json.Decoder(_Chunk)
        self._content = _TextMender()
        self._reasoning = _TextMender()
        self._finish_reason: str | None = None
        self._usage = _Usage()
        self._timings = _Timings()
        self._pending: EngineRequestFailed | None = None
        self.ended = False
        """`[DONE]` was read: nothing more will come."""

    def feed(self, piece: bytes) -> list[ChatStreamEvent]:
        """The events that this piece completes.

        An error that the server reports in the middle is raised by the next call instead, when
        events stood before it: what was generated until then is not lost.

        Raises:
            EngineRequestFailed: the server reported an error, or sent what cannot be understood.
        """
        events: list[ChatStreamEvent] = []
        self._raise_pending()
        for data in self._sse.feed(piece):
            if self.ended:
                break
            try:
                self._take(data, events)
            except EngineRequestFailed as error:
                if not events:
                    raise
                self._pending = error
                break
        return events

    def finish(self) -> list[ChatStreamEvent]:
        """The events that the end of the response completes.

        Raises:
            StreamCut: the answer had not come to its end.
        """
        self._raise_pending()
        if self.ended:
            return []
        if self._finish_reason is None:
            raise StreamCut("The engine's answer broke off before its end.")
        return self._end()

    def _raise_pending(self) -> None:
        if self._pending is not None:
            raise self._pending

    def _take(self, data: bytes, events: list[ChatStreamEvent]) -> None:
        if data == _DONE:
            events.extend(self._end())
            return
        chunk = self._parse(data)
        if chunk.error is not None:
            raise build_engine_error(chunk.error)
        if chunk.prompt_progress is not None:
            events.append(PromptProgressed(_progress(chunk.prompt_progress)))
        if chunk.usage is not None:
            self._usage = chunk.usage
        if chunk.timings is not None:
            self._timings = chunk.timings
        for choice in chunk.choices:
            if choice.index == 0:
                self._take_choice(choice, events)

    def _take_choice(self, choice: _Choice, events: list[ChatStreamEvent]) -> None:
        if choice.delta is not None:
            if reasoning := self._reasoning.mend(choice.delta.reasoning_content or ""):
                events.append(ReasoningPiece(reasoning))
            if content := self._content.mend(choice.delta.content or ""):
                events.append(ContentPiece(content))
        if choice.finish_reason is not None:
            self._finish_reason = choice.finish_reason

    def _parse(self, data: bytes) -> _Chunk:
        try:
            return self._chunks.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return _parse_leniently(data)

    def _end(self) -> list[ChatStreamEvent]:
        self.ended = True
        events: list[ChatStreamEvent] = []
        if rest := self._reasoning.flush():
            events.append(ReasoningPiece(rest))
        if rest := self._content.flush():
            events.append(ContentPiece(rest))
        events.append(_answer_ended(self._finish_reason or "unknown", self._usage, self._timings))
        return events


def _parse_leniently(data: bytes) -> _Chunk:
    """Lone surrogates, broken UTF-8 and NaN, which the strict parser refuses, are borne here."""
    try:
        return msgspec.convert(json.loads(data.decode("utf-8", "replace")), _Chunk)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        shown = data[:200].decode("utf-8", "replace")
        raise EngineRequestFailed(
            f"The engine sent something that cannot be understood: {shown}"
        ) from error


def _progress(progress: _Progress) -> PromptProgress:
    return PromptProgress(
        total_tokens=progress.total,
        cached_tokens=progress.cache,
        processed_tokens=progress.processed,
        seconds=progress.time_ms / 1000,
    )


def _answer_ended(finish_reason: str, usage: _Usage, timings: _Timings) -> AnswerEnded:
    prompt_tokens = usage.prompt_tokens
    if prompt_tokens is None and timings.prompt_n is not None:
        prompt_tokens = timings.prompt_n + (timings.cache_n or 0)
    cached_tokens = timings.cache_n
    if cached_tokens is None and usage.prompt_tokens_details is not None:
        cached_tokens = usage.prompt_tokens_details.cached_tokens
    generated_tokens = usage.completion_tokens
    if generated_tokens is None:
        generated_tokens = timings.predicted_n
    return AnswerEnded(
        finish_reason=finish_reason,
        prompt_tokens=prompt_tokens,
        cached_tokens=cached_tokens,
        generated_tokens=generated_tokens,
        prompt_tokens_per_second=timings.prompt_per_second,
        tokens_per_second=timings.predicted_per_second,
    )


class _TextMender:
    """Replaces lone surrogates; holds back half of a pair until its other half may have come."""

    def __init__(self) -> None:
        self._half = ""

    def mend(self, text: str) -> str:
        """The text so far, sound; empty when it is held back."""
        if not self._half and (text.isascii() or _is_sound(text)):
            return text
        text = self._half + text
        self._half = ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            self._half, text = text[-1], text[:-1]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def flush(self) -> str:
        """What is still held back: a half without its other half."""
        half, self._half = self._half, ""
        return "\ufffd" if half else ""


def _is_sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
