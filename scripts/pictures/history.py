"""A history of chats, written by the app's own storage, for pictures of the page."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from llama_desktop.domain.chat import (
    AnswerModel,
    AnswerStats,
    Conversation,
    Message,
    MessageStatus,
    Passage,
    Role,
)
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository
from pictures import texts

_DAY: Final = 86_400.0
_MODEL: Final = AnswerModel(name="Qwen3 8B", file="Qwen3-8B-Q4_K_M.gguf")


def write_history(data: Path) -> None:
    """Fill an empty data folder."""
    paths = AppPaths(data)
    paths.prepare()
    repository = ConversationRepository(
        chats=paths.chats, trash=paths.trash, damaged=paths.damaged, backups=paths.backups
    )
    sources = {}
    for number, (title, days, told) in enumerate(texts.CHATS):
        created = _at(days)
        pinned = title in texts.PINNED
        sources[title] = _chat(f"chat{number}", title, created, told, is_pinned=pinned)
        repository.create(sources[title])
    recalled = tuple(_passage(sources[title], text, match) for title, text, match in texts.RECALLED)
    repository.create(_shown_chat(recalled))
    for number, (title, answer) in enumerate(
        (
            (texts.LOGGING, texts.LOGGING_ANSWER),
            (texts.CUT, texts.CUT_ANSWER),
            (texts.WEEK, texts.NIGHT_ANSWER),
        )
    ):
        repository.create(_stopped_chat(f"stopped{number}", title, answer, recalled[:2]))


def _at(days: float) -> float:
    """So many days ago."""
    return time.time() - days * _DAY


def _chat(
    chat_id: str, title: str, created: float, told: tuple[str, ...], *, is_pinned: bool
) -> Conversation:
    """What was said, by turns."""
    messages = tuple(
        _message(
            number,
            number - 1 or None,
            Role.USER if number % 2 else Role.ASSISTANT,
            text,
            created,
        )
        for number, text in enumerate(told or (title,), 1)
    )
    return Conversation(
        id=chat_id,
        title=title,
        created=created,
        updated=created,
        is_pinned=is_pinned,
        leaf_id=len(messages),
        messages=messages,
    )


def _shown_chat(recalled: tuple[Passage, ...]) -> Conversation:
    now = time.time()
    answers = tuple(
        _message(number, 1, Role.ASSISTANT, texts.ANSWER if number == 3 else "Around 0.6 kPa.", now)
        for number in (2, 3, 4)
    )
    return Conversation(
        id="shown",
        title=texts.SHOWN,
        created=now,
        updated=now,
        leaf_id=3,
        messages=(_message(1, None, Role.USER, texts.QUESTION, now, recalled=recalled), *answers),
    )


def _stopped_chat(
    chat_id: str, title: str, answer: str, recalled: tuple[Passage, ...]
) -> Conversation:
    """A chat whose answer can be gone on with; below the list's first screen by its age."""
    now = _at(40)
    return Conversation(
        id=chat_id,
        title=title,
        created=now,
        updated=now,
        leaf_id=2,
        messages=(
            _message(1, None, Role.USER, texts.LOGGING_QUESTION, now, recalled=recalled),
            _message(
                2,
                1,
                Role.ASSISTANT,
                answer,
                now,
                status=MessageStatus.STOPPED,
                seconds=3.1,
            ),
        ),
    )


def _passage(source: Conversation, text: str, match: str) -> Passage:
    message = source.messages[-1]
    start = text.index(match)
    return Passage(
        conversation_id=source.id,
        conversation_title=source.title,
        message_id=message.id,
        role=message.role,
        created=message.created,
        day=datetime.fromtimestamp(message.created, UTC).date().isoformat(),
        text=text,
        matches=((start, start + len(match)),),
    )


def _message(
    number: int,
    parent: int | None,
    role: Role,
    text: str,
    created: float,
    *,
    recalled: tuple[Passage, ...] = (),
    status: MessageStatus = MessageStatus.COMPLETE,
    seconds: float = 6.2,
) -> Message:
    if role is Role.USER:
        return Message(
            id=number,
            parent_id=parent,
            role=role,
            content=text,
            status=status,
            created=created,
            recalled=recalled,
        )
    return Message(
        id=number,
        parent_id=parent,
        role=role,
        content=text,
        status=status,
        created=created,
        reasoning=texts.REASONING,
        model=_MODEL,
        finish_reason="stop",
        stats=AnswerStats(
            prompt_tokens=320,
            cached_tokens=12,
            generated_tokens=512,
            tokens_per_second=68.4,
            first_token_seconds=0.42,
            reasoning_seconds=seconds,
            total_seconds=8.0,
        ),
    )
