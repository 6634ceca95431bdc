"""Has the model read a question while it is still being written."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from time import monotonic
from typing import Final

from msgspec import UNSET, Struct, UnsetType

from llama_desktop.domain.chat import Conversation, SamplingParameters
from llama_desktop.domain.errors import AppError, EngineRequestFailed, StreamCut
from llama_desktop.domain.llama import EngineTraits, Running
from llama_desktop.domain.model_facts import ModelFacts
from llama_desktop.infrastructure.llama.chat_request import ChatMessage, ChatRequest
from llama_desktop.infrastructure.llama.client import LlamaClient
from llama_desktop.infrastructure.llama.stream import PromptProgressed
from llama_desktop.services.chat.context_fit import ContextFit
from llama_desktop.services.chat.kept_attachments import KeptAttachments
from llama_desktop.services.chat.prompt import PromptSource
from llama_desktop.services.chat.prompt_source import gather_source
from llama_desktop.services.chat.slots import RunningServer
from llama_desktop.services.conversation_tree import append_question
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.memory.recall import Recalled, RecallService

logger = logging.getLogger(__name__)

_MORE: Final = " and more"
"""Stands for what may still be written."""
_USEFUL: Final = 0.9
"""Of what is being read, as much has to be a prompt's beginning for it to be read to its end."""
_LET_GO_SECONDS: Final = 30.0
_LET_GO_PAUSE: Final = 0.02


class DraftQuestion(Struct, frozen=True, kw_only=True):
    """A question that is not sent yet; see `Orchestrator.send_message`."""

    conversation_id: str | None
    """None: a new one, which would have the two last."""
    content: str
    parent_id: int | UnsetType | None = UNSET
    attachment_ids: tuple[str, ...] = ()
    memory: bool | None = None
    system_prompt: str | None = None
    parameters: SamplingParameters | None = None


def goes_back(traits: EngineTraits, facts: ModelFacts | None) -> bool:
    """Whether this engine can take back the end of what this model has read.

    Else it would have to read all of it again, as soon as a question ends in other words than were
    read ahead.
    """
    attention = facts.attention if facts is not None else None
    return traits.goes_back or (attention is not None and not attention.forgets)


class _Reading:
    """One prompt on its way into the server's cache."""

    def __init__(self, prompt: str, client: LlamaClient) -> None:
        """Begin at once."""
        self.prompt: Final = prompt
        self.client: Final = client
        self.on_progress: Callable[[PromptProgressed], None] | None = None
        self.is_cut = False
        """The server went away over it."""
        self.task: Final = asyncio.create_task(self._read(), name="read ahead")

    @property
    def has_ended(self) -> bool:
        """Whether the server holds no slot for it any more."""
        return self.task.done() and not self.task.cancelled()

    def is_beginning_of(self, prompt: str) -> bool:
        """Whether hardly anything of it would have to be read again for this one."""
        return _count_shared(self.prompt, prompt) >= _USEFUL * len(self.prompt)

    async def _read(self) -> None:
        """The root of the task: what is not read ahead is read when the question is sent."""
        try:
            async with aclosing(self.client.read_prompt(self.prompt)) as events:
                async for event in events:
                    if self.on_progress is not None:
                        self.on_progress(event)
        except StreamCut as error:
            self.is_cut = True
            logger.info("a question is not read ahead: %s", error)
        except AppError as error:
            logger.info("a question is not read ahead: %s", error)
        except Exception:
            logger.exception("reading ahead failed by a defect")


