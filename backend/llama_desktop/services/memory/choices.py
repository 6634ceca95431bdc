"""What the person says about what may be recalled: passages, messages and chats left out."""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from llama_desktop.domain.chat import Conversation, ConversationSummary, Message
from llama_desktop.domain.errors import BadRequest
from llama_desktop.domain.memory import LeftOut
from llama_desktop.services.conversation_tree import put_message, require_message
from llama_desktop.services.conversations import ConversationService, summarize

_SHOWN: Final = 120
_SPACE: Final = re.compile(r"\s+")


class MemoryChoices:
    """Keeps each choice in the file of the conversation that it is about."""

    def __init__(self, conversations: ConversationService) -> None:
        self._conversations = conversations

    async def use_passage(
        self, conversation_id: str, message_id: int, number: int, *, is_used: bool
    ) -> Message:
        """Switch a passage of a question on or off, for every request from now on.

        Raises:
            ConversationNotFound, MessageNotFound: no such question.
            BadRequest: it has no passage of this number.
            StorageFailed: it cannot be written.
        """
        after = await self._conversations.change(
            conversation_id, lambda old: switch_passage(old, message_id, number, is_used=is_used)
        )
        return require_message(after, message_id)

    async def leave_out(
        self, conversation_id: str, message_id: int | None, *, is_left_out: bool
    ) -> ConversationSummary:
        """Never recall a chat, or one message of it; or do so again.

        Raises:
            ConversationNotFound, MessageNotFound: no such chat or message.
            StorageFailed: it cannot be written.
        """

        def decide(old: Conversation) -> Conversation:
            if message_id is None:
                return replace(old, is_left_out=is_left_out)
            message = require_message(old, message_id)
            return put_message(old, replace(message, is_left_out=is_left_out))

        return summarize(await self._conversations.change(conversation_id, decide))

    async def list_left_out(self) -> tuple[LeftOut, ...]:
        """All that is never recalled, chats first."""
        summaries = await self._conversations.list()
        chats = [
            LeftOut(conversation_id=one.id, conversation_title=one.title)
            for one in summaries
            if one.is_left_out
        ]
        messages: list[LeftOut] = []
        for summary in summaries:
            if summary.left_out_message_ids:
                messages += _left_out_of(await self._conversations.get(summary.id))
        return (*chats, *messages)


def switch_passage(
    conversation: Conversation, message_id: int, number: int, *, is_used: bool
) -> Conversation:
    """With a passage of a question switched on or off. Pure."""
    question = require_message(conversation, message_id)
    if not 1 <= number <= len(question.recalled):
        raise BadRequest(f"This message has no passage {number}.")
    off = set(question.passages_off) - {number} | (set() if is_used else {number})
    return put_message(conversation, replace(question, passages_off=tuple(sorted(off))))


def _left_out_of(conversation: Conversation) -> list[LeftOut]:
    return [
        LeftOut(
            conversation_id=conversation.id,
            conversation_title=conversation.title,
            message_id=message.id,
            role=message.role,
            text=_SPACE.sub(" ", message.content[: 2 * _SHOWN]).strip()[:_SHOWN],
        )
        for message in conversation.messages
        if message.is_left_out and not message.is_deleted
    ]
