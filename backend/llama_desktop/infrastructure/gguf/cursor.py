"""Walks through a GGUF header, and never past what the file can hold."""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import repeat
from typing import Final

from llama_desktop.infrastructure.gguf.known_texts import KnownTexts
from llama_desktop.infrastructure.gguf.problem import GgufProblem, HeaderIncomplete

MAX_HEADER_BYTES: Final = 32 * 1024 * 1024
"""Twice that of the largest vocabularies; what claims more is damaged or hostile."""
_MAX_TEXTS: Final = 2_500_000
"""Texts in all arrays together: a walk over more would take seconds."""
_STEP_BYTES: Final = 1024 * 1024
_FIRST_LOOK: Final = 4096
_U32: Final = struct.Struct("<I").unpack_from
_U64: Final = struct.Struct("<Q").unpack_from

ReadMore = Callable[[int], bytes]
"""The next bytes of the file, at most so many; none: there are no more at hand."""


class Cursor:
    """A place in the header, which is read in as the place moves on.

    Not mapped into memory: a file that shrinks under a mapping ends the whole process.
    """

    def __init__(
        self,
        size: int,
        read_more: ReadMore,
        begin: bytes = b"",
        known: KnownTexts | None = None,
    ) -> None:
        """`size` is that of the whole file, however much of it can be read.

        With `known`, texts met before are compared instead of walked.
        """
        self.size = size
        self.position = 0
        self._bytes = bytearray(begin)
        self._read_more = read_more
        self._known = known
        self._texts_left = _MAX_TEXTS

    def read_u32(self) -> int:
        """The next four bytes."""
        return int(_U32(self._bytes, self._take(4))[0])

    def read_u64(self) -> int:
        """The next eight bytes."""
        return int(_U64(self._bytes, self._take(8))[0])

    def read_numbers(self, form: struct.Struct) -> tuple[float, ...]:
        """What `form` describes."""
        return form.unpack_from(self._bytes, self._take(form.size))

    def read_whole_numbers(self, form: struct.Struct) -> tuple[int, ...]:
        """What `form` describes, where it is whole numbers alone."""
        return form.unpack_from(self._bytes, self._take(form.size))

    def read_text(self, keep: int) -> str:
        """The next text; of a longer one its first `keep` bytes."""
        length = self.read_u64()
        begin = self._take(length)
        return self._bytes[begin : begin + min(length, keep)].decode("utf-8", "replace")

    def skip(self, count: int) -> None:
        """Leave out so many bytes."""
        self._take(count)

    def skip_texts(self, count: int) -> None:
        """Leave out an array's texts, as fast as Python can."""
        self.require(8 * count)
        if count > self._texts_left:
            raise GgufProblem("has more texts in its header than any model: it is damaged")
        self._texts_left -= count
        known = None if self._known is None else self._known.find(count, self._starts_with)
        if known is not None:
            self.position += known
            return
        begin = self.position
        self._walk_texts(count)
        if self._known is not None:
            self._known.keep(count, bytes(self._bytes[begin : self.position]))

    def _walk_texts(self, count: int) -> None:
        position, have, content, unpack = self.position, len(self._bytes), self._bytes, _U64
        for _ in repeat(None, count):
            if position + 8 > have:
                have = self._fill(position + 8)
            (length,) = unpack(content, position)
            position += 8 + length
        self._fill(position)
        self.position = position

    def _starts_with(self, content: bytes) -> bool:
        """Whether these bytes come next; reads on only while they may."""
        for end in (min(len(content), _FIRST_LOOK), len(content)):
            if self.position + end > min(self.size, MAX_HEADER_BYTES):
                return False
            self._fill(self.position + end)
            if not self._bytes.startswith(content[:end], self.position):
                return False
        return True

    def require(self, count: int) -> None:
        """Make sure that the file is long enough to hold `count` bytes more, before any is read."""
        if count > self.size - self.position:
            raise GgufProblem("ends within its header. It is damaged, or its download was cut off")

    def _take(self, count: int) -> int:
        begin = self.position
        end = begin + count
        if end > len(self._bytes):
            self._fill(end)
        self.position = end
        return begin

    def _fill(self, end: int) -> int:
        """Have the bytes up to `end`, and return how many there are."""
        self.require(end - self.position)
        if end > MAX_HEADER_BYTES:
            raise GgufProblem("has a larger header than any model: it is damaged")
        while len(self._bytes) < end:
            wanted = max(end - len(self._bytes), _STEP_BYTES)
            more = self._read_more(min(wanted, _STEP_BYTES * 4))
            if not more:
                raise HeaderIncomplete(end)
            self._bytes += more
        return len(self._bytes)
