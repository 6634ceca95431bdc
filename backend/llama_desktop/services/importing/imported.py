"""A chat as another app wrote it, and the conversation that becomes of it. Pure.

Nothing of a file is believed: texts are cleaned, times are bounded, and what is no tree is refused.
"""

from __future__ import annotations

import hashlib
import heapq
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.chat import (
    AnswerModel,
    Conversation,
    Message,
    MessageStatus,
    Role,
    TitleOrigin,
)
from llama_desktop.services.clean_text import require_fitting_text
from llama_desktop.services.conversation_title import derive_title, shorten_title

MAX_MESSAGES: Final = 20_000
"""In one chat; ours is slow long before."""
_LATEST: Final = 4_102_444_800.0
"""2100: a later time is a mistake, or milliseconds taken for seconds."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class ChatRefused(Exception):
    """A chat that is not taken; the message says why, as a sentence."""


class ImportedMessage(Struct, frozen=True):
    """A node of the other app's tree."""

    key: str
    parent_key: str | None
    role: Role | None
    """None: it only holds the tree together, like system messages and the output of tools."""
    content: str = ""
    reasoning: str = ""
    created: float = 0.0
    model: str = ""


class ImportedChat(Struct, frozen=True):
    """What was read of one chat."""

    source: str
    """Which app."""
    key: str
    """What it is called there: the same chat is not imported twice."""
    title: str
    created: float
    updated: float
    messages: Sequence[ImportedMessage]
    leaf_key: str | None = None
    """Where the shown branch ends; None: with the newest message."""
    system_prompt: str = ""


def build_conversation(chat: ImportedChat) -> Conversation:
    """The conversation, under an id that the same chat always gets.

    Raises:
        ChatRefused: it is empty, too large, or no tree.
        MessageTooLong: a text of it is.
    """
    if len(chat.messages) > MAX_MESSAGES:
        raise ChatRefused(f"It has more than {MAX_MESSAGES:,} messages.")
    messages, numbers = _number(_in_order(chat.messages))
    if not messages:
        raise ChatRefused("It has no messages.")
    created = bound_time(chat.created) or messages[0].created
    title = shorten_title(chat.title)
    return Conversation(
        id=make_id(chat.source, chat.key, created),
        title=title or derive_title(messages[0].content),
        title_origin=TitleOrigin.PERSON if title else TitleOrigin.FIRST_WORDS,
        created=created,
        updated=max(bound_time(chat.updated), created),
        system_prompt=_clean(chat.system_prompt, "The system prompt"),
        leaf_id=numbers.get(chat.leaf_key or "") or messages[-1].id,
        messages=tuple(messages),
    )


def make_id(source: str, key: str, created: float) -> str:
    """Sorts by its time, and is the same for the same chat of the same app."""
    digest = hashlib.sha256(f"{source}\0{key}".encode("utf-8", "replace")).hexdigest()
    return f"{int(created * 1000):012x}-{digest[:16]}"


def bound_time(seconds: float) -> float:
    """Seconds since the epoch; 0 if they cannot be."""
    return seconds if math.isfinite(seconds) and 0 < seconds < _LATEST else 0.0


def _in_order(nodes: Sequence[ImportedMessage]) -> list[ImportedMessage]:
    """Parents before their children, else by time: later messages get higher numbers."""
    by_key = {node.key: node for node in nodes}
    if len(by_key) != len(nodes):
        raise ChatRefused("Two of its messages have the same name.")
    children: dict[str | None, list[int]] = defaultdict(list)
    for index, node in enumerate(nodes):
        children[node.parent_key if node.parent_key in by_key else None].append(index)
    ordered: list[ImportedMessage] = []
    waiting = [(bound_time(nodes[index].created), index) for index in children[None]]
    heapq.heapify(waiting)
    while waiting:
        since, index = heapq.heappop(waiting)
        ordered.append(nodes[index])
        for child in children[nodes[index].key]:
            heapq.heappush(waiting, (max(since, bound_time(nodes[child].created)), child))
    if len(ordered) != len(nodes):
        raise ChatRefused("Its messages hang on each other in a circle.")
    return ordered


def _number(nodes: Sequence[ImportedMessage]) -> tuple[list[Message], Mapping[str, int | None]]:
    """The messages, and which one each key leads to: a node without a role leads to its parent.

    A speaker who goes on right after himself says it in one message, as ours do.
    """
    messages: list[Message] = []
    numbers: dict[str, int | None] = {}
    children: dict[str | None, int] = defaultdict(int)
    for node in nodes:
        children[node.parent_key] += 1
    time = 0.0
    for node in nodes:
        parent_id = numbers.get(node.parent_key or "")
        time = max(time, bound_time(node.created))
        content = _clean(node.content, "A message")
        if node.role is None or not (content.strip() or node.reasoning.strip()):
            numbers[node.key] = parent_id
            continue
        parent = messages[parent_id - 1] if parent_id else None
        if parent and parent.role is node.role and children[node.parent_key] == 1:
            texts = [text for text in (parent.content, content) if text]
            messages[parent.id - 1] = replace(parent, content="\n\n".join(texts))
            numbers[node.key] = parent.id
            continue
        message = Message(
            id=len(messages) + 1,
            parent_id=parent_id,
            role=node.role,
            content=content,
            status=MessageStatus.COMPLETE,
            created=bound_time(node.created) or time,
            reasoning=_clean(node.reasoning, "A message"),
            model=AnswerModel(name=shorten_title(node.model), file="") if node.model else None,
        )
        messages.append(message)
        numbers[node.key] = message.id
    return messages, numbers


def _clean(text: str, what: str) -> str:
    return _CONTROL.sub("", require_fitting_text(text, what))
