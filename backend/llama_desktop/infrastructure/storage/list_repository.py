"""A list of values that is kept as a whole: one TinyDB file with a record for each."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import Struct

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.storage.damaged_files import set_aside
from llama_desktop.infrastructure.storage.database import DamagedFile, Database

logger = logging.getLogger(__name__)

SCHEMA: Final = 1

T = TypeVar("T", bound=Struct)


class ListRepository(Generic[T]):
    """Reads and writes the values of one kind. Runs on the storage thread only."""

    def __init__(self, kind: type[T], *, table: str, file: Path, damaged: Path) -> None:
        """`table` is what the values are called, in the file and in the log."""
        self._kind = kind
        self._table = table
        self._file = file
        self._damaged = damaged
        self._database = Database(file)

    def load(self) -> tuple[tuple[T, ...], Path | None]:
        """All of them; when their file is damaged none, and where the file was put."""
        self._database = Database(self._file)  # it may have been replaced
        values = self.peek()
        if values is not None:
            return values, None
        try:
            place = set_aside(self._file, self._damaged)
        except StorageFailed as error:
            logger.warning("the damaged file of %s stays where it is: %s", self._table, error)
            place = self._file
        self._database = Database(self._file)
        return (), place

    def peek(self) -> tuple[T, ...] | None:
        """All of them, without mending anything; None: they cannot be read."""
        try:
            records = self._database.all(self._table)
            return tuple(self._read(dict(record)) for record in records)
        except (DamagedFile, StorageFailed, ValueError, TypeError, AttributeError) as error:
            logger.warning("%s cannot be read: %s", self._table, error)
            return None

    def save(self, values: tuple[T, ...]) -> None:
        """Write all of them durably.

        Raises:
            StorageFailed: they cannot be written; the file is as before.
        """
        records = {
            number: {"schema": SCHEMA, **msgspec.to_builtins(value, enc_hook=_encode)}
            for number, value in enumerate(values, start=1)
        }
        with self._database.together():
            self._database.clear(self._table)
            self._database.put_all(self._table, records)

    def _read(self, record: dict[str, Any]) -> T:
        return msgspec.convert(record, self._kind, dec_hook=_decode)


def _encode(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


def _decode(wanted: type, value: Any) -> Any:
    if issubclass(wanted, Path):
        return Path(value)
    raise NotImplementedError(wanted)
