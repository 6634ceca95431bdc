"""Makes the model's prompt of a branch of a conversation. Pure.

What goes in: the system prompt, the questions of the branch and their answers, without the
model's thinking. An answer that failed or is empty is left out; its question stays, and questions
that then follow each other are joined, because many chat templates demand that roles alternate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from llama_desktop.domain.chat import Message, MessageStatus, Role
from llama_desktop.infrastructure.llama.chat_request import ChatMessage

_MESSAGE_OVERHEAD: Final = 32
_TEMPLATE_OVERHEAD: Final = 256


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is given, and what of the branch is not in it."""

    messages: tuple[ChatMessage, ...]
    omitted_message_ids: tuple[int, ...] = ()


def build_prompt(
    branch: Sequence[Message], system_prompt: str, *, omitted_turns: int = 0
) -> Prompt:
    """The prompt without its oldest turns. The last question is always in it.

    A turn is a question with the answer that follows it on this branch.
    """
    turns = split_turns(branch)
    kept = turns[omitted_turns:]
    system = [ChatMessage(role="system", content=system_prompt)] if system_prompt.strip() else []
    return Prompt(
        messages=(*system, *_alternate([message for turn in kept for message in turn])),
        omitted_message_ids=tuple(message.id for turn in turns[:omitted_turns] for message in turn),
    )


def split_turns(branch: Sequence[Message]) -> list[list[Message]]:
    """The turns of a branch, oldest first; the last one ends with the question to be answered."""
    turns: list[list[Message]] = []
    for message in branch:
        if message.role is Role.USER or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def count_omitted_before(branch: Sequence[Message]) -> int:
    """How many of the oldest turns the branch's last answer went without."""
    answers = [message for message in branch if message.role is Role.ASSISTANT]
    if not answers:
        return 0
    omitted = set(answers[-1].omitted_message_ids)
    count = 0
    for turn in split_turns(branch)[:-1]:
        if not all(message.id in omitted for message in turn):
            break
        count += 1
    return count


def estimate_tokens(messages: Sequence[ChatMessage]) -> int:
    """More tokens than these messages can have: a token is at least one byte of text.

    A template may add more of its own than is allowed for here; then the server refuses.
    """
    text = sum(len(message.content.encode()) + _MESSAGE_OVERHEAD for message in messages)
    return text + _TEMPLATE_OVERHEAD


def _alternate(messages: Sequence[Message]) -> list[ChatMessage]:
    sent: list[ChatMessage] = []
    for message in messages:
        if not _is_sent(message):
            continue
        if sent and sent[-1].role == message.role.value:
            content = f"{sent.pop().content}\n\n{message.content}"
        else:
            content = message.content
        sent.append(ChatMessage(role=message.role.value, content=content))
    return sent


def _is_sent(message: Message) -> bool:
    if message.role is Role.USER:
        return True
    return message.status is not MessageStatus.FAILED and bool(message.content.strip())
