"""Holds in memory what the disk does not take now, and writes it as soon as it does."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from llama_desktop.domain.chat import Conversation, Message
from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository


class _Held(Struct, frozen=True):
    conversation: Conversation
    kept: dict[int, Message]
    """The messages as they are on disk."""
    error: StorageFailed


class HeldChanges:
    """Stands before the repository for reads and changes. Runs on the storage thread only.

    A conversation that could not be written is read from here until it is: whoever changes it
    again sees the change before. What could not even be read is not changed.
    """

    def __init__(self, repository: ConversationRepository) -> None:
        self._repository = repository
        self._held: dict[str, _Held] = {}

    @property
    def error(self) -> StorageFailed | None:
        """Why the oldest of them is held; None: nothing is."""
        return next((held.error for held in self._held.values()), None)

    @property
    def message_count(self) -> int:
        """Messages that are new or have changed since they were written."""
        return sum(
            held.kept.get(message.id) != message
            for held in self._held.values()
            for message in held.conversation.messages
        )

    def read(self, conversation_id: str) -> Conversation:
        """See `ConversationRepository.read`."""
        held = self._held.get(conversation_id)
        return self._repository.read(conversation_id) if held is None else held.conversation

    def change(
        self, conversation_id: str, decide: Callable[[Conversation], Conversation]
    ) -> Conversation:
        """Write what `decide` makes of the present state, or hold it.

        Raises:
            StorageFailed: the present state cannot be read.
        """
        held = self._held.get(conversation_id)
        before: Conversation | None = None if held is None else held.conversation
        after: Conversation | None = None if before is None else decide(before)

        def decide_once(old: Conversation) -> Conversation:
            nonlocal before, after
            if after is None:
                before, after = old, decide(old)
            return after

        try:
            written = self._repository.change(conversation_id, decide_once)
        except StorageFailed as error:
            if before is None or after is None:
                raise
            kept = held.kept if held else {message.id: message for message in before.messages}
            self._held[conversation_id] = _Held(after, kept, error)
            return after
        self._held.pop(conversation_id, None)
        return written

    def flush(self) -> tuple[Conversation, ...]:
        """Write what is held, until one is refused; those that are on disk now."""
        written = []
        for conversation_id in tuple(self._held):
            try:
                written.append(self._write(conversation_id))
            except StorageFailed:
                break
        return tuple(written)

    def delete(self, conversation_id: str) -> None:
        """See `ConversationRepository.delete`. What is held of it is written first.

        Raises:
            StorageFailed: also when that cannot be written now.
        """
        if conversation_id in self._held:
            self._write(conversation_id)
        self._repository.delete(conversation_id)

    def _write(self, conversation_id: str) -> Conversation:
        held = self._held[conversation_id].conversation
        written = self._repository.change(conversation_id, lambda _: held)
        del self._held[conversation_id]
        return written
