"""The kept chats: one file each, and nothing else that could contradict them."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec import Struct

from llama_desktop.domain.chat import (
    UNFINISHED,
    Conversation,
    ConversationSummary,
    Message,
    Overflow,
    SamplingParameters,
)
from llama_desktop.domain.errors import ConversationNotFound, StorageFailed
from llama_desktop.infrastructure.storage.atomic_file import (
    remove_leftovers,
    storage_failed,
    sync_folder,
)
from llama_desktop.infrastructure.storage.attachment_files import (
    files_of,
    remove_files,
    remove_unnamed,
)
from llama_desktop.infrastructure.storage.conversation_record import (
    NewerFile,
    build_conversation,
    chat_record,
    glance,
    message_record,
)
from llama_desktop.infrastructure.storage.damaged_files import set_aside
from llama_desktop.infrastructure.storage.database import DamagedFile, Database
from llama_desktop.infrastructure.storage.migration_backups import remove_backups
from llama_desktop.infrastructure.storage.migrations import CONVERSATION
from llama_desktop.infrastructure.storage.trash_folder import TrashFolder

logger = logging.getLogger(__name__)

_OPEN_AT_ONCE: Final = 16
_SAFE_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""Ids come over the wire and become file names: nothing that could leave the folder."""


class FileFault(StrEnum):
    """Why a file is not among the conversations."""

    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
    NEWER = "newer"


class FaultyFile(Struct, frozen=True):
    """A file that could not be opened, and where it lies now."""

    name: str
    fault: FileFault
    place: Path

    @property
    def conversation_id(self) -> str:
        """Of the conversation that it held."""
        return self.name.removesuffix(".json")


class ConversationDamaged(Exception):
    """A conversation turned out to be damaged when it was opened; its file was set aside."""

    def __init__(self, file: FaultyFile) -> None:
        super().__init__(file.name)
        self.file = file


class Inventory(Struct, frozen=True):
    """What was found at start."""

    summaries: tuple[ConversationSummary, ...]
    interrupted_ids: tuple[str, ...]
    """Those with an answer that nobody is writing any more."""
    faulty_files: tuple[FaultyFile, ...]


class _Open(Struct):
    database: Database
    conversation: Conversation


