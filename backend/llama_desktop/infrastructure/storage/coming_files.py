"""Files that replace others of the data folder: all of them or none, also when the app dies.

    restoring.making/…   what is to come is gathered here, under the names that it will have
    restoring/…          it is whole: from here it moves to its places, if need be at the next start

The renaming of the first to the second is the moment at which the new state is the true one.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

import msgspec

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.storage.atomic_file import (
    move,
    storage_failed,
    sync_folder,
    write_atomically,
)

logger = logging.getLogger(__name__)

_REMOVED: Final = "removed.json"


class ComingFiles:
    """Gathers files and brings them in. Runs on the storage thread only."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._gathering = data / "restoring.making"
        self._whole = data / "restoring"

    def gather(self) -> Path:
        """An empty folder for what is to come; nothing of it counts before `bring_in`.

        Raises:
            StorageFailed: it cannot be made.
        """
        try:
            _remove(self._gathering)
            self._gathering.mkdir(mode=0o700)
        except OSError as error:
            raise storage_failed(error, self._gathering) from error
        return self._gathering

    def bring_in(self, removed: Collection[str]) -> None:
        """Put what was gathered into the data folder, and take these names out of it.

        Raises:
            StorageFailed: not all of it could come; the rest will not follow by itself.
        """
        try:
            write_atomically(self._gathering / _REMOVED, msgspec.json.encode(sorted(removed)))
            for folder in _folders(self._gathering):
                sync_folder(folder)
            move(self._gathering, self._whole)
            sync_folder(self._data)
        except OSError as error:
            self.drop()
            raise storage_failed(error, self._gathering) from error
        self._carry_out()

    def drop(self) -> None:
        """Let go of what was gathered; what cannot go now goes at the next start."""
        shutil.rmtree(self._gathering, ignore_errors=True)

    def finish(self) -> StorageFailed | None:
        """Do what a process that died had begun to; at start, before anything is read.

        Why that cannot be done; it is not tried again, for what is kept from now on is newer.
        """
        failed: StorageFailed | None = None
        if self._whole.exists():
            try:
                self._carry_out()
            except StorageFailed as error:
                failed = error
        self.drop()
        return failed

    def _carry_out(self) -> None:
        try:
            removed = msgspec.json.decode((self._whole / _REMOVED).read_bytes(), type=list[str])
            touched = {self._data}
            for path in _files(self._whole):
                target = self._data / path.relative_to(self._whole)
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                touched |= {target.parent, target.parent.parent}
                move(path, target)
            for name in removed:
                _remove(self._data / name)
                touched.add((self._data / name).parent)
            for folder in touched:
                sync_folder(folder)
            move(self._whole, self._gathering)
            sync_folder(self._data)
            self.drop()
        except (OSError, msgspec.DecodeError) as error:
            self._give_up()
            if isinstance(error, msgspec.DecodeError):
                raise StorageFailed(f"{self._whole / _REMOVED} cannot be understood.") from error
            raise storage_failed(error, self._whole) from error

    def _give_up(self) -> None:
        """The rest must not come at the next start, over what was done since."""
        try:
            _remove(self._gathering)
            move(self._whole, self._gathering)
        except OSError as error:
            logger.error("%s must be removed by hand: %s", self._whole, error)


def _files(folder: Path) -> Iterable[Path]:
    """Files of chats before the chats that name them."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != _REMOVED)
    return sorted(found, key=lambda path: (-len(path.parts), path))


def _folders(folder: Path) -> Iterable[Path]:
    """The inner ones first."""
    found = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    return sorted(found, key=lambda path: -len(path.parts))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
