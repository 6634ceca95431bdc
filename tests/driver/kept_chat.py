"""A chat of one question and one answer, kept in a data folder that no app has open."""

from __future__ import annotations

import time
from pathlib import Path

from llama_desktop.domain.chat import AnswerModel, Conversation, Message, MessageStatus, Role
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository


def write_chat(
    data: Path, conversation_id: str, *, title: str, answer: str, question: str = "Say it"
) -> None:
    """The answer is what a model may have said, whatever it is."""
    for folder in ("chats", "trash", "damaged"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    repository = ConversationRepository(
        chats=data / "chats",
        trash=data / "trash",
        damaged=data / "damaged",
        backups=data / "backups",
    )
    repository.take_inventory()
    now = time.time()
    question = Message(
        id=1,
        parent_id=None,
        role=Role.USER,
        content=question,
        status=MessageStatus.COMPLETE,
        created=now,
    )
    said = Message(
        id=2,
        parent_id=1,
        role=Role.ASSISTANT,
        content=answer,
        status=MessageStatus.COMPLETE,
        created=now,
        model=AnswerModel(name="Tiny", file="tiny.gguf"),
    )
    repository.create(
        Conversation(
            id=conversation_id,
            title=title,
            created=now,
            updated=now,
            leaf_id=2,
            messages=(question, said),
        )
    )
