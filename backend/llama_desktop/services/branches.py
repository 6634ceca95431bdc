"""Going from branch to branch of a conversation."""

from __future__ import annotations

import time
from collections import deque
from typing import Final

from llama_desktop.domain.chat import Conversation, ShownBranch
from llama_desktop.services.chat.kept_attachments import KeptAttachments
from llama_desktop.services.conversation_branches import (
    copy_branch,
    restore_message,
    show_message,
)
from llama_desktop.services.conversations import ConversationService, make_conversation_id

_LEFT_REMEMBERED: Final = 64


class BranchService:
    """Shows, brings back and copies branches; knows where each was left."""

    def __init__(self, conversations: ConversationService, attachments: KeptAttachments) -> None:
        self._conversations = conversations
        self._attachments = attachments
        self._left: dict[str, deque[int]] = {}
        """The ends of branches that were shown before, for as long as the app runs."""

    async def show(self, conversation_id: str, message_id: int) -> ShownBranch:
        """Show the branch that a message is in, down to where it was last left.

        Raises:
            MessageNotFound: there is no such message, or it is deleted.
        """
        left = self._left.setdefault(conversation_id, deque(maxlen=_LEFT_REMEMBERED))

        def decide(old: Conversation) -> Conversation:
            after = show_message(old, message_id, left=left)
            if old.leaf_id is not None and old.leaf_id != after.leaf_id:
                left.append(old.leaf_id)
            return after

        after = await self._conversations.change(conversation_id, decide)
        return ShownBranch(leaf_id=after.leaf_id)

    async def restore(self, conversation_id: str, message_id: int) -> ShownBranch:
        """Bring a deleted message back with all below it, and show it.

        Raises:
            MessageNotFound: there is no such message.
        """
        after = await self._conversations.change(
            conversation_id, lambda old: restore_message(old, message_id)
        )
        return ShownBranch(leaf_id=after.leaf_id)

    async def copy(self, conversation_id: str, message_id: int) -> Conversation:
        """Begin a conversation with a copy of the branch up to and with this message.

        Raises:
            MessageNotFound: there is no such message, or it is deleted.
            StorageFailed: the copy cannot be written.
        """
        now = time.time()
        copy = copy_branch(
            await self._conversations.get(conversation_id),
            message_id,
            new_id=make_conversation_id(now),
            now=now,
        )
        files = tuple(file for message in copy.messages for file in message.attachments)
        if files:
            await self._attachments.copy(conversation_id, copy.id, files)
        await self._conversations.take_in(copy)
        return copy
