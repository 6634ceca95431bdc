"""The pinned facts: one TinyDB file with a record for each."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import msgspec

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.domain.memory import Fact
from llama_desktop.infrastructure.storage.damaged_files import set_aside
from llama_desktop.infrastructure.storage.database import DamagedFile, Database

logger = logging.getLogger(__name__)

SCHEMA: Final = 1
_TABLE: Final = "facts"


class FactRepository:
    """Reads and writes the facts. Runs on the storage thread only."""

    def __init__(self, *, file: Path, damaged: Path) -> None:
        self._file = file
        self._damaged = damaged
        self._database = Database(file)

    def load(self) -> tuple[tuple[Fact, ...], Path | None]:
        """All facts; when their file is damaged none, and where the file was put."""
        self._database = Database(self._file)  # it may have been replaced
        try:
            records = self._database.all(_TABLE)
            return tuple(msgspec.convert(dict(record), Fact) for record in records), None
        except (DamagedFile, StorageFailed, ValueError, TypeError, AttributeError) as error:
            logger.warning("the facts cannot be read: %s", error)
        try:
            place = set_aside(self._file, self._damaged)
        except StorageFailed as error:
            logger.warning("the damaged facts stay where they are: %s", error)
            place = self._file
        self._database = Database(self._file)
        return (), place

    def save(self, facts: tuple[Fact, ...]) -> None:
        """Write all facts durably.

        Raises:
            StorageFailed: they cannot be written; the file is as before.
        """
        with self._database.together():
            self._database.clear(_TABLE)
            for number, fact in enumerate(facts, start=1):
                record = msgspec.to_builtins(fact)
                self._database.put(_TABLE, number, {"schema": SCHEMA, **record})