class ConversationRepository:
    """Reads and writes conversations. Runs on the storage thread only.

    A conversation that holds nothing yet is not written: it lives in memory until it has a
    message, a title or settings of its own, so that untouched new chats leave nothing behind.
    """

    def __init__(self, *, chats: Path, trash: Path, damaged: Path, backups: Path) -> None:
        self._chats = chats
        self._damaged = damaged
        self._backups = backups
        self._trash = TrashFolder(chats=chats, trash=trash)
        self._unwritten: dict[str, Conversation] = {}
        self._open: OrderedDict[str, _Open] = OrderedDict()

    def take_inventory(self) -> Inventory:
        """Look at every file once; set aside those that are damaged."""
        summaries: list[ConversationSummary] = []
        interrupted: list[str] = []
        faulty: list[FaultyFile] = []
        try:
            remove_leftovers(self._chats)
            remove_leftovers(self._backups)
            self._trash.mend()
            paths = sorted(self._chats.glob("*.json"))
        except OSError as error:
            raise storage_failed(error, self._chats) from error
        for path in paths:
            if not is_conversation_id(path.stem):
                logger.warning("not a conversation's name, left alone: %s", path)
                continue
            try:
                summary, statuses = glance(path.stem, path.read_bytes())
            except DamagedFile as error:
                faulty.append(self._set_aside(path, error))
            except NewerFile:
                faulty.append(FaultyFile(path.name, FileFault.NEWER, path))
            except OSError as error:
                logger.warning("cannot read %s: %s", path, error)
                faulty.append(FaultyFile(path.name, FileFault.UNREADABLE, path))
            else:
                summaries.append(summary)
                if statuses & UNFINISHED:
                    interrupted.append(path.stem)
        return Inventory(tuple(summaries), tuple(interrupted), tuple(faulty))

    def create(self, conversation: Conversation) -> None:
        """Begin a conversation. It is written as soon as it holds something.

        Raises:
            StorageFailed: it holds something, and that cannot be written.
        """
        if is_blank(conversation):
            self._unwritten[conversation.id] = conversation
        else:
            self._write_first(conversation)

    def is_known(self, conversation_id: str) -> bool:
        """Whether there is, or was until it went to the trash, a conversation with this id."""
        path = self._chats / _file_name(conversation_id)
        return (
            conversation_id in self._unwritten
            or path.exists()
            or self._trash.holds(conversation_id)
        )

    def take_in(self, conversation: Conversation) -> bool:
        """Write a conversation that came from elsewhere; False: its id is known, nothing is done.

        Raises:
            StorageFailed: it cannot be written.
        """
        if self.is_known(conversation.id):
            return False
        self._write_first(conversation)
        return True

    def let_go(self) -> None:
        """Read each conversation anew when it is asked for next: files were replaced."""
        self._open.clear()

    def read(self, conversation_id: str) -> Conversation:
        """A conversation with all its messages.

        Raises:
            ConversationNotFound: there is none with this id.
            ConversationDamaged: there was.
            StorageFailed: it cannot be read now.
        """
        if (unwritten := self._unwritten.get(conversation_id)) is not None:
            return unwritten
        return self._require_open(conversation_id).conversation

    def find(self, conversation_id: str) -> Conversation | None:
        """As `read`; None: there is none with this id."""
        try:
            return self.read(conversation_id)
        except ConversationNotFound:
            return None

    def change(
        self, conversation_id: str, decide: Callable[[Conversation], Conversation]
    ) -> Conversation:
        """Let `decide` make the next state of the present one; write the difference durably.

        All or nothing: when this raises, memory and disk are as before. Errors of `read`, and
        whatever `decide` raises.
        """
        if (unwritten := self._unwritten.get(conversation_id)) is not None:
            after = decide(unwritten)
            if is_blank(after):
                self._unwritten[conversation_id] = after
            else:
                self._write_first(after)
                del self._unwritten[conversation_id]
            return after
        opened = self._require_open(conversation_id)
        after = decide(opened.conversation)
        if after is not opened.conversation:
            try:
                _write(opened.database, opened.conversation, after)
            except BaseException:
                del self._open[conversation_id]
                raise
            opened.conversation = after
        return after

    def delete(self, conversation_id: str) -> None:
        """Move a conversation to the trash; one that was never written is forgotten."""
        if self._unwritten.pop(conversation_id, None) is not None:
            return
        _file_name(conversation_id)
        try:
            self._trash.move_in(conversation_id)
        except FileNotFoundError as error:
            raise _not_found(conversation_id) from error
        self._open.pop(conversation_id, None)

    def restore(self, conversation_id: str) -> Conversation:
        """Take a conversation back out of the trash."""
        _file_name(conversation_id)
        try:
            self._trash.move_out(conversation_id)
        except FileNotFoundError as error:
            raise _not_found(conversation_id) from error
        return self.read(conversation_id)

    def forget(
        self, conversation_id: str, decide: Callable[[Conversation], Conversation | None]
    ) -> Conversation | None:
        """Take out of a conversation's file for good what `decide` leaves out; None: all of it.

        Files of messages that are gone go with them, and what was kept of the file before it was
        migrated. Errors as of `change`.
        """
        if (unwritten := self._unwritten.get(conversation_id)) is not None:
            if decide(unwritten) is not None:
                return unwritten
            del self._unwritten[conversation_id]
            return None
        opened = self._require_open(conversation_id)
        before, path = opened.conversation, self._chats / _file_name(conversation_id)
        after = decide(before)
        if after is before:
            return after
        del self._open[conversation_id]
        remove_backups(CONVERSATION, conversation_id, self._backups)
        if after is None:
            try:
                path.unlink()
                sync_folder(self._chats)
            except OSError as error:
                raise storage_failed(error, path) from error
            remove_files(conversation_id, self._chats)
            return None
        database = Database(path, kind=CONVERSATION)  # which keeps no backup of what is forgotten
        with database.together():
            database.clear("messages")
            _put(database, after, after.messages)
        files = files_of(self._chats, conversation_id)
        if files.is_dir():
            remove_unnamed(
                files, {one.id for message in after.messages for one in message.attachments}
            )
        self._remember(conversation_id, _Open(database, after))
        return after

    def forget_trashed(
        self, is_concerned: Callable[[Conversation], bool], *, only_count: bool = False
    ) -> int:
        """Delete conversations in the trash for good; how many. What cannot be read stays."""
        concerned = []
        for path in self._trash.paths():
            try:
                if is_concerned(_read(Database(path, kind=CONVERSATION), path.stem, path)):
                    concerned.append(path.stem)
            except (DamagedFile, StorageFailed) as error:
                logger.warning("in the trash, and not looked through: %s (%s)", path, error)
        if not only_count:
            for conversation_id in concerned:
                remove_backups(CONVERSATION, conversation_id, self._backups)
                self._trash.remove(conversation_id)
        return len(concerned)

    def empty_trash(self) -> None:
        """Delete all conversations in the trash for good, be they readable or not.

        Raises:
            StorageFailed: one cannot be deleted; the others before it are.
        """
        for path in self._trash.paths():
            self._trash.remove(path.stem)
            remove_backups(CONVERSATION, path.stem, self._backups)

    def list_trash(self) -> tuple[ConversationSummary, ...]:
        """What can be taken back, last deleted first."""
        return self._trash.list()

    def is_in_trash(self, conversation_id: str) -> bool:
        """Whether a conversation can be taken back."""
        return is_conversation_id(conversation_id) and self._trash.holds(conversation_id)

    def purge_trash(self, deleted_before: float) -> None:
        """Really delete what has been in the trash since before this time."""
        for conversation_id in self._trash.purge(deleted_before):
            try:
                remove_backups(CONVERSATION, conversation_id, self._backups)
            except StorageFailed as error:
                logger.warning("a backup of a deleted conversation stays: %s", error)

    def _write_first(self, conversation: Conversation) -> None:
        database = self._open_database(self._chats / _file_name(conversation.id))
        _write(database, None, conversation)
        self._remember(conversation.id, _Open(database, conversation))

    def _require_open(self, conversation_id: str) -> _Open:
        if (opened := self._open.get(conversation_id)) is not None:
            self._open.move_to_end(conversation_id)
            return opened
        path = self._chats / _file_name(conversation_id)
        if not path.exists():
            raise _not_found(conversation_id)
        database = self._open_database(path)
        try:
            conversation = _read(database, conversation_id, path)
        except DamagedFile as error:
            raise ConversationDamaged(self._set_aside(path, error)) from error
        opened = _Open(database, conversation)
        self._remember(conversation_id, opened)
        return opened

    def _open_database(self, path: Path) -> Database:
        return Database(path, kind=CONVERSATION, backups=self._backups)

    def _remember(self, conversation_id: str, opened: _Open) -> None:
        self._open[conversation_id] = opened
        if len(self._open) > _OPEN_AT_ONCE:
            self._open.popitem(last=False)

    def _set_aside(self, path: Path, reason: DamagedFile) -> FaultyFile:
        try:
            place = set_aside(path, self._damaged)
            files = files_of(path.parent, path.stem)
            if files.is_dir():
                set_aside(files, self._damaged)
        except StorageFailed as error:
            logger.warning("a damaged file stays where it is: %s", error)
            place = path
        logger.warning("damaged: %s, kept as %s (%s)", path, place, reason)
        return FaultyFile(path.name, FileFault.DAMAGED, place)


