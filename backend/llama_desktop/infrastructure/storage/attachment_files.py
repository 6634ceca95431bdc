"""The contents of files that go with questions, each with a label that says what it is.

    attachments/<id>          the content of a file that no question has been sent with
    attachments/<id>.json     its label
    chats/<chat>.files/…      the same of files that a question of this chat has

A label is written after its content and removed before it, so what has a label is whole. The
names are ids of ours; what a person's file was called stands in the label alone.
"""

from __future__ import annotations

import contextlib
import logging
import re
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

import msgspec

from llama_desktop.domain.chat import Attachment
from llama_desktop.domain.errors import AttachmentUnusable, ConversationNotFound
from llama_desktop.infrastructure.storage.atomic_file import (
    give_second_name,
    remove_leftovers,
    replace,
    storage_failed,
    sync_folder,
    write_atomically,
)

logger = logging.getLogger(__name__)

FILES_SUFFIX: Final = ".files"
_LABEL_SUFFIX: Final = ".json"
_SAFE_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""Ids come over the wire and become file names: nothing that could leave the folder."""


class AttachmentFiles:
    """Reads and writes attachments. Runs on the storage thread only."""

    def __init__(self, *, unsent: Path, chats: Path) -> None:
        self._unsent = unsent
        self._chats = chats
        self._added_ids: set[str] = set()

    def add(self, attachment: Attachment, data: bytes) -> None:
        """Keep a file that waits for its question.

        Raises:
            StorageFailed: it cannot be written.
        """
        path = self._unsent / _require_safe(attachment.id)
        self._added_ids.add(attachment.id)
        try:
            self._unsent.mkdir(mode=0o700, exist_ok=True)
            write_atomically(path, data)
            write_atomically(_label_of(path), msgspec.json.encode(attachment))
        except OSError as error:
            raise storage_failed(error, path) from error

    def take(self, attachment_id: str, conversation_id: str) -> Attachment:
        """Keep a file beside a conversation too: one that waits, or that it has already.

        Raises:
            AttachmentUnusable: there is none.
            StorageFailed: it cannot be kept there.
        """
        place = self._folder(conversation_id)
        if _label_of(place / _require_safe(attachment_id)).exists():
            return self._read_label(place / attachment_id)
        source = self._unsent / attachment_id
        attachment = self._read_label(source)
        _link_into(place, [source])
        return attachment

    def put(self, conversation_id: str, attachment: Attachment, data: bytes) -> None:
        """Keep a file beside a conversation that came from elsewhere and is about to be kept.

        Raises:
            StorageFailed: it cannot be kept there.
        """
        path = self._folder(conversation_id) / _require_safe(attachment.id)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, data)
            write_atomically(_label_of(path), msgspec.json.encode(attachment))
        except OSError as error:
            raise storage_failed(error, path) from error

    def copy(self, conversation_id: str, target_id: str, attachment_ids: Iterable[str]) -> None:
        """Keep files of a conversation beside another one as well; those that are gone stay so."""
        source = self._folder(conversation_id)
        paths = [source / _require_safe(one) for one in attachment_ids]
        there = [path for path in paths if _label_of(path).exists()]
        if there:
            _link_into(self._folder(target_id), there)

    def read(self, attachment_id: str, conversation_id: str) -> bytes:
        """The content of a file of a conversation.

        Raises:
            AttachmentUnusable: it is gone.
        """
        return self._read(self._folder(conversation_id) / _require_safe(attachment_id))

    def open(self, attachment_id: str) -> tuple[Attachment, bytes]:
        """A file wherever it is kept, with its label.

        Raises:
            AttachmentUnusable: it is gone.
        """
        path = self._find(attachment_id)
        return self._read_label(path), self._read(path)

    def look_up(self, attachment_ids: Iterable[str]) -> tuple[Attachment, ...]:
        """The labels of those of these files that are still kept."""
        found: list[Attachment] = []
        for attachment_id in attachment_ids:
            with contextlib.suppress(AttachmentUnusable):
                found.append(self._read_label(self._find(attachment_id)))
        return tuple(found)

    def discard(self, attachment_ids: Iterable[str]) -> None:
        """Forget files that wait; those of conversations stay. One that cannot go, goes later."""
        for attachment_id in attachment_ids:
            path = self._unsent / _require_safe(attachment_id)
            for leftover in (_label_of(path), path):
                try:
                    leftover.unlink(missing_ok=True)
                except OSError as error:
                    logger.warning("an attachment is not removed: %s", error)

    def discard_all(self) -> None:
        """Forget every file that waits.

        Raises:
            StorageFailed: one cannot be removed; the others before it are.
        """
        # A content without its label is not taken for a file: labels first.
        for path in sorted(self._unsent.glob("*"), key=lambda one: one.suffix != _LABEL_SUFFIX):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise storage_failed(error, path) from error

    def sweep(self, wanted_ids: Collection[str]) -> None:
        """Remove what waits for no question any more, but what was added since the start."""
        try:
            remove_leftovers(self._unsent)
            names = {path.name.removesuffix(_LABEL_SUFFIX) for path in self._unsent.iterdir()}
        except FileNotFoundError:
            return
        except OSError as error:
            logger.warning("unsent attachments are not looked through: %s", error)
            return
        ours = {name for name in names if _SAFE_ID.fullmatch(name)}
        self.discard(ours - self._added_ids - set(wanted_ids))

    def _folder(self, conversation_id: str) -> Path:
        if _SAFE_ID.fullmatch(conversation_id) is None:
            raise ConversationNotFound("This conversation does not exist any more.")
        return files_of(self._chats, conversation_id)

    def _find(self, attachment_id: str) -> Path:
        waiting = self._unsent / _require_safe(attachment_id)
        if _label_of(waiting).exists():
            return waiting
        # The same id in several folders is the same file: branched chats share theirs.
        kept = self._chats.glob(f"*{FILES_SUFFIX}/{attachment_id}{_LABEL_SUFFIX}")
        label = next(kept, None)
        if label is None:
            raise _gone()
        return label.with_name(attachment_id)

    def _read_label(self, path: Path) -> Attachment:
        try:
            return msgspec.json.decode(_label_of(path).read_bytes(), type=Attachment)
        except FileNotFoundError as error:
            raise _gone() from error
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            logger.warning("an attachment's label cannot be read: %s (%s)", path, error)
            raise AttachmentUnusable("An attached file cannot be read any more.") from error

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            raise _gone() from error
        except OSError as error:
            logger.warning("an attachment cannot be read: %s", error)
            raise AttachmentUnusable("An attached file cannot be read any more.") from error


def files_of(folder: Path, conversation_id: str) -> Path:
    """Where the files of a conversation lie, beside its own file."""
    return folder / f"{conversation_id}{FILES_SUFFIX}"


def move_files(conversation_id: str, source: Path, target: Path) -> None:
    """Move a conversation's files, if it has any, to where its own file is or will be.

    Raises:
        OSError: they cannot be moved.
    """
    folder, place = files_of(source, conversation_id), files_of(target, conversation_id)
    if not folder.is_dir():
        return
    if place.exists():  # a move that was cut off, or a question to a chat that was just deleted
        for path in tuple(folder.iterdir()):
            replace(path, place / path.name)
        folder.rmdir()
    else:
        replace(folder, place)


def remove_files(conversation_id: str, folder: Path) -> None:
    """Remove a conversation's files for good. What cannot go, goes at a later start."""
    shutil.rmtree(files_of(folder, conversation_id), ignore_errors=True)


def remove_unnamed(folder: Path, named_ids: Collection[str]) -> None:
    """Remove files that no message names: their question was never kept."""
    for path in tuple(folder.iterdir()):
        if path.name.removesuffix(_LABEL_SUFFIX) not in named_ids:
            with contextlib.suppress(OSError):
                path.unlink()


def _link_into(folder: Path, sources: Iterable[Path]) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for source in sources:
            for one in (source, _label_of(source)):
                give_second_name(one, folder / one.name)
        sync_folder(folder)
        sync_folder(folder.parent)
    except FileNotFoundError as error:
        raise _gone() from error
    except OSError as error:
        raise storage_failed(error, folder) from error


def _label_of(path: Path) -> Path:
    return path.with_name(f"{path.name}{_LABEL_SUFFIX}")


def _require_safe(attachment_id: str) -> str:
    if _SAFE_ID.fullmatch(attachment_id) is None:
        raise _gone()
    return attachment_id


def _gone() -> AttachmentUnusable:
    return AttachmentUnusable("An attached file is not there any more. Add it again.")
