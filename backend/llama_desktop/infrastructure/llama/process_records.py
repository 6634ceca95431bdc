"""Keeps a note of each llama-server that we start, so that one that outlives us can be proved ours.

The note has its number, its time of start and the random alias that is in its command line. A
number alone may be another program's by now.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
from msgspec import Struct

from llama_desktop.infrastructure.storage.atomic_file import write_atomically

logger = logging.getLogger(__name__)


class ProcessRecord(Struct, frozen=True, kw_only=True):
    """One llama-server of ours, and the app that started it."""

    pid: int
    started: float
    """As the system tells it, seconds since the epoch."""
    token: str
    """The alias in its command line."""
    app_pid: int
    app_started: float


class ProcessRecords:
    """A file for each, in a folder of ours."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, pid: int, token: str) -> None:
        """Keep one, and forget those that have gone. Never raises: it is a help, not a need."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for record in tuple(self.read()):
                if not is_alive(record.pid, record.started):
                    self._path(record.pid).unlink(missing_ok=True)
            record = ProcessRecord(
                pid=pid,
                started=psutil.Process(pid).create_time(),
                token=token,
                app_pid=os.getpid(),
                app_started=psutil.Process().create_time(),
            )
            write_atomically(self._path(pid), msgspec.json.encode(record))
        except (OSError, psutil.Error) as error:
            logger.warning("the start of llama-server %s is not noted: %s", pid, error)

    def read(self) -> Iterator[ProcessRecord]:
        """Those that can be read."""
        try:
            paths = sorted(self._folder.glob("*.json"))
        except OSError:
            return
        for path in paths:
            try:
                yield msgspec.json.decode(path.read_bytes(), type=ProcessRecord)
            except (OSError, msgspec.DecodeError) as error:
                logger.warning("%s is no note of a process: %s", path, error)

    def _path(self, pid: int) -> Path:
        return self._folder / f"{pid}.json"


def is_alive(pid: int, started: float) -> bool:
    """Whether the process with this number is still the one that was started then."""
    try:
        process = psutil.Process(pid)
        return process.create_time() == started and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
