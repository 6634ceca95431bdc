"""Keeps what the engine prints: the last lines in memory, more of them in files."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from llama_desktop.domain.llama import LogLine
from llama_desktop.infrastructure.llama.log_line import read_log_line
from llama_desktop.infrastructure.llama.rotating_file import RotatingFile

logger = logging.getLogger(__name__)

LINES_KEPT: Final = 5000
_LONGEST_LINE_BYTES: Final = 16384
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")


class LineSplitter:
    """Makes lines of one output: bytes in pieces of any size in, text out. No I/O."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> list[str]:
        """The lines that this piece completes. An empty piece is the end and completes the last."""
        if not piece:
            rest, self._rest = self._rest, b""
            return [_read_line(rest)] if rest else []
        *lines, self._rest = (self._rest + piece).split(b"\n")
        while len(self._rest) > _LONGEST_LINE_BYTES:
            lines.append(self._rest[:_LONGEST_LINE_BYTES])
            self._rest = self._rest[_LONGEST_LINE_BYTES:]
        return [_read_line(line) for line in lines]


def _read_line(line: bytes) -> str:
    return _COLOURS.sub("", line[:_LONGEST_LINE_BYTES].decode("utf-8", "replace")).rstrip("\r")


class EngineLog:
    """One for the life of the app; all engines one after the other write into it."""

    def __init__(
        self,
        file_path: Path | None = None,
        on_lines: Callable[[tuple[LogLine, ...]], None] | None = None,
    ) -> None:
        """`on_lines` hears the new lines, all of one turn of the event loop at once."""
        self._ring: deque[LogLine] = deque(maxlen=LINES_KEPT)
        self._fresh: list[LogLine] = []
        self._unwritten: list[str] = []
        """The same lines as the engine wrote them."""
        self._number = 0
        self._file = None if file_path is None else RotatingFile(file_path)
        self._file_fails = False
        self.on_lines = on_lines

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """The lines still kept, oldest first."""
        return tuple(self._ring)

    def append(self, stream: str, text: str) -> None:
        """Take one line. Called on the event loop's thread."""
        self._number += 1
        level, said = read_log_line(text)
        line = LogLine(number=self._number, time=time.time(), stream=stream, text=said, level=level)
        self._ring.append(line)
        if not self._fresh:
            asyncio.get_running_loop().call_soon(self.flush)
        self._fresh.append(line)
        self._unwritten.append(text)

    def flush(self) -> None:
        """Hand on what came since the last time."""
        fresh, self._fresh = tuple(self._fresh), []
        unwritten, self._unwritten = self._unwritten, []
        if not fresh:
            return
        if self._file is not None:
            self._write(self._file, unwritten)
        if self.on_lines is not None:
            self.on_lines(fresh)

    def close(self) -> None:
        """Write the rest and let go of the file."""
        self.flush()
        if self._file is not None:
            self._file.close()

    def _write(self, file: RotatingFile, lines: list[str]) -> None:
        """A full disk costs the file, never the engine; said at the edges only."""
        try:
            file.write("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
        except OSError as error:
            if not self._file_fails:
                logger.warning("The engine's log cannot be written: %s", error)
            self._file_fails = True
        else:
            if self._file_fails:
                logger.info("The engine's log is written again")
            self._file_fails = False
