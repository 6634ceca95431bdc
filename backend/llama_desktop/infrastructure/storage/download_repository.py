"""The kept downloads: one TinyDB file with a record for each that is not whole."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from llama_desktop.domain.downloads import DownloadPlan
from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.storage.damaged_files import set_aside
from llama_desktop.infrastructure.storage.database import DamagedFile, Database

logger = logging.getLogger(__name__)

SCHEMA: Final = 1
_TABLE: Final = "downloads"


class KeptDownload(Struct, frozen=True, kw_only=True):
    """A plan, and whether the person wants it to go on."""

    plan: DownloadPlan
    is_paused: bool
    problem_code: str | None = None
    """Why it stopped by itself."""
    problem: str | None = None


class DownloadRepository:
    """Reads and writes the downloads. Runs on the storage thread only."""

    def __init__(self, *, file: Path, damaged: Path) -> None:
        self._file = file
        self._damaged = damaged
        self._database = Database(file)

    def load(self) -> tuple[tuple[KeptDownload, ...], Path | None]:
        """All of them; when their file is damaged none, and where the file was put."""
        try:
            records = self._database.all(_TABLE)
            return tuple(_read(dict(record)) for record in records), None
        except (DamagedFile, StorageFailed, ValueError, TypeError, AttributeError) as error:
            logger.warning("the downloads cannot be read: %s", error)
        try:
            place = set_aside(self._file, self._damaged)
        except StorageFailed as error:
            logger.warning("the damaged list of downloads stays where it is: %s", error)
            place = self._file
        self._database = Database(self._file)
        return (), place

    def save(self, downloads: tuple[KeptDownload, ...]) -> None:
        """Write all of them durably.

        Raises:
            StorageFailed: they cannot be written; the file is as before.
        """
        with self._database.together():
            self._database.clear(_TABLE)
            for number, download in enumerate(downloads, start=1):
                record = msgspec.to_builtins(download, enc_hook=_encode)
                self._database.put(_TABLE, number, {"schema": SCHEMA, **record})


def _read(record: dict[str, Any]) -> KeptDownload:
    return msgspec.convert(record, KeptDownload, dec_hook=_decode)


def _encode(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


def _decode(wanted: type, value: Any) -> Any:
    if issubclass(wanted, Path):
        return Path(value)
    raise NotImplementedError(wanted)
