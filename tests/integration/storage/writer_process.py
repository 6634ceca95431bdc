"""Appends messages to a chat for ever, and says on stdout which ones are durable."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from msgspec.structs import replace

from llama_desktop.domain.chat import Conversation, MessageStatus
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository
from llama_desktop.services.conversation_tree import append_answer, append_question, cut_short_all


def main() -> None:
    """Ask and answer in turn in one chat; acknowledge each message once it is written."""
    paths = AppPaths.locate(Path(sys.argv[1]))
    paths.prepare()
    repository = ConversationRepository(
        chats=paths.chats, trash=paths.trash, damaged=paths.damaged, backups=paths.backups
    )
    for conversation_id in repository.take_inventory().interrupted_ids:
        repository.change(conversation_id, cut_short_all)
    if not (paths.chats / "chat.json").exists():
        repository.create(Conversation(id="chat", title="Killed", created=1, updated=1))

    def ask(old: Conversation) -> Conversation:
        text = f"message {len(old.messages) + 1} " + "text " * 100
        asked = append_question(old, text, parent_id=old.leaf_id, now=time.time())
        return append_answer(
            asked, asked.messages[-1].id, status=MessageStatus.ANSWERING, now=time.time()
        )

    def finish(old: Conversation) -> Conversation:
        answer = replace(old.messages[-1], content="answer " * 80, status=MessageStatus.COMPLETE)
        return replace(old, messages=(*old.messages[:-1], answer))

    while True:
        after = repository.change("chat", ask)
        print(f"{after.messages[-2].id} asked", flush=True)
        after = repository.change("chat", finish)
        print(f"{after.messages[-1].id} answered", flush=True)


if __name__ == "__main__":
    main()
