"""The trash: conversations that can be taken back, their files with them, until they are too old.

A conversation is where its own file is; its attachments follow. They are moved after it into the
trash and before it out of there, so that a kill in between never shows a chat without its files;
`mend` finishes what was left half done.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from llama_desktop.domain.chat import ConversationSummary
from llama_desktop.infrastructure.storage.atomic_file import replace, storage_failed, sync_folder
from llama_desktop.infrastructure.storage.attachment_files import (
    FILES_SUFFIX,
    files_of,
    move_files,
    remove_files,
    remove_unnamed,
)
from llama_desktop.infrastructure.storage.conversation_record import NewerFile, glance
from llama_desktop.infrastructure.storage.database import DamagedFile

logger = logging.getLogger(__name__)

_SUFFIX: Final = ".json"


class _NamedAttachment(msgspec.Struct):
    id: str


class _NamingMessage(msgspec.Struct):
    attachments: list[_NamedAttachment] = []


class _NamingFile(msgspec.Struct):
    """Which attachments a conversation names; everything else is skipped."""

    messages: dict[str, _NamingMessage] = {}


class TrashFolder:
    """Moves conversations between their folder and the trash. Runs on the storage thread only."""

    def __init__(self, *, chats: Path, trash: Path) -> None:
        self._chats = chats
        self._trash = trash

    def holds(self, conversation_id: str) -> bool:
        """Whether a conversation is in the trash."""
        return (self._trash / f"{conversation_id}{_SUFFIX}").exists()

    def move_in(self, conversation_id: str) -> None:
        """Delete a conversation; its file's time says from now on when that was.

        Raises:
            FileNotFoundError: there is none.
            StorageFailed: it cannot be moved.
        """

        def move(source: Path, target: Path) -> None:
            # Before the move: a kill in between must not let it look as old as its last word.
            os.utime(source)
            replace(source, target)
            try:
                move_files(conversation_id, self._chats, self._trash)
            except OSError as error:  # the conversation is deleted; `mend` will bring them
                logger.warning("attachments stay behind: %s", error)

        self._move(conversation_id, self._chats, self._trash, move)

    def move_out(self, conversation_id: str) -> None:
        """Take a conversation back. Errors as of `move_in`."""

        def move(source: Path, target: Path) -> None:
            if not source.exists():
                raise FileNotFoundError(source)
            move_files(conversation_id, self._trash, self._chats)
            replace(source, target)

        self._move(conversation_id, self._trash, self._chats, move)

    def list(self) -> tuple[ConversationSummary, ...]:
        """What is in the trash and can be read, last deleted first."""
        found: list[tuple[float, ConversationSummary]] = []
        for path in self._trash.glob(f"*{_SUFFIX}"):
            try:
                summary, _ = glance(path.stem, path.read_bytes())
                found.append((path.stat().st_mtime, summary))
            except (DamagedFile, NewerFile, OSError) as error:
                logger.warning("in the trash, but not listed: %s (%s)", path, error)
        found.sort(key=lambda entry: (entry[0], entry[1].id), reverse=True)
        return tuple(summary for _, summary in found)

    def paths(self) -> tuple[Path, ...]:
        """The files of the conversations in it."""
        return tuple(self._trash.glob(f"*{_SUFFIX}"))

    def remove(self, conversation_id: str) -> None:
        """Really delete a conversation.

        Raises:
            StorageFailed: it cannot be deleted.
        """
        path = self._trash / f"{conversation_id}{_SUFFIX}"
        try:
            path.unlink(missing_ok=True)
            sync_folder(self._trash)
        except OSError as error:
            raise storage_failed(error, path) from error
        remove_files(conversation_id, self._trash)

    def purge(self, deleted_before: float) -> tuple[str, ...]:
        """Really delete what was deleted before this time, and say what it was.

        What cannot go, goes another time.
        """
        purged: list[str] = []
        for path in tuple(self._trash.glob(f"*{_SUFFIX}")):
            try:
                if path.stat().st_mtime < deleted_before:
                    path.unlink()
                    purged.append(path.stem)
                    remove_files(path.stem, self._trash)
                    logger.info("deleted for good: %s", path.stem)
            except OSError as error:
                logger.warning("not deleted for good: %s (%s)", path, error)
        return tuple(purged)

    def mend(self) -> None:
        """Bring attachments to where their conversation is, and remove those of none. At start."""
        for folder, other in ((self._chats, self._trash), (self._trash, self._chats)):
            for files in tuple(folder.glob(f"*{FILES_SUFFIX}")):
                try:
                    self._mend(files.name.removesuffix(FILES_SUFFIX), folder, other)
                except OSError as error:
                    logger.warning("attachments are not where they belong: %s (%s)", files, error)

    def _mend(self, conversation_id: str, folder: Path, other: Path) -> None:
        if (path := folder / f"{conversation_id}{_SUFFIX}").exists():
            try:
                file = msgspec.json.decode(path.read_bytes(), type=_NamingFile)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return  # damaged or of a later version: nothing of it is touched
            named = {one.id for entry in file.messages.values() for one in entry.attachments}
            remove_unnamed(files_of(folder, conversation_id), named)
        elif (other / path.name).exists():
            move_files(conversation_id, folder, other)
        else:
            shutil.rmtree(files_of(folder, conversation_id))

    def _move(
        self,
        conversation_id: str,
        source: Path,
        target: Path,
        move: Callable[[Path, Path], None],
    ) -> None:
        path = source / f"{conversation_id}{_SUFFIX}"
        try:
            target.mkdir(mode=0o700, exist_ok=True)
            move(path, target / path.name)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise storage_failed(error, path) from error
