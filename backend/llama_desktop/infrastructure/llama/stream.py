"""Decodes a streamed chat completion of llama-server: bytes in, events out. No I/O.

The text of the model is made sound here, once: what leaves this module is valid Unicode without
lone surrogates, also where a server writes half of a pair into each of two chunks.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from llama_desktop.domain.chat import PromptProgress
from llama_desktop.domain.errors import EngineRequestFailed, StreamCut
from llama_desktop.infrastructure.llama.engine_error import build_engine_error
from llama_desktop.infrastructure.llama.sse import SseDecoder
from llama_desktop.infrastructure.llama.stream_chunk import (
    Choice,
    Progress,
    Timings,
    Usage,
    parse_chunk,
)
from llama_desktop.infrastructure.llama.text_mender import TextMender
from llama_desktop.infrastructure.llama.think_splitter import SplitPiece, ThinkSplitter


class PromptProgressed(Struct, frozen=True):
    """The server has read more of the prompt."""

    progress: PromptProgress


class ReasoningPiece(Struct, frozen=True):
    """A piece of the model's thinking."""

    text: str
    generated_tokens: int | None = None
    """By the server's own count, this piece included; None: not told."""
    tokens_per_second: float | None = None


class ContentPiece(Struct, frozen=True):
    """A piece of the answer."""

    text: str
    generated_tokens: int | None = None
    tokens_per_second: float | None = None


class AnswerEnded(Struct, frozen=True):
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


class ChatStreamDecoder:
    """Takes one response in pieces of any size; `finish` says that it has come to its end."""

    def __init__(self, *, is_continued: bool = False) -> None:
        """`is_continued`: the answer begins elsewhere, so nothing in here can be its beginning."""
        self._sse = SseDecoder()
        self._content = TextMender()
        self._reasoning = TextMender()
        self._thinking = ThinkSplitter()
        self._thinking.is_open_to_tags = not is_continued
        self._finish_reason: str | None = None
        self._usage = Usage()
        self._timings = Timings()
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
        chunk = parse_chunk(data)
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

    def _take_choice(self, choice: Choice, events: list[ChatStreamEvent]) -> None:
        if choice.delta is not None:
            if reasoning := self._reasoning.mend(choice.delta.reasoning_content or ""):
                # A server that tells thinking apart leaves none in the answer.
                self._thinking.is_open_to_tags = False
                self._add(ReasoningPiece, reasoning, events)
            if content := self._content.mend(choice.delta.content or ""):
                self._split(self._thinking.feed(content), events)
        if choice.finish_reason is not None:
            self._finish_reason = choice.finish_reason

    def _split(self, pieces: list[SplitPiece], events: list[ChatStreamEvent]) -> None:
        for piece in pieces:
            kind = ReasoningPiece if piece.is_thinking else ContentPiece
            self._add(kind, piece.text, events)

    def _add(
        self,
        kind: type[ReasoningPiece] | type[ContentPiece],
        text: str,
        events: list[ChatStreamEvent],
    ) -> None:
        timings = self._timings
        events.append(kind(text, timings.predicted_n, _speed(timings)))

    def _end(self) -> list[ChatStreamEvent]:
        self.ended = True
        events: list[ChatStreamEvent] = []
        if rest := self._reasoning.flush():
            self._add(ReasoningPiece, rest, events)
        if rest := self._content.flush():
            self._split(self._thinking.feed(rest), events)
        self._split(self._thinking.finish(), events)
        events.append(_answer_ended(self._finish_reason or "unknown", self._usage, self._timings))
        return events


def _progress(progress: Progress) -> PromptProgress:
    return PromptProgress(
        total_tokens=progress.total,
        cached_tokens=progress.cache,
        processed_tokens=progress.processed,
        seconds=progress.time_ms / 1000,
    )


def _answer_ended(finish_reason: str, usage: Usage, timings: Timings) -> AnswerEnded:
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
        tokens_per_second=_speed(timings),
    )


def _speed(timings: Timings) -> float | None:
    """A first token alone has no speed: the server measures from it on, and says 0."""
    return None if timings.predicted_n == 1 else timings.predicted_per_second
