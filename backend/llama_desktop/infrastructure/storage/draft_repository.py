"""The kept drafts: one TinyDB file with a record for each chat that something was written in."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import msgspec

from llama_desktop.domain.chat import Draft
from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.storage.damaged_files import set_aside
from llama_desktop.infrastructure.storage.database import DamagedFile, Database

logger = logging.getLogger(__name__)

SCHEMA: Final = 1
_TABLE: Final = "drafts"


class DraftRepository:
    """Reads and writes the drafts. Runs on the storage thread only."""

    def __init__(self, *, file: Path, damaged: Path) -> None:
        self._file = file
        self._damaged = damaged
        self._database = Database(file)

    def load(self) -> tuple[tuple[Draft, ...], Path | None]:
        """All drafts; when their file is damaged none, and where the file was put."""
        self._database = Database(self._file)  # it may have been replaced
        try:
            records = self._database.all(_TABLE)
            return tuple(msgspec.convert(dict(record), Draft) for record in records), None
        except (DamagedFile, StorageFailed, ValueError, TypeError, AttributeError) as error:
            logger.warning("the drafts cannot be read: %s", error)
        try:
            place = set_aside(self._file, self._damaged)
        except StorageFailed as error:
            logger.warning("the damaged drafts stay where they are: %s", error)
            place = self._file
        self._database = Database(self._file)
        return (), place

    @property
    def file_name(self) -> str:
        """Of the file that has them."""
        return self._file.name

    def beside(self, folder: Path) -> DraftRepository:
        """The drafts of a folder that has the same files."""
        return DraftRepository(file=folder / self._file.name, damaged=self._damaged)

    def peek(self) -> tuple[Draft, ...] | None:
        """All drafts, without mending anything; None: they cannot be read."""
        try:
            records = self._database.all(_TABLE)
            return tuple(msgspec.convert(dict(record), Draft) for record in records)
        except (DamagedFile, StorageFailed, ValueError, TypeError, AttributeError) as error:
            logger.warning("drafts cannot be read: %s", error)
            return None

    def save(self, drafts: tuple[Draft, ...]) -> None:
        """Write all drafts durably.

        Raises:
            StorageFailed: they cannot be written; the file is as before.
        """
        with self._database.together():
            self._database.clear(_TABLE)
            for number, draft in enumerate(drafts, start=1):
                record = msgspec.to_builtins(draft)
                self._database.put(_TABLE, number, {"schema": SCHEMA, **record})