def is_conversation_id(text: str) -> bool:
    """Whether a conversation, and its file, may be named like this."""
    return _SAFE_ID.fullmatch(text) is not None


def is_blank(conversation: Conversation) -> bool:
    """Whether it holds nothing that a person gave it."""
    return not (
        conversation.messages
        or conversation.title
        or conversation.system_prompt
        or conversation.parameters != SamplingParameters()
        or conversation.overflow is not Overflow.OLDEST
        or conversation.is_pinned
        or conversation.memory is not None
        or conversation.is_left_out
    )


def _read(database: Database, conversation_id: str, path: Path) -> Conversation:
    try:
        records = [(record.doc_id, record) for record in database.all("messages")]
        return build_conversation(conversation_id, database.find("chat", 1), records)
    except NewerFile as error:
        message = f"A later version of the app wrote {path}. Update the app to open it."
        raise StorageFailed(message) from error
    except (ValueError, TypeError, AttributeError) as error:
        # TinyDB's own way to say that ids are no numbers or records no objects.
        raise DamagedFile(str(error)) from error


def _write(database: Database, before: Conversation | None, after: Conversation) -> None:
    written = {message.id: message for message in before.messages} if before else {}
    with database.together():
        changed = [one for one in after.messages if written.get(one.id) is not one]
        _put(database, after, changed)


def _put(database: Database, conversation: Conversation, messages: Iterable[Message]) -> None:
    database.put("chat", 1, chat_record(conversation))
    database.put_all("messages", {message.id: message_record(message) for message in messages})


def _file_name(conversation_id: str) -> str:
    if not is_conversation_id(conversation_id):
        raise _not_found(conversation_id)
    return f"{conversation_id}.json"


def _not_found(conversation_id: str) -> ConversationNotFound:
    return ConversationNotFound(
        "This conversation does not exist any more.", conversation_id=conversation_id[:80]
    )
