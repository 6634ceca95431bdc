"""Conversations as one file for a person to keep. Pure.

What was deleted is not in it: who deletes a version and then passes the chat on wants it gone.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace
from msgspec.structs import replace as with_fields

from llama_desktop.domain.chat import Attachment, Conversation, ExportedFile, ExportFormat, Message
from llama_desktop.services.export_markdown import render_markdown
from llama_desktop.services.file_names import make_file_name

FORMAT: Final = "llama-desktop-conversations"
VERSION: Final = 1
"""Counts up when the meaning of a field changes."""


class ExportedChat(Struct, frozen=True):
    """A conversation with the texts of its files."""

    conversation: Conversation
    texts: Mapping[str, str] = field(default_factory=dict)
    """By the id of the attachment; images and files that are gone have none."""
    images: Mapping[str, bytes] = field(default_factory=dict)
    """The same of images; in JSON alone."""


def export_chats(chats: Sequence[ExportedChat], export_format: ExportFormat) -> ExportedFile:
    """All of these conversations in one file, in the order in which they are given."""
    kept = [with_fields(chat, conversation=without_deleted(chat.conversation)) for chat in chats]
    titles = [chat.conversation.title for chat in kept]
    match export_format:
        case ExportFormat.JSON:
            return ExportedFile(
                name=_name(titles, ".json"),
                media_type="application/json",
                text=_render_json(kept),
            )
        case ExportFormat.MARKDOWN:
            return ExportedFile(
                name=_name(titles, ".md"),
                media_type="text/markdown",
                text="\n---\n\n".join(
                    render_markdown(chat.conversation, chat.texts) for chat in kept
                ),
            )


def without_deleted(conversation: Conversation) -> Conversation:
    """Without the messages that are deleted and all below them."""
    kept: dict[int, Message] = {}
    for message in conversation.messages:  # a parent always stands before its child
        is_below_kept = message.parent_id is None or message.parent_id in kept
        if is_below_kept and not message.is_deleted:
            kept[message.id] = message
    leaf_id = conversation.leaf_id
    if leaf_id not in kept:
        leaf_id = max(kept, default=None)
    return replace(conversation, messages=tuple(kept.values()), leaf_id=leaf_id)


def _name(titles: Sequence[str], extension: str) -> str:
    first = titles[0] if titles else ""
    more = len(titles) - 1
    return make_file_name(
        f"{first or 'Conversation'} and {more} more" if more > 0 else first, extension
    )


def _render_json(chats: Sequence[ExportedChat]) -> str:
    document = {
        "format": FORMAT,
        "version": VERSION,
        "conversations": [_to_json(chat) for chat in chats],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _to_json(chat: ExportedChat) -> dict[str, Any]:
    conversation: dict[str, Any] = msgspec.to_builtins(chat.conversation)
    for message in conversation["messages"]:
        del message["is_deleted"]
        for attachment in message["attachments"]:
            if (text := chat.texts.get(attachment["id"])) is not None:
                attachment["text"] = text
            elif (image := chat.images.get(attachment["id"])) is not None:
                attachment["data"] = base64.b64encode(image).decode("ascii")
    return conversation


def list_attachments(conversation: Conversation) -> tuple[Attachment, ...]:
    """The files of all messages that are exported, each once."""
    kept = without_deleted(conversation)
    return tuple(dict.fromkeys(file for message in kept.messages for file in message.attachments))
