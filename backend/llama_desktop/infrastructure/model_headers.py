"""Reads what model files say of themselves, and remembers it by path, size and time."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.domain.model_facts import ModelFacts
from llama_desktop.infrastructure.gguf.facts import read_facts
from llama_desktop.infrastructure.gguf.file import read_file
from llama_desktop.infrastructure.gguf.known_texts import KnownTexts
from llama_desktop.infrastructure.gguf.problem import GgufProblem
from llama_desktop.infrastructure.storage.atomic_file import write_atomically

logger = logging.getLogger(__name__)

SCHEMA: Final = 2
"""Count it up when `ModelFacts` or what is read changes: all files are then read anew."""


class HeaderReading(Struct, frozen=True, kw_only=True):
    """What reading one file came to."""

    facts: ModelFacts | None = None
    fault: str | None = None
    """What is wrong, as half a sentence that follows "This file"."""


class _Kept(Struct, frozen=True, array_like=True):
    size_bytes: int
    changed_ns: int
    reading: HeaderReading


class _File(Struct, frozen=True):
    schema: int
    readings: dict[str, _Kept]


class ModelHeaders:
    """Reads each file once. Any thread; the file is written by `save`."""

    def __init__(self, file: Path | None = None) -> None:
        """`file` keeps the readings for the next start; None: they are not kept."""
        self._file = file
        self._kept: dict[str, _Kept] | None = None
        self._asked: dict[str, _Kept] = {}
        self._is_changed = False
        self._vocabularies = KnownTexts()
        self._lock = threading.Lock()

    def read(self, path: Path, status: os.stat_result) -> HeaderReading:
        """What the file says, from memory where size and time are as before.

        Raises:
            OSError: it cannot be read.
        """
        key = str(path)
        with self._lock:
            kept = self._load().get(key)
        if kept is None or (kept.size_bytes, kept.changed_ns) != (
            status.st_size,
            status.st_mtime_ns,
        ):
            kept = _Kept(status.st_size, status.st_mtime_ns, _read(path, self._vocabularies))
            self._is_changed = True
        with self._lock:
            self._load()[key] = kept
            self._asked[key] = kept
        return kept.reading

    def save(self) -> None:
        """Keep what was asked for since the last time; what no folder has any more is dropped."""
        self._vocabularies.clear()
        with self._lock:
            kept, self._asked = self._asked, {}
            if len(kept) != len(self._load()):
                self._is_changed = True
            is_changed, self._is_changed = self._is_changed, False
            self._kept = kept
        if self._file is None or not is_changed:
            return
        try:
            write_atomically(self._file, msgspec.msgpack.encode(_File(SCHEMA, kept)))
        except StorageFailed as error:
            logger.warning("what the model files say is not kept: %s", error.message)

    def _load(self) -> dict[str, _Kept]:
        if self._kept is None:
            self._kept = _read_kept(self._file)
        return self._kept


def _read(path: Path, vocabularies: KnownTexts) -> HeaderReading:
    try:
        header, fault = read_file(path, vocabularies)
    except GgufProblem as problem:
        return HeaderReading(fault=problem.reason)
    return HeaderReading(facts=read_facts(header), fault=fault)


def _read_kept(file: Path | None) -> dict[str, _Kept]:
    if file is None:
        return {}
    try:
        kept = msgspec.msgpack.decode(file.read_bytes(), type=_File)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # it is made of the files, and made anew
        logger.info("the kept facts on models are not used: %s", error)
        return {}
    return kept.readings if kept.schema == SCHEMA else {}
