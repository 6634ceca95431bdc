"""What one turn does, from waiting for a slot to the saved end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.chat import AnswerError, AnswerModel, Conversation, MessageStatus
from llama_desktop.domain.errors import (
    AppError,
    AttachmentUnusable,
    ContextOverflow,
    EngineRequestFailed,
    InternalError,
    ServerNotRunning,
    StreamCut,
)
from llama_desktop.domain.llama import Running
from llama_desktop.infrastructure.llama.client import ChatMessage, ChatRequest, LlamaClient
from llama_desktop.infrastructure.llama.stream import PromptProgressed
from llama_desktop.services.chat.answer_saver import AnswerSaver
from llama_desktop.services.chat.context_fit import ContextFit
from llama_desktop.services.chat.energy import EnergyMeter, Measurement
from llama_desktop.services.chat.kept_attachments import KeptAttachments
from llama_desktop.services.chat.prompt import Prompt, PromptSource, find_unseen_image
from llama_desktop.services.chat.prompt_source import gather_source
from llama_desktop.services.chat.slots import RunningServer, Slots
from llama_desktop.services.chat.turn import Turn
from llama_desktop.services.conversation_tree import APP_ENDED, require_message

logger = logging.getLogger(__name__)


MakeWay = Callable[[ChatRequest, Callable[[PromptProgressed], None]], Awaitable[None]]
"""Ends what the server was asked beside the turns, or lets it come to its end where that is of use
to this request: then it tells how far that is."""


class RequestedEnd(Struct, frozen=True):
    """How a turn is to end that is ended from outside."""

    status: MessageStatus
    error: AnswerError | None = None


STOPPED: Final = RequestedEnd(MessageStatus.STOPPED)
APP_CLOSED: Final = RequestedEnd(MessageStatus.CUT_SHORT, APP_ENDED)


class TurnTask:
    """A turn with all that it needs. Cancelled once at most, and never while its end is saved."""

    def __init__(
        self,
        turn: Turn,
        *,
        conversation: Conversation,
        saver: AnswerSaver,
        server: RunningServer,
        attachments: KeptAttachments,
        slots: Slots,
        energy: EnergyMeter,
        make_way: MakeWay,
        on_end: Callable[[], None],
    ) -> None:
        """Begin at once.

        `conversation` is as it was when the turn began: later changes are for later turns.
        `make_way` is awaited with each request, once a slot is free.
        `on_end` is called when the end is saved, just before it is told.
        """
        self.turn: Final = turn
        self.saver: Final = saver
        self._conversation = conversation
        self._answer = require_message(conversation, turn.message_id)
        self._parameters = self._answer.parameters or conversation.parameters
        self._server = server
        self._attachments = attachments
        self._slots = slots
        self._energy = energy
        self._measurement: Measurement | None = None
        self._make_way = make_way
        self._on_end = on_end
        self._requested: RequestedEnd | None = None
        self._has_begun = False
        self._is_saved = False
        self._task = asyncio.create_task(self._run(), name=f"turn {turn.message_id}")

    async def ended(self) -> bool:
        """Wait until the end is saved and told. False: it could not be saved yet."""
        await asyncio.wait([self._task])
        return self._is_saved

    def request_end(self, end: RequestedEnd) -> None:
        """End it as soon as possible. The first request counts; one that comes too late, not."""
        if self._requested is not None or self.turn.is_over:
            return
        self._requested = end
        # A task that is cancelled before its first step never runs, and could save nothing.
        if self._has_begun:
            self._task.cancel()

    async def _run(self) -> None:
        """The root of the task: whatever happens, the answer gets an end and is saved."""
        self._has_begun = True
        try:
            if self._requested is None:
                await self._run_answer()
        except asyncio.CancelledError:
            self._requested = self._requested or APP_CLOSED
        except (StreamCut, ServerNotRunning) as error:
            self._end_by(MessageStatus.CUT_SHORT, error)
        except AppError as error:
            self._end_by(MessageStatus.FAILED, error)
        except Exception as error:
            logger.exception("a turn failed by a defect")
            defect = InternalError("The answer ended by a defect of the app; the log has details.")
            defect.__cause__ = error
            self._end_by(MessageStatus.FAILED, defect)
        if self._requested is not None:
            self.turn.end(self._requested.status, self._requested.error)
        if self._measurement and (use := await self._measurement.result()) is not None:
            self.turn.take_energy(use)
        self._is_saved = await self.saver.finish()
        self._on_end()
        self.turn.publish_end()

    def _end_by(self, status: MessageStatus, error: AppError) -> None:
        self.turn.end(status, AnswerError(code=error.code, message=error.message))

    async def _run_answer(self) -> None:
        async with self._slots.take(on_wait=self.turn.wait) as running:
            with self._energy.measure() as self._measurement:
                await self._answer_with(running)

    async def _answer_with(self, running: Running) -> None:
        model = running.model
        self.turn.go_on(AnswerModel(name=model.name, file=model.path.name))
        client = self._server.require_client()
        source = await self._find_source(running)
        try:
            await self._ask(source, running, client)
        except EngineRequestFailed as error:
            if not self._is_refused_for_thinking(error):
                raise
            self._parameters = replace(self._parameters, thinking=False)
            await self._ask(source, running, client)

    async def _ask(self, source: PromptSource, running: Running, client: LlamaClient) -> None:
        fit = self._build_fit(source, running, client)
        prompt = await fit.find()
        try:
            await self._stream(client, prompt)
        except ContextOverflow:
            # The template is longer than the estimate allows for: now by exact count.
            if self.turn.has_text:
                raise
            await self._stream(client, await fit.find(trust_estimate=False))

    def _is_refused_for_thinking(self, error: EngineRequestFailed) -> bool:
        """Older servers do not go on with an answer of a model that may think."""
        if isinstance(error, StreamCut | ContextOverflow) or self.turn.has_text:
            return False
        is_continued = bool(self._answer.content or self._answer.reasoning)
        return is_continued and self._parameters.thinking is not False

    async def _stream(self, client: LlamaClient, prompt: Prompt) -> None:
        self.turn.omit(prompt.omitted_message_ids)
        request = ChatRequest(messages=prompt.messages, parameters=self._parameters)
        turn, saver = self.turn, self.saver
        await self._make_way(request, turn.take)
        async with aclosing(client.stream_chat(request)) as events:
            async for event in events:
                turn.take(event)
                saver.touch()
        if not turn.is_over:
            raise StreamCut("The engine's answer broke off before its end.")

    async def _find_source(self, running: Running) -> PromptSource:
        source = await gather_source(
            self._conversation,
            self._answer.parent_id,
            self._attachments,
            can_see=running.model.has_vision,
            so_far=self._answer,
        )
        if (image := find_unseen_image(source)) is not None:
            raise AttachmentUnusable(
                f"{running.model.name} cannot see images, and {image.name} is one. Load a model "
                "with its vision part (mmproj).",
                name=image.name,
            )
        return source

    def _build_fit(self, source: PromptSource, running: Running, client: LlamaClient) -> ContextFit:
        def count(messages: tuple[ChatMessage, ...]) -> Awaitable[int]:
            return client.count_prompt_tokens(ChatRequest(messages, self._parameters))

        return ContextFit(
            source,
            window=running.model.context_size,
            max_tokens=self._parameters.max_tokens,
            count=count,
        )
