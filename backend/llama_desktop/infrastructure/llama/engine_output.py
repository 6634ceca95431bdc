"""Listens to one engine: into the log, and for what its start has to know."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import Final

from llama_desktop.infrastructure.llama.engine_log import EngineLog, LineSplitter
from llama_desktop.infrastructure.llama.load_reports import (
    MARK,
    LoadReport,
    find_beginning,
    read_report,
)
from llama_desktop.infrastructure.llama.log_facts import LogFacts, note_fact
from llama_desktop.infrastructure.llama.log_line import write_plainly

_LINES_FOR_DIAGNOSIS: Final = 400
_LISTENING: Final = re.compile(
    r"^(?:[\d.]+ [A-Z] )?(?:srv +)?\w+: (?:server is )?listening on http://127\.0\.0\.1:(\d+)\b"
)
"""From the line's beginning: what a model's metadata says is in the log as well."""


class EngineOutput:
    """The output of one process from its first byte to its last."""

    def __init__(self, log: EngineLog) -> None:
        self._log = log
        self._splitters = {"stdout": LineSplitter(), "stderr": LineSplitter()}
        self._lines: deque[str] = deque(maxlen=_LINES_FOR_DIAGNOSIS)
        self._is_starting = True
        self._has_reported = False
        self.heard = asyncio.Event()
        """Set by every piece; whoever waits for it clears it."""
        self.facts = LogFacts()
        """What it has told about how it runs the model."""
        self.load: LoadReport | None = None
        """How far it is with loading; None: it has not told."""
        self.port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """Where the engine says that it listens."""

    @property
    def last_lines(self) -> tuple[str, ...]:
        """What it said last, oldest first."""
        return tuple(self._lines)

    def stop_gathering(self) -> None:
        """What is said from now on is no fact about the start."""
        self._is_starting = False

    def take(self, stream: str, piece: bytes) -> None:
        """Called with each piece of output, and with an empty one at the end of a stream."""
        self.heard.set()
        for raw in self._splitters[stream].feed(piece):
            for line in write_plainly(raw):
                self._take_line(stream, line)

    def _take_line(self, stream: str, line: str) -> None:
        if line.startswith(MARK):  # for us alone: nobody wants it in the log
            self._take_report(line)
            return
        self._lines.append(line)
        self._log.append(stream, line)
        if self._is_starting:
            self.facts = note_fact(self.facts, line)
            if not self._has_reported and (stage := find_beginning(line)) is not None:
                self.load = LoadReport(stage)
        if not self.port.done() and (found := _LISTENING.match(line)):
            self.port.set_result(int(found.group(1)))

    def _take_report(self, line: str) -> None:
        if self._is_starting and (report := read_report(line)) is not None:
            self._has_reported = True
            self.load = report
