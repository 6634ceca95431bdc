"""A repository whose disk refuses when the test says so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from llama_desktop.domain.chat import Conversation
from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository


class StubbornRepository(ConversationRepository):
    """Real files, but `is_full` makes each write fail before it begins."""

    def __init__(self, **folders: Any) -> None:
        super().__init__(**folders)
        self.is_full = False
        self.change_count = 0
        self.changed = threading.Event()

    def change(
        self, conversation_id: str, decide: Callable[[Conversation], Conversation]
    ) -> Conversation:
        self.change_count += 1

        def refuse(old: Conversation) -> Conversation:
            after = decide(old)
            if self.is_full:
                raise StorageFailed("The disk is full.", is_full=True)
            return after

        after = super().change(conversation_id, refuse)
        self.changed.set()
        return after
