"""Titles that the model writes, while nothing else is asked of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from typing import Final

from llama_desktop.domain.chat import Message, MessageStatus, SamplingParameters, TitleOrigin
from llama_desktop.domain.errors import AppError
from llama_desktop.infrastructure.llama.chat_request import ChatMessage, ChatRequest
from llama_desktop.infrastructure.llama.stream import AnswerEnded, ContentPiece
from llama_desktop.services.chat.kept_attachments import KeptAttachments
from llama_desktop.services.chat.prompt import build_prompt, count_omitted
from llama_desktop.services.chat.prompt_source import gather_source
from llama_desktop.services.chat.slots import RunningServer
from llama_desktop.services.conversation_title import read_title
from llama_desktop.services.conversation_tree import require_message
from llama_desktop.services.conversations import ConversationService

logger = logging.getLogger(__name__)

_ASK: Final = (
    "Write a title for this chat, in its language: two to six words that name its subject. "
    "Answer with the title alone, on one line, without quotes."
)
_PARAMETERS: Final = SamplingParameters(
    temperature=0.3, max_tokens=32, thinking=False, thinking_budget=0
)
_UNTITLED: Final = frozenset({MessageStatus.FAILED, MessageStatus.CUT_SHORT})
"""Answers that are no ground for a title."""


class TitleWriter:
    """Writes one title after the other; `interrupt` ends that at once, `write` goes on with it.

    It takes no slot permit: a turn that begins interrupts it and never waits for it. What was
    interrupted is still wanted, and tried again after the next answer. The question for a title
    stands after the chat's own prompt, so that the server's cache of that stays good.
    """

    def __init__(
        self,
        conversations: ConversationService,
        server: RunningServer,
        attachments: KeptAttachments,
        *,
        is_wanted: Callable[[], bool],
    ) -> None:
        self._conversations = conversations
        self._server = server
        self._attachments = attachments
        self._is_wanted = is_wanted
        self._answers: dict[str, int] = {}
        """By conversation, the answer after which a title is to be written."""
        self._writing: asyncio.Task[None] | None = None

    def note_answer(self, conversation_id: str, answer: Message) -> None:
        """An answer has ended. Cheap; whether its chat needs a title is found out later."""
        if self._is_wanted() and answer.status not in _UNTITLED and answer.content.strip():
            self._answers[conversation_id] = answer.id

    def write(self) -> None:
        """Nothing is asked of the model now: write the titles that are wanted."""
        if self._answers and (self._writing is None or self._writing.done()):
            self._writing = asyncio.create_task(self._write_all(), name="write titles")

    def interrupt(self) -> None:
        """Let go of the model."""
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    async def aclose(self) -> None:
        """Write no more."""
        writing = self._writing
        self.interrupt()
        if writing is not None:
            await asyncio.wait([writing])

    async def _write_all(self) -> None:
        """The root of the task: a title that cannot be had leaves the first words standing."""
        while self._answers:
            conversation_id, answer_id = next(iter(self._answers.items()))
            try:
                await self._write(conversation_id, answer_id)
            except AppError as error:
                logger.info("no title from the model: %s", error)
            except Exception:
                logger.exception("a title failed by a defect")
            self._answers.pop(conversation_id, None)

    async def _write(self, conversation_id: str, answer_id: int) -> None:
        conversation = await self._conversations.get(conversation_id)
        if conversation.title_origin is not TitleOrigin.FIRST_WORDS:
            return
        source = await gather_source(
            conversation,
            answer_id,
            self._attachments,
            can_see=self._server.require_running().model.has_vision,
        )
        omitted = require_message(conversation, answer_id).omitted_message_ids
        prompt = build_prompt(source, omitted_turns=count_omitted(source, omitted))
        said, is_cut = await self._ask((*prompt.messages, ChatMessage("user", _ASK)))
        title = read_title(said, is_cut=is_cut)
        if title:
            await self._conversations.improve_title(conversation_id, title)

    async def _ask(self, messages: tuple[ChatMessage, ...]) -> tuple[str, bool]:
        """What the model says, and whether it would have said more."""
        said: list[str] = []
        is_cut = False
        request = ChatRequest(messages, _PARAMETERS)
        async with aclosing(self._server.require_client().stream_chat(request)) as events:
            async for event in events:
                if isinstance(event, ContentPiece):
                    said.append(event.text)
                elif isinstance(event, AnswerEnded):
                    is_cut = event.finish_reason == "length"
        return "".join(said), is_cut
