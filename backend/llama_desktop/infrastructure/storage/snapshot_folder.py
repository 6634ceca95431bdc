"""Snapshots: second names for the files that are kept, which cost neither room nor time.

    snapshots/<time>/chats/…         conversations with their files
    snapshots/<time>/trash/…         the deleted ones
    snapshots/<time>/attachments/…   files that wait for their question
    snapshots/<time>/*.json      settings, drafts, facts, what is chosen for models
    snapshots/<time>/absent.json     which of these there were none of

No file of ours is ever changed in place (see `atomic_file`), so another name for it keeps what it
was. A snapshot is made under a name that is not looked at and renamed when it is whole.
"""

from __future__ import annotations

import contextlib
import logging
import re
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from llama_desktop.domain.errors import NotFound
from llama_desktop.domain.snapshots import Snapshot
from llama_desktop.infrastructure.storage.atomic_file import (
    give_second_name,
    storage_failed,
    sync_folder,
    write_atomically,
)
from llama_desktop.infrastructure.storage.attachment_files import FILES_SUFFIX
from llama_desktop.infrastructure.storage.snapshot_content import ABSENT_FILE

logger = logging.getLogger(__name__)

_NAME: Final = re.compile(r"\d{8}-\d{6}-\d{6}")
_FORMAT: Final = "%Y%m%d-%H%M%S-%f"
_UNFINISHED: Final = ".making"
_SUFFIX: Final = ".json"
FOLDERS: Final = ("chats", "trash")
WAITING_FOLDER: Final = "attachments"


class SnapshotFolder:
    """Makes, lists and removes snapshots. One call at a time; any thread but the event loop's."""

    def __init__(self, *, data: Path, snapshots: Path, files: Sequence[Path]) -> None:
        """`files`: what is kept besides the conversations."""
        self._data = data
        self._snapshots = snapshots
        self._files = tuple(files)

    def make(self) -> Snapshot:
        """Keep everything as it is now.

        Raises:
            StorageFailed: it cannot be kept; nothing is left of the try.
        """
        name = datetime.fromtimestamp(time.time(), UTC).strftime(_FORMAT)
        making = self._snapshots / f"{name}{_UNFINISHED}"
        try:
            self._snapshots.mkdir(mode=0o700, exist_ok=True)
            making.mkdir(mode=0o700)
            absent = [one.name for one in self._files if not _keep(one, making / one.name)]
            write_atomically(making / ABSENT_FILE, msgspec.json.encode(absent))
            # After the drafts: what a draft names was there before it.
            _keep_files(self._data / WAITING_FOLDER, making / WAITING_FOLDER)
            # What is restored from the trash meanwhile is in neither the first time.
            for folder in (*FOLDERS, *FOLDERS):
                _keep_folder(self._data / folder, making / folder)
            sync_folder(making)
            making.rename(self._snapshots / name)
            sync_folder(self._snapshots)
        except OSError as error:
            shutil.rmtree(making, ignore_errors=True)
            raise storage_failed(error, self._snapshots) from error
        return self._describe(self._snapshots / name)

    def remove(self, snapshot_id: str) -> None:
        """Let go of a snapshot. One that cannot go now goes another time."""
        path = self.require(snapshot_id)
        unfinished = path.with_name(f"{path.name}{_UNFINISHED}")
        with contextlib.suppress(OSError):
            path.rename(unfinished)  # half removed, it must not be taken for a whole one
            shutil.rmtree(unfinished)

    def remove_all(self) -> None:
        """Remove every snapshot, and what is left of others.

        Raises:
            StorageFailed: one cannot be removed; a start of the app tries again.
        """
        for path in self._whole():
            try:
                path.rename(path.with_name(f"{path.name}{_UNFINISHED}"))
            except OSError as error:
                raise storage_failed(error, path) from error
        for leftover in self._snapshots.glob(f"*{_UNFINISHED}"):
            try:
                shutil.rmtree(leftover)
            except OSError as error:
                raise storage_failed(error, leftover) from error

    def remove_leftovers(self) -> None:
        """Remove what a process that died was making or removing."""
        for leftover in self._snapshots.glob(f"*{_UNFINISHED}"):
            shutil.rmtree(leftover, ignore_errors=True)

    def require(self, snapshot_id: str) -> Path:
        """Where a snapshot is.

        Raises:
            NotFound: there is none with this id.
        """
        path = self._snapshots / snapshot_id
        if _NAME.fullmatch(snapshot_id) is None or not path.is_dir():
            raise NotFound("This snapshot does not exist any more.")
        return path

    def conversations(self) -> Iterator[Path]:
        """The files of all conversations in all snapshots."""
        for path in self._whole():
            for folder in FOLDERS:
                yield from (path / folder).glob(f"*{_SUFFIX}")

    def files(self, names: Collection[str]) -> Iterator[Path]:
        """Where files of these names are in the snapshots, or would be."""
        for path in self._whole():
            yield from (path / name for name in names)

    def waiting_files(self) -> Iterator[Path]:
        """The files that waited for their question, in all snapshots."""
        for path in self._whole():
            yield from (path / WAITING_FOLDER).glob("*")

    def _whole(self) -> list[Path]:
        try:
            return [path for path in self._snapshots.iterdir() if _NAME.fullmatch(path.name)]
        except FileNotFoundError:
            return []
        except OSError as error:
            logger.warning("the snapshots cannot be listed: %s", error)
            return []

    def _describe(self, path: Path) -> Snapshot:
        made = datetime.strptime(path.name, _FORMAT).replace(tzinfo=UTC)
        chats = sum(1 for _ in (path / FOLDERS[0]).glob(f"*{_SUFFIX}"))
        return Snapshot(id=path.name, created=made.timestamp(), conversation_count=chats)

    def list(self) -> tuple[Snapshot, ...]:
        """All that are whole, newest first."""
        return tuple(self._describe(path) for path in sorted(self._whole(), reverse=True))


def _keep_folder(source: Path, target: Path) -> None:
    """Conversations before their files: what a question names was there before it."""
    target.mkdir(mode=0o700, exist_ok=True)
    for path in source.glob(f"*{_SUFFIX}"):
        _keep(path, target / path.name)
    for folder in source.glob(f"*{FILES_SUFFIX}"):
        _keep_files(folder, target / folder.name)


def _keep_files(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700, exist_ok=True)
    for path in source.glob("*"):
        _keep(path, target / path.name)


def _keep(source: Path, target: Path) -> bool:
    """False: it is gone by now, and is left out."""
    try:
        give_second_name(source, target)
    except FileNotFoundError:
        return False
    return True
