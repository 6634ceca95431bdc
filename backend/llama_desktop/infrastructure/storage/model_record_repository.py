"""What is kept of models beside their files: one TinyDB file with a record for each."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Final

import msgspec

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.domain.models import ModelRecord
from llama_desktop.infrastructure.storage.damaged_files import set_aside
from llama_desktop.infrastructure.storage.database import DamagedFile, Database

logger = logging.getLogger(__name__)

SCHEMA: Final = 1
_TABLE: Final = "models"


class ModelRecordRepository:
    """Reads and writes the records. Runs on the storage thread only."""

    def __init__(self, *, file: Path, damaged: Path) -> None:
        self._file = file
        self._damaged = damaged
        self._database = Database(file)

    def load(self) -> tuple[tuple[ModelRecord, ...], Path | None]:
        """All of them; when their file is damaged none, and where the file was put."""
        self._database = Database(self._file)  # it may have been replaced
        try:
            records = self._database.all(_TABLE)
            return tuple(_read(dict(record)) for record in records), None
        except (DamagedFile, StorageFailed, ValueError, TypeError, AttributeError) as error:
            logger.warning("the records on models cannot be read: %s", error)
        try:
            place = set_aside(self._file, self._damaged)
        except StorageFailed as error:
            logger.warning("the damaged records on models stay where they are: %s", error)
            place = self._file
        self._database = Database(self._file)
        return (), place

    def save(self, records: tuple[ModelRecord, ...]) -> None:
        """Write all of them durably.

        Raises:
            StorageFailed: they cannot be written; the file is as before.
        """
        with self._database.together():
            self._database.clear(_TABLE)
            for number, kept in enumerate(records, start=1):
                record = msgspec.to_builtins(kept, enc_hook=_encode)
                self._database.put(_TABLE, number, {"schema": SCHEMA, **record})


def _read(record: dict[str, Any]) -> ModelRecord:
    return msgspec.convert(record, ModelRecord, dec_hook=_decode)


def _encode(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


def _decode(wanted: type, value: Any) -> Any:
    if issubclass(wanted, Path):
        return Path(value)
    raise NotImplementedError(wanted)
