"""What goes from a conversation when a span of time is forgotten. Pure.

A turn goes whole, by the time of its question. What was said later is hung on what is left above.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.chat import Conversation, Message, Passage, Role
from llama_desktop.services.conversation_branches import find_leaf
from llama_desktop.services.conversation_title import derive_title


class Span(Struct, frozen=True):
    """From `since` on, before `until`, in seconds since the epoch; None: no limit."""

    since: float | None = None
    until: float | None = None

    def holds(self, moment: float) -> bool:
        """Whether a moment is in it."""
        return (self.since is None or moment >= self.since) and (
            self.until is None or moment < self.until
        )


def forgotten_ids(conversation: Conversation, span: Span) -> frozenset[int]:
    """The messages that go."""
    by_id = {message.id: message for message in conversation.messages}
    return frozenset(
        message.id for message in conversation.messages if span.holds(_turn_began(message, by_id))
    )


def is_concerned(conversation: Conversation, span: Span) -> bool:
    """Whether anything in it goes, be it only a quote."""
    return bool(forgotten_ids(conversation, span)) or any(
        _is_told(passage, span) for message in conversation.messages for passage in message.recalled
    )


def forget_span(conversation: Conversation, span: Span) -> Conversation | None:
    """Without what was said in the span, and without quotes of it; None: nothing is left."""
    gone = forgotten_ids(conversation, span)
    kept = tuple(message for message in conversation.messages if message.id not in gone)
    if not kept:
        return None if gone else conversation
    parents = {message.id: message.parent_id for message in conversation.messages}

    def rehang(parent_id: int | None) -> int | None:
        while parent_id is not None and parent_id in gone:
            parent_id = parents[parent_id]
        return parent_id

    messages = tuple(
        _without_quotes(replace(message, parent_id=rehang(message.parent_id)), span)
        for message in kept
    )
    after = replace(
        conversation, messages=messages, title=_title(conversation, kept, gone), leaf_id=None
    )
    leaf_id = rehang(conversation.leaf_id)
    if leaf_id is None:
        shown = [message for message in messages if not message.is_deleted]
        leaf_id = find_leaf(after, shown[-1].id) if shown else None
    return replace(after, leaf_id=leaf_id)


def _turn_began(message: Message, by_id: dict[int, Message]) -> float:
    if message.role is Role.ASSISTANT and message.parent_id is not None:
        return by_id[message.parent_id].created
    return message.created


def _without_quotes(message: Message, span: Span) -> Message:
    if not any(_is_told(passage, span) for passage in message.recalled):
        return message
    recalled = tuple(
        replace(one, conversation_title="", text="", before="", matches=())
        if _is_told(one, span)
        else one
        for one in message.recalled
    )
    return replace(message, recalled=recalled)


def _is_told(passage: Passage, span: Span) -> bool:
    return bool(passage.text) and span.holds(passage.created)


def _title(conversation: Conversation, kept: tuple[Message, ...], gone: frozenset[int]) -> str:
    """A title that was made of what goes is made anew of what stays."""
    first = conversation.messages[0]
    if first.id not in gone or conversation.title != derive_title(first.content):
        return conversation.title
    question = next((one for one in kept if one.role is Role.USER), None)
    return derive_title(question.content) if question is not None else ""
