"""Our own export, read back without loss: ids, branches, figures, files. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from llama_desktop.domain.chat import UNFINISHED, Conversation, Message, MessageStatus
from llama_desktop.domain.errors import BadRequest
from llama_desktop.services.clean_text import require_fitting_text
from llama_desktop.services.conversation_title import shorten_title
from llama_desktop.services.export import FORMAT, VERSION
from llama_desktop.services.importing import loose
from llama_desktop.services.importing.imported import (
    MAX_MESSAGES,
    ChatRefused,
    bound_time,
    make_id,
)
from llama_desktop.services.sampling import require_sound_parameters

_SAFE_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_MAX_FILE_BYTES: Final = 16 * 1024 * 1024


class OwnChat(Struct, frozen=True):
    """A conversation, and the contents of its files by the attachment's id."""

    conversation: Conversation
    files: Mapping[str, bytes] = field(default_factory=dict)


def is_own(document: Mapping[str, Any]) -> bool:
    """Whether this is an export of this app."""
    return document.get("format") == FORMAT


def require_known_version(document: Mapping[str, Any]) -> None:
    """Raises ChatRefused where only a later version of the app can read it."""
    if loose.number(document.get("version")) > VERSION:
        raise ChatRefused("A later version of the app wrote this file. Update the app to read it.")


def read_own(raw: Any) -> OwnChat:
    """One conversation of the file.

    Raises:
        ChatRefused: it is not what the app writes.
        MessageTooLong: a text of it is.
    """
    files = _take_contents(raw)
    try:
        conversation = msgspec.json.decode(msgspec.json.encode(raw), type=Conversation)
        require_sound_parameters(conversation.parameters)
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ChatRefused("It is not as this app writes it.") from error
    except BadRequest as error:
        raise ChatRefused(error.message) from error
    _require_tree(conversation)
    created = bound_time(conversation.created)
    is_safe = _SAFE_ID.fullmatch(conversation.id) is not None
    return OwnChat(
        replace(
            conversation,
            id=conversation.id if is_safe else make_id("own", conversation.id, created),
            title=shorten_title(conversation.title),
            created=created,
            updated=bound_time(conversation.updated),
            system_prompt=require_fitting_text(conversation.system_prompt, "The system prompt"),
            messages=tuple(_settle(message, files) for message in conversation.messages),
        ),
        files,
    )


def _settle(message: Message, files: Mapping[str, bytes]) -> Message:
    require_fitting_text(message.content, "A message")
    require_fitting_text(message.reasoning, "A message")
    return replace(
        message,
        status=MessageStatus.STOPPED if message.status in UNFINISHED else message.status,
        attachments=tuple(file for file in message.attachments if file.id in files),
    )


def _require_tree(conversation: Conversation) -> None:
    if len(conversation.messages) > MAX_MESSAGES:
        raise ChatRefused(f"It has more than {MAX_MESSAGES:,} messages.")
    if not conversation.messages:
        raise ChatRefused("It has no messages.")
    last = 0
    ids: set[int | None] = {None}
    for message in conversation.messages:
        if message.id <= last or message.parent_id not in ids:
            raise ChatRefused("Its messages are no tree.")
        last = message.id
        ids.add(last)
    if conversation.leaf_id not in ids:
        raise ChatRefused("The end of its shown branch is missing.")


def _take_contents(raw: Any) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for message in map(loose.mapping, loose.items(loose.mapping(raw).get("messages"))):
        for attachment in map(loose.mapping, loose.items(message.get("attachments"))):
            name, content = loose.text(attachment.get("id")), _read_content(attachment)
            if content is not None and len(content) <= _MAX_FILE_BYTES and _SAFE_ID.fullmatch(name):
                contents[name] = content
    return contents


def _read_content(attachment: Mapping[str, Any]) -> bytes | None:
    if isinstance(said := attachment.get("text"), str):
        return said.encode("utf-8", "replace")
    try:
        return base64.b64decode(loose.text(attachment.get("data")), validate=True) or None
    except (binascii.Error, ValueError):
        return None
