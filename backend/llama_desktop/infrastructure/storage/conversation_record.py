"""A conversation as it lies in its file: two tables of plain JSON, and back. Pure.

    chat       one record: title, times, system prompt, parameters, pin, the shown branch's leaf
    messages   one record per message; its number is the record's id

What is not known is not written. `schema` counts up when the meaning of a field changes,
with a step in `migrations.py`; what is made and read here is of the present version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from llama_desktop.domain.chat import (
    Conversation,
    ConversationSummary,
    Message,
    MessageStatus,
    Overflow,
    SamplingParameters,
    TitleOrigin,
)
from llama_desktop.infrastructure.storage.database import DamagedFile
from llama_desktop.infrastructure.storage.migrations import CONVERSATION, Tables, migrate

SCHEMA: Final = CONVERSATION.version


class _Chat(Struct, frozen=True):
    schema: int
    created: float
    updated: float
    title_origin: TitleOrigin
    title: str = ""
    system_prompt: str = ""
    parameters: SamplingParameters = field(default_factory=SamplingParameters)
    overflow: Overflow = Overflow.OLDEST
    is_pinned: bool = False
    memory: bool | None = None
    is_left_out: bool = False
    leaf_id: int | None = None


class _GlancedMessage(Struct, frozen=True):
    status: MessageStatus
    is_left_out: bool = False
    is_deleted: bool = False


class _GlancedFile(Struct, frozen=True):
    """What the list needs; the texts are skipped, which makes a start with many chats quick."""

    chat: dict[str, _Chat]
    messages: dict[str, _GlancedMessage] = {}


class _Version(Struct, frozen=True):
    schema: int


class _VersionedFile(Struct, frozen=True):
    chat: dict[str, _Version]


class NewerFile(Exception):
    """A later version of the app wrote this file."""


def glance(conversation_id: str, content: bytes) -> tuple[ConversationSummary, set[MessageStatus]]:
    """Read off a file what the list shows, and which states its messages are in.

    Raises:
        DamagedFile: it is no conversation.
        NewerFile: only a later version of the app can read it.
    """
    try:
        file = _decode_glanced(content)
        chat = file.chat["1"]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError) as error:
        raise DamagedFile(str(error)) from error
    summary = ConversationSummary(
        id=conversation_id,
        title=chat.title,
        created=chat.created,
        updated=chat.updated,
        message_count=sum(not message.is_deleted for message in file.messages.values()),
        is_pinned=chat.is_pinned,
        is_left_out=chat.is_left_out,
        left_out_message_ids=tuple(
            int(number) for number, message in file.messages.items() if message.is_left_out
        ),
        leaf_id=chat.leaf_id,
    )
    return summary, {message.status for message in file.messages.values()}


def build_conversation(
    conversation_id: str,
    chat_record: Mapping[str, Any] | None,
    message_records: Iterable[tuple[int, Mapping[str, Any]]],
) -> Conversation:
    """The value, checked to be a tree. Of an older version, the records are migrated already.

    Raises:
        DamagedFile: the records are not what a conversation consists of.
        NewerFile: only a later version of the app can read it.
    """
    try:
        if msgspec.convert(chat_record, _Version).schema > SCHEMA:
            raise NewerFile
        chat = msgspec.convert(chat_record, _Chat)
        messages = tuple(
            msgspec.convert({**record, "id": message_id}, Message)
            for message_id, record in message_records
        )
    except msgspec.ValidationError as error:
        raise DamagedFile(str(error)) from error
    _require_tree(chat.leaf_id, messages)
    return Conversation(
        id=conversation_id,
        title=chat.title,
        created=chat.created,
        updated=chat.updated,
        title_origin=chat.title_origin,
        system_prompt=chat.system_prompt,
        parameters=chat.parameters,
        overflow=chat.overflow,
        is_pinned=chat.is_pinned,
        memory=chat.memory,
        is_left_out=chat.is_left_out,
        leaf_id=chat.leaf_id,
        messages=messages,
    )


def chat_record(conversation: Conversation) -> dict[str, Any]:
    """What the table `chat` holds."""
    return _known(
        msgspec.to_builtins(
            _Chat(
                schema=SCHEMA,
                created=conversation.created,
                updated=conversation.updated,
                title=conversation.title,
                title_origin=conversation.title_origin,
                system_prompt=conversation.system_prompt,
                parameters=conversation.parameters,
                overflow=conversation.overflow,
                is_pinned=conversation.is_pinned,
                memory=conversation.memory,
                is_left_out=conversation.is_left_out,
                leaf_id=conversation.leaf_id,
            )
        )
    )


def message_record(message: Message) -> dict[str, Any]:
    """What the table `messages` holds under the message's id."""
    record = _known(msgspec.to_builtins(message))
    del record["id"]
    return {"parent_id": message.parent_id, **record}


def _known(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _known(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if value is not None
    }


def _require_tree(leaf_id: int | None, messages: tuple[Message, ...]) -> None:
    """A parent is always older than its child, so a walk to the root comes to an end."""
    ids: set[int] = set()
    for message in messages:
        if message.parent_id is not None and message.parent_id not in ids:
            raise DamagedFile(f"message {message.id} hangs on {message.parent_id}, which is gone")
        ids.add(message.id)
    if leaf_id is not None and leaf_id not in ids:
        raise DamagedFile(f"the shown branch ends at {leaf_id}, which is gone")


def _decode_glanced(content: bytes) -> _GlancedFile:
    try:
        file = msgspec.json.decode(content, type=_GlancedFile)
        version = file.chat["1"].schema
    except (msgspec.ValidationError, KeyError):
        version = _highest_version(content)
        if version <= SCHEMA and version not in CONVERSATION.migrations:
            raise
    else:
        if version == SCHEMA:
            return file
    if version > SCHEMA:
        raise NewerFile
    tables = msgspec.json.decode(content, type=Tables)
    return msgspec.convert(migrate(CONVERSATION, tables), _GlancedFile)


def _highest_version(content: bytes) -> int:
    file = msgspec.json.decode(content, type=_VersionedFile)
    return max((version.schema for version in file.chat.values()), default=0)
