"""The kept settings: one TinyDB file with one record."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.domain.settings import Settings
from llama_desktop.infrastructure.storage.atomic_file import remove_leftovers
from llama_desktop.infrastructure.storage.damaged_files import set_aside
from llama_desktop.infrastructure.storage.database import DamagedFile, Database
from llama_desktop.infrastructure.storage.migrations import SETTINGS

logger = logging.getLogger(__name__)

SCHEMA: Final = SETTINGS.version
_TABLE: Final = "settings"


class SettingsRepository:
    """Reads and writes the settings. Runs on the storage thread only."""

    def __init__(self, *, file: Path, damaged: Path, backups: Path) -> None:
        self._file = file
        self._damaged = damaged
        self._backups = backups
        self._database = self._open()

    def load(self) -> tuple[Settings, Path | None]:
        """The settings; when their file is damaged the defaults, and where the file was put."""
        self._database = self._open()  # the file may have been replaced
        try:
            remove_leftovers(self._file.parent)
            record = self._database.find(_TABLE, 1)
            if record is None:
                return Settings(), None
            if record.get("schema", SCHEMA) > SCHEMA:
                raise ValueError("they were written by a later version of the app")
            return _convert(record), None
        except (DamagedFile, StorageFailed, OSError, ValueError, TypeError) as error:
            logger.warning("the settings cannot be read: %s", error)
        settings = self._read_what_fits()
        try:
            place = set_aside(self._file, self._damaged)
        except StorageFailed as error:
            logger.warning("the damaged settings stay where they are: %s", error)
            place = self._file
        self._database = self._open()
        return settings, place

    def _read_what_fits(self) -> Settings:
        """One value that makes no sense does not take the others along."""
        try:
            record = self._database.find(_TABLE, 1)
        except (DamagedFile, StorageFailed, OSError, ValueError, TypeError):
            return Settings()
        kept: dict[str, Any] = {}
        for field in msgspec.structs.fields(Settings):
            try:
                kept[field.name] = msgspec.convert(
                    (record or {})[field.name], field.type, dec_hook=_decode
                )
            except (KeyError, ValueError, TypeError):
                continue
        return Settings(**kept)

    def peek(self) -> Settings:
        """As they are kept, without mending anything: for a look beside an app that runs."""
        try:
            record = self._database.find(_TABLE, 1)
            return Settings() if record is None else _convert(record)
        except (DamagedFile, StorageFailed, OSError, ValueError, TypeError):
            return Settings()

    def save(self, settings: Settings) -> None:
        """Write all settings durably.

        Raises:
            StorageFailed: they cannot be written; the file is as before.
        """
        record = msgspec.to_builtins(settings, enc_hook=_encode)
        self._database.put(_TABLE, 1, {"schema": SCHEMA, **record})

    def _open(self) -> Database:
        return Database(self._file, kind=SETTINGS, backups=self._backups)


def _convert(record: Mapping[str, Any]) -> Settings:
    return msgspec.convert(dict(record), Settings, dec_hook=_decode)


def _encode(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


def _decode(wanted: type, value: Any) -> Any:
    if issubclass(wanted, Path):
        return Path(value)
    raise NotImplementedError(wanted)
