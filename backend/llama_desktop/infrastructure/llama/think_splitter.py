"""Takes thinking out of the text of an answer, from a server that does not tell them apart. Pure.

Only thinking that the answer begins with: `<think>`, after white space at most. An answer that
talks about the tag keeps it.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from msgspec import Struct

_OPEN: Final = "<think>"
_CLOSE: Final = "</think>"


class SplitPiece(Struct, frozen=True):
    """A piece of one kind."""

    text: str
    is_thinking: bool


class _State(Enum):
    BEGIN = auto()
    """Nothing but white space and perhaps a part of the tag."""
    THINK_BEGIN = auto()
    """The tag was there; white space after it is not shown."""
    THINK = auto()
    ANSWER_BEGIN = auto()
    """Thinking has ended; white space after it is not shown."""
    ANSWER = auto()


class ThinkSplitter:
    """Takes the text in pieces of any size. What might become a tag is held back until it is clear.

    Of an answer without thinking, every piece comes out as it went in, once it has begun.
    """

    def __init__(self) -> None:
        self.is_open_to_tags = True
        """Whether the answer may still begin with thinking."""
        self._state = _State.BEGIN
        self._held = ""

    def feed(self, text: str) -> list[SplitPiece]:
        """What is clear with this piece."""
        if self._state is _State.ANSWER:
            return [SplitPiece(text, is_thinking=False)]
        self._held += text
        pieces: list[SplitPiece] = []
        while self._step(pieces):
            pass
        return pieces

    def finish(self) -> list[SplitPiece]:
        """What was held back, at the end of the answer."""
        held, self._held = self._held, ""
        if not held or self._state in (_State.THINK_BEGIN, _State.ANSWER_BEGIN):
            return []
        return [SplitPiece(held, is_thinking=self._state is _State.THINK)]

    def _step(self, pieces: list[SplitPiece]) -> bool:
        """One transition, if what is held allows for one."""
        match self._state:
            case _State.BEGIN:
                return self._begin()
            case _State.THINK_BEGIN | _State.ANSWER_BEGIN:
                self._held = self._held.lstrip()
                if not self._held:
                    return False
                thinks = self._state is _State.THINK_BEGIN
                self._state = _State.THINK if thinks else _State.ANSWER
                return True
            case _State.THINK:
                return self._think(pieces)
            case _State.ANSWER:
                self._release(len(self._held), pieces, is_thinking=False)
                return False

    def _begin(self) -> bool:
        start = self._held.lstrip()
        if self.is_open_to_tags and start.startswith(_OPEN):
            self._held = start.removeprefix(_OPEN)
            self._state = _State.THINK_BEGIN
            return True
        if self.is_open_to_tags and _OPEN.startswith(start):
            return False
        self._state = _State.ANSWER
        return True

    def _think(self, pieces: list[SplitPiece]) -> bool:
        thought, tag, rest = self._held.partition(_CLOSE)
        if tag:
            self._held = thought
            self._release(len(thought), pieces, is_thinking=True)
            self._held = rest
            self._state = _State.ANSWER_BEGIN
            return True
        self._release(len(self._held) - _tail(self._held), pieces, is_thinking=True)
        return False

    def _release(self, length: int, pieces: list[SplitPiece], *, is_thinking: bool) -> None:
        if length:
            pieces.append(SplitPiece(self._held[:length], is_thinking=is_thinking))
            self._held = self._held[length:]


def _tail(text: str) -> int:
    """How many characters at the end may be the beginning of the closing tag."""
    for length in range(min(len(_CLOSE) - 1, len(text)), 0, -1):
        if _CLOSE.startswith(text[-length:]):
            return length
    return 0