class ReadAhead:
    """Reads a question into the server's cache as far as it is written; once it has grown, on.

    When it is sent, the server has only to read what has come to it since: neither the chat before
    it, nor its files, nor the passages from other chats. It takes no slot permit: a turn that
    begins calls `begin_nothing`, and `make_way` before the model is asked. What it reads for
    nothing costs time of an idle machine; nothing is kept of it.

    What is being read goes on as long as it is the beginning of what is wanted: the server can only
    let go between two batches, and forgets the one that it was at.

    After a server that went away over it, nothing is read until the next question is sent: a prompt
    that crashes the engine should not do so again and again before anybody has asked for anything.
    """

    def __init__(
        self,
        conversations: ConversationService,
        server: RunningServer,
        attachments: KeptAttachments,
        recall: RecallService | None,
        *,
        is_wanted: Callable[[], bool],
        goes_back: Callable[[Running], Awaitable[bool]],
    ) -> None:
        """`goes_back`: whether the server can take back the end of what it has read."""
        self._conversations = conversations
        self._server = server
        self._attachments = attachments
        self._recall = recall
        self._is_wanted = is_wanted
        self._goes_back = goes_back
        self._beginning: asyncio.Task[None] | None = None
        self._reading: _Reading | None = None

    def read(self, draft: DraftQuestion) -> None:
        """Read this one instead of the one before. Whatever goes wrong with it, is not told."""
        self.begin_nothing()
        if not draft.content.strip() and not draft.attachment_ids:
            self._interrupt()
        elif self._is_wanted() and not (self._reading is not None and self._reading.is_cut):
            self._beginning = asyncio.create_task(self._begin(draft), name="begin to read ahead")

    def begin_nothing(self) -> None:
        """Whatever was to be read next is not."""
        if self._beginning is not None:
            self._beginning.cancel()
            self._beginning = None

    async def make_way(
        self, request: ChatRequest, on_progress: Callable[[PromptProgressed], None]
    ) -> None:
        """Until the model can be asked this: what is being read is read, or let go.

        While the slot with the chat in it is held, the server would read all of the chat from its
        beginning in another one.
        """
        reading = self._reading
        if reading is not None and reading.has_ended:
            self._reading = reading = None
        # Where another turn waits for it already, the slots will soon be held by that one.
        if reading is None or reading.on_progress is not None:
            return
        reading.on_progress = on_progress
        try:
            await self._finish_or_let_go(await reading.client.render_prompt(request))
        except EngineRequestFailed as error:
            # It is gone, or does not take the request: asked this, it will tell.
            logger.info("the server does not tell whether it has let go: %s", error)
        except asyncio.CancelledError:
            self._interrupt()
            raise
        finally:
            reading.on_progress = None

    async def aclose(self) -> None:
        """Read no more."""
        tasks = [self._beginning, self._reading.task if self._reading is not None else None]
        self.begin_nothing()
        self._interrupt()
        for task in tasks:
            if task is not None:
                await asyncio.wait([task])

    def _interrupt(self) -> None:
        if self._reading is not None:
            self._reading.task.cancel()

    async def _begin(self, draft: DraftQuestion) -> None:
        """The root of the task."""
        try:
            running, client = self._server.require_running(), self._server.require_client()
            if not await self._goes_back(running):
                return
            beginning = await self._find_beginning(draft, running, client)
            if beginning:
                await self._finish_or_let_go(beginning)
                # Also not beside a title, which may stand in the slot of this chat.
                await _wait_idle(client)
                self._reading = _Reading(beginning, client)
        except AppError as error:
            logger.info("a question is not read ahead: %s", error)
        except Exception:
            logger.exception("reading ahead failed by a defect")

    async def _finish_or_let_go(self, prompt: str) -> None:
        """Let what is being read come to its end, where this prompt begins with it; else end it.

        Raises:
            EngineRequestFailed: the server cannot be asked whether it has let go.
        """
        reading = self._reading
        if reading is None:
            return
        if reading.is_beginning_of(prompt):
            await asyncio.wait([reading.task])
        if not reading.has_ended:
            reading.task.cancel()
            await _wait_idle(reading.client)
        if self._reading is reading:
            self._reading = None

    async def _find_beginning(
        self, draft: DraftQuestion, running: Running, client: LlamaClient
    ) -> str:
        """The prompt to the end of what is written; empty where it has more than text."""
        conversation = await self._find_conversation(draft)
        source = await self._gather(conversation, draft, running)
        if any(isinstance(content, bytes) for content in source.files.values()) and source.can_see:
            return ""

        def count(messages: tuple[ChatMessage, ...]) -> Awaitable[int]:
            return client.count_prompt_tokens(ChatRequest(messages, conversation.parameters))

        fit = ContextFit(
            source,
            window=running.model.context_size,
            max_tokens=conversation.parameters.max_tokens,
            count=count,
        )
        *before, question = (await fit.find()).messages
        longer = ChatMessage(question.role, question.content + _MORE)
        # A template may end a question by words of its own, and trim it before.
        rendered, other = [
            await client.render_prompt(ChatRequest((*before, last), conversation.parameters))
            for last in (question, longer)
        ]
        return rendered[: _count_shared(rendered, other)]

    async def _find_conversation(self, draft: DraftQuestion) -> Conversation:
        if draft.conversation_id is not None:
            return await self._conversations.get(draft.conversation_id)
        return self._conversations.prepare(
            system_prompt=draft.system_prompt, parameters=draft.parameters
        )

    async def _gather(
        self, conversation: Conversation, draft: DraftQuestion, running: Running
    ) -> PromptSource:
        parent_id = conversation.leaf_id if draft.parent_id is UNSET else draft.parent_id
        assert not isinstance(parent_id, UnsetType)
        context = Recalled()
        if self._recall is not None:
            context = await self._recall.find_in(
                conversation, draft.content, parent_id=parent_id, is_wanted=draft.memory
            )
        files = [await self._attachments.get(one) for one in draft.attachment_ids]
        asked = append_question(
            conversation,
            draft.content,
            parent_id=parent_id,
            now=time.time(),
            attachments=tuple(file.attachment for file in files),
            recalled=context.passages,
        )
        return await gather_source(
            asked,
            asked.leaf_id,
            self._attachments,
            can_see=running.model.has_vision,
            unsent={file.attachment.id: file.data or file.text or "" for file in files},
        )


async def _wait_idle(client: LlamaClient) -> None:
    """Until the server holds no slot any more, unless that takes too long."""
    until = monotonic() + _LET_GO_SECONDS
    while any(slot.get("is_processing") for slot in await client.get_slots()):
        if monotonic() > until:
            return
        await asyncio.sleep(_LET_GO_PAUSE)


def _count_shared(one: str, other: str) -> int:
    """Characters with which both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
