"""Decodes server-sent events: bytes in, the data of each event out. No I/O.

Only what llama-server and its kin use: `event`, `id` and `retry` are read past, and an event that
has no data (a comment that keeps the line alive) is none.
"""

from __future__ import annotations

from typing import Final

_BOM: Final = b"\xef\xbb\xbf"


class SseDecoder:
    """Takes a stream in pieces of any size; how it is cut makes no difference.

    An event that the end of the stream cuts off is lost, as the standard has it.
    """

    def __init__(self) -> None:
        self._head: bytes | None = b""
        """The first bytes while they may still become a byte order mark; None: that is settled."""
        self._line: list[bytes] = []
        """The pieces of a line that has not ended."""
        self._after_cr = False
        self._data: list[bytes] = []
        """The data lines of the event under way."""

    def feed(self, piece: bytes) -> list[bytes]:
        """The data of every event that this piece completes, several lines joined by `\\n`."""
        if self._head is not None:
            piece = self._head + piece
            if len(piece) < len(_BOM) and _BOM.startswith(piece):
                self._head = piece
                return []
            self._head = None
            piece = piece.removeprefix(_BOM)
        if self._after_cr and piece:
            self._after_cr = False
            piece = piece.removeprefix(b"\n")
        return self._take_lines(piece)

    def _take_lines(self, piece: bytes) -> list[bytes]:
        events: list[bytes] = []
        for part in piece.splitlines(keepends=True):
            if not part.endswith((b"\n", b"\r")):
                self._line.append(part)
                continue
            line = part.rstrip(b"\r\n")
            if self._line:
                line = b"".join((*self._line, line))
                self._line.clear()
            if line:
                self._take_line(line)
            elif self._data:
                events.append(b"\n".join(self._data))
                self._data.clear()
        self._after_cr = piece.endswith(b"\r")
        return events

    def _take_line(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
