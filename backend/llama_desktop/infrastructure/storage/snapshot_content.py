"""What a snapshot has that is not as it is now, gathered to be brought in (see `ComingFiles`)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.storage.atomic_file import (
    give_second_name,
    storage_failed,
    write_atomically,
)
from llama_desktop.infrastructure.storage.attachment_files import FILES_SUFFIX
from llama_desktop.infrastructure.storage.chat_files import read_chat
from llama_desktop.infrastructure.storage.conversation_repository import is_conversation_id
from llama_desktop.infrastructure.storage.database import DamagedFile, load_tables
from llama_desktop.infrastructure.storage.migrations import SETTINGS, version_of

logger = logging.getLogger(__name__)

ABSENT_FILE: Final = "absent.json"
"""The names of the files that a snapshot lacks because there were none."""
_CHATS: Final = "chats"
_TRASH: Final = "trash"
_ATTACHMENTS: Final = "attachments"
_SUFFIX: Final = ".json"


class Gathered(Struct, frozen=True):
    """What is to come, and what is to go."""

    names: tuple[str, ...]
    """Of conversations their ids, of files their names."""
    removed: tuple[str, ...] = ()
    """Names below the data folder."""


class SnapshotContent:
    """One snapshot beside the data folder. Runs on the storage thread only.

    What nobody could read, damaged or of a later version, is left out: it would take the place
    of something that can be read. Errors of all methods: StorageFailed.
    """

    def __init__(self, place: Path, *, data: Path) -> None:
        self.place: Final = place
        self._data = data

    def conversation_ids(self) -> frozenset[str]:
        """Of the chats that there were, those in the trash as well."""
        folders = (self.place / _CHATS, self.place / _TRASH)
        return frozenset(path.stem for one in folders for path in one.glob(f"*{_SUFFIX}"))

    def has(self, name: str) -> bool:
        """Whether it tells of this file, if only that there was none."""
        return (self.place / name).exists() or name in self._absent()

    def gather_chats(self, coming: Path) -> Gathered:
        """Chats that are other ones now, or deleted; with their files, and out of the trash."""
        ids: list[str] = []
        removed: list[str] = []
        for then in sorted((self.place / _CHATS).glob(f"*{_SUFFIX}")):
            name, chat = f"{_CHATS}/{then.name}", then.stem
            if not is_conversation_id(chat) or _is_same(then, self._data / name):
                continue
            if read_chat(then.parent, chat) is None:
                logger.warning("not gone back to, for it cannot be read: %s", then)
                continue
            files = f"{_CHATS}/{chat}{FILES_SUFFIX}"
            self._gather_missing(files, coming)
            _put(then, coming / name)
            ids.append(chat)
            removed += [f"{_TRASH}/{then.name}", f"{_TRASH}/{chat}{FILES_SUFFIX}"]
        return Gathered(tuple(ids), tuple(removed))

    def gather_trashed(self, coming: Path) -> Gathered:
        """Chats that were in the trash and are among the others now: into the trash again."""
        ids: list[str] = []
        removed: list[str] = []
        for then in sorted((self.place / _TRASH).glob(f"*{_SUFFIX}")):
            chat, now = then.stem, self._data / _CHATS / then.name
            is_in_both = (self.place / _CHATS / then.name).exists()
            if is_in_both or not now.exists() or read_chat(then.parent, chat) is None:
                continue
            self._gather_missing(f"{_TRASH}/{chat}{FILES_SUFFIX}", coming)
            try:
                (coming / _TRASH).mkdir(mode=0o700, exist_ok=True)
                # Not by a second name: its time says when it was deleted, which is now.
                write_atomically(coming / _TRASH / then.name, then.read_bytes())
            except OSError as error:
                raise storage_failed(error, coming) from error
            ids.append(chat)
            removed += [f"{_CHATS}/{then.name}", f"{_CHATS}/{chat}{FILES_SUFFIX}"]
        return Gathered(tuple(ids), tuple(removed))

    def gather_files(self, names: Iterable[str], coming: Path) -> Gathered:
        """Files that are other ones now; what there was none of then is to go."""
        changed: list[str] = []
        removed: list[str] = []
        absent = self._absent()
        for name in names:
            then, now = self.place / name, self._data / name
            if name in absent and now.exists():
                removed.append(name)
            elif then.exists() and not _is_same(then, now) and _can_be_read(then):
                _put(then, coming / name)
                changed.append(name)
        return Gathered((*changed, *removed), tuple(removed))

    def gather_attachments(self, coming: Path) -> None:
        """Files that waited for their question, where they do not any more."""
        self._gather_missing(_ATTACHMENTS, coming)

    def _gather_missing(self, folder: str, coming: Path) -> None:
        for then in sorted((self.place / folder).glob("*")):
            if not (self._data / folder / then.name).exists():
                _put(then, coming / folder / then.name)

    def _absent(self) -> frozenset[str]:
        try:
            content = (self.place / ABSENT_FILE).read_bytes()
            return frozenset(msgspec.json.decode(content, type=list[str]))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return frozenset()  # an older snapshot tells nothing of it


def _put(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        give_second_name(source, target)
    except OSError as error:
        raise storage_failed(error, target) from error


def _is_same(then: Path, now: Path) -> bool:
    try:
        return then.samefile(now) or then.read_bytes() == now.read_bytes()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise storage_failed(error, now) from error


def _can_be_read(path: Path) -> bool:
    try:
        tables = load_tables(path) or {}
        version = version_of(SETTINGS, tables)
        return version is None or version <= SETTINGS.version
    except (DamagedFile, StorageFailed) as error:
        logger.warning("not gone back to, for it cannot be read: %s", error)
        return False
