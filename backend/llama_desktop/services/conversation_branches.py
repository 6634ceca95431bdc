"""A conversation's branches: which one is shown, and how versions go and come back. Pure.

A deleted message is only marked; it and all below it are then neither shown nor sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from llama_desktop.domain.chat import (
    UNFINISHED,
    Conversation,
    Message,
    MessageStatus,
)
from llama_desktop.services.conversation_tree import (
    require_message,
    require_shown_message,
    walk_branch,
)


def show_message(
    conversation: Conversation, message_id: int, *, left: Sequence[int] = ()
) -> Conversation:
    """With the branch shown that this message is in, down to where it was left.

    `left`: leaves that were shown before, the last one last; without one below this message, its
    newest leaf is shown.

    Raises:
        MessageNotFound: there is no such message, or it is deleted.
    """
    require_shown_message(conversation, message_id)
    leaves = set(_leaves_below(conversation, message_id))
    leaf_id = next((leaf for leaf in reversed(left) if leaf in leaves), max(leaves))
    return replace(conversation, leaf_id=leaf_id)


def delete_message(conversation: Conversation, message_id: int) -> Conversation:
    """With this version of a message, and all below it, gone from what is shown.

    Where it was shown, now the version before it is, else the one after it, else its parent.

    Raises:
        MessageNotFound: there is no such message, or it is deleted already.
    """
    message = require_shown_message(conversation, message_id)
    after = _mark(conversation, message, is_deleted=True)
    if not is_below(conversation, message_id, conversation.leaf_id):
        return after
    others = [other for other in _versions(after, message) if other.id != message_id]
    if not others:
        return replace(after, leaf_id=message.parent_id)
    earlier = [other.id for other in others if other.id < message_id]
    return replace(after, leaf_id=find_leaf(after, max(earlier, default=others[0].id)))


def restore_message(conversation: Conversation, message_id: int) -> Conversation:
    """With a deleted message back again, and shown.

    Raises:
        MessageNotFound: there is no such message, or one above it is deleted too.
    """
    message = require_message(conversation, message_id)
    return show_message(_mark(conversation, message, is_deleted=False), message_id)


def find_leaf(conversation: Conversation, message_id: int) -> int:
    """The newest leaf below a message; itself if there is nothing below."""
    return max(_leaves_below(conversation, message_id))


def is_below(conversation: Conversation, message_id: int, other_id: int | None) -> bool:
    """Whether the other message is this one, or hangs on it."""
    return any(message.id == message_id for message in walk_branch(conversation, other_id))


def copy_branch(
    conversation: Conversation, message_id: int, *, new_id: str, now: float
) -> Conversation:
    """A new conversation that has the branch up to and with this message, and the same settings.

    An answer that still grows is taken as if it were stopped here.

    Raises:
        MessageNotFound: there is no such message, or it is deleted.
    """
    require_shown_message(conversation, message_id)
    branch = walk_branch(conversation, message_id)
    new_ids = {message.id: number for number, message in enumerate(branch, start=1)}
    return replace(
        conversation,
        id=new_id,
        created=now,
        updated=now,
        is_pinned=False,
        leaf_id=len(branch),
        messages=tuple(_copy(message, new_ids) for message in branch),
    )


def _copy(message: Message, new_ids: dict[int, int]) -> Message:
    status = MessageStatus.STOPPED if message.status in UNFINISHED else message.status
    omitted = (new_ids[one] for one in message.omitted_message_ids if one in new_ids)
    return replace(
        message,
        id=new_ids[message.id],
        parent_id=None if message.parent_id is None else new_ids[message.parent_id],
        status=status,
        omitted_message_ids=tuple(omitted),
    )


def _mark(conversation: Conversation, message: Message, *, is_deleted: bool) -> Conversation:
    marked = replace(message, is_deleted=is_deleted)
    return replace(
        conversation,
        messages=tuple(
            marked if other.id == message.id else other for other in conversation.messages
        ),
    )


def _versions(conversation: Conversation, message: Message) -> list[Message]:
    return [
        other
        for other in conversation.messages
        if (other.parent_id, other.role) == (message.parent_id, message.role)
        and not other.is_deleted
    ]


def _leaves_below(conversation: Conversation, message_id: int) -> Iterator[int]:
    # A parent is older than its child: one pass in the order of the ids finds all below.
    below = {message_id}
    parents = set[int]()
    for message in sorted(conversation.messages, key=lambda message: message.id):
        if message.parent_id in below and not message.is_deleted:
            below.add(message.id)
            parents.add(message.parent_id)
    yield from below - parents
