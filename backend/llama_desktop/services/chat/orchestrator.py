"""Runs the turns of all chats: a question is kept, asked, and its answer streamed and kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from time import perf_counter
from types import TracebackType
from typing import Final, Self

from msgspec import UNSET, UnsetType

from llama_desktop.domain.chat import (
    Attachment,
    Conversation,
    MessageStatus,
    SamplingParameters,
    ShownBranch,
    TurnIds,
)
from llama_desktop.domain.errors import BadRequest, Conflict, ConversationNotFound
from llama_desktop.domain.events import AnswersEvent, AnswersSnapshot, EndedTurn
from llama_desktop.infrastructure.llama.chat_request import ChatRequest
from llama_desktop.infrastructure.llama.stream import PromptProgressed
from llama_desktop.services.chat.answer_saver import AnswerSaver, SavePace
from llama_desktop.services.chat.energy import EnergyMeter
from llama_desktop.services.chat.kept_attachments import KeptAttachments
from llama_desktop.services.chat.reading_ahead import DraftQuestion, ReadAhead
from llama_desktop.services.chat.slots import RunningServer, Slots
from llama_desktop.services.chat.titles import TitleWriter
from llama_desktop.services.chat.turn import Turn
from llama_desktop.services.chat.turn_task import APP_CLOSED, STOPPED, RequestedEnd, TurnTask
from llama_desktop.services.clean_text import require_fitting_text
from llama_desktop.services.conversation_branches import delete_message, is_below
from llama_desktop.services.conversation_tree import (
    append_answer,
    append_question,
    begin_again,
    find_question_id,
    require_message,
)
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.memory.recall import Recalled, RecallService
from llama_desktop.services.sampling import require_sound_parameters

_USUAL_PACE: Final = SavePace()
_KEPT_ENDS: Final = 32
"""For the slots of a server to say whose they were; hardly any has more."""

Decide = Callable[[Conversation, MessageStatus], Conversation]
"""The conversation with an answer to be written, which stands in this state and is the leaf."""

OnSent = Callable[[str, str, tuple[Attachment, ...]], Awaitable[None]]
"""Told of each question that is kept: conversation, text, files."""


class Orchestrator:
    """Alone owns the turns under way. A turn belongs to its conversation, not to any page.

    | how a turn ends                               | status      | event      |
    |-----------------------------------------------|-------------|------------|
    | the model has said all                        | `complete`  | `finished` |
    | the window or the token limit is used up      | `length`    | `finished` |
    | `stop_answer`, or its conversation is deleted | `stopped`   | `finished` |
    | server, connection or app went away           | `cut_short` | `failed`   |
    | the server refused or reported an error       | `failed`    | `failed`   |

    Whichever it is, what there is of the answer is kept.
    """

    def __init__(
        self,
        conversations: ConversationService,
        server: RunningServer,
        attachments: KeptAttachments,
        *,
        recall: RecallService | None = None,
        titles: TitleWriter | None = None,
        read_ahead: ReadAhead | None = None,
        energy: EnergyMeter | None = None,
        on_sent: OnSent | None = None,
        pace: SavePace = _USUAL_PACE,
    ) -> None:
        self._conversations = conversations
        self._server = server
        self._attachments = attachments
        self._recall = recall
        self._titles = titles
        self._ahead = read_ahead
        self._energy = energy or EnergyMeter(lambda: None, lambda: ())
        self._on_sent = on_sent
        self._pace = pace
        self._slots = Slots(server)
        self._turns: dict[tuple[str, int], TurnTask] = {}
        self._ended: tuple[EndedTurn, ...] = ()
        self._beginning: set[asyncio.Task[TurnIds]] = set()
        self._watching: set[asyncio.Task[None]] = set()
        self._being_deleted: set[str] = set()
        self._closing = asyncio.Event()
        self.topic: Final = Topic[AnswersEvent]("answers", self._snapshot)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def send_message(
        self,
        conversation_id: str,
        content: str,
        *,
        parent_id: int | UnsetType | None = UNSET,
        attachment_ids: tuple[str, ...] = (),
        memory: bool | None = None,
    ) -> TurnIds:
        """Keep a question durably, with the files that go with it, and start its answer.

        With it goes what was said before and fits, unless `memory`, the chat or the settings
        (the first of them that says anything) have it otherwise.

        Raises:
            ServerNotRunning: no model is loaded; nothing was written.
            BadRequest: the message is empty and has no files.
            MessageTooLong: it is too large.
            AttachmentUnusable: a file is not kept (any more).
            ConversationNotFound, MessageNotFound: no such conversation, or no such parent.
            Conflict: the answer above it is still being written.
            StorageFailed: it cannot be written; nothing was.
        """
        asked = perf_counter()
        text = require_fitting_text(content, "The message")
        if not text.strip() and not attachment_ids:
            raise BadRequest("The message is empty.")
        self._server.require_running()
        self._let_go_of_model()
        attachments: tuple[Attachment, ...] = ()
        if attachment_ids:
            attachments = await self._attachments.take(conversation_id, attachment_ids)

        context = Recalled()
        if self._recall is not None:
            context = await self._recall.find_context(
                conversation_id, text, parent_id=parent_id, is_wanted=memory
            )

        def decide(old: Conversation, status: MessageStatus) -> Conversation:
            now = time.time()
            asked_in = append_question(
                old,
                text,
                parent_id=parent_id,
                now=now,
                attachments=attachments,
                recalled=context.passages,
                searched_chats=context.searched_chats,
            )
            assert asked_in.leaf_id is not None
            return append_answer(asked_in, asked_in.leaf_id, status=status, now=now)

        ids = await self._begin(conversation_id, decide, asked)
        if self._on_sent is not None:
            await self._on_sent(conversation_id, text, attachments)
        return ids

    def read_ahead(self, draft: DraftQuestion) -> None:
        """Have the model read a question that is being written, unless it answers another one."""
        if self._ahead is not None and not (self.is_answering() or self._closing.is_set()):
            self._ahead.read(draft)

    async def answer_again(
        self,
        conversation_id: str,
        message_id: int,
        *,
        parameters: SamplingParameters | None = None,
    ) -> TurnIds:
        """Start another answer to the same question, by its own parameters where given.

        Errors as of `send_message`; BadRequest and StructureInvalid: unsound parameters.
        """
        asked = perf_counter()
        sound = None if parameters is None else require_sound_parameters(parameters)

        def decide(old: Conversation, status: MessageStatus) -> Conversation:
            question_id = find_question_id(old, message_id)
            return append_answer(old, question_id, status=status, now=time.time(), parameters=sound)

        return await self._begin(conversation_id, decide, asked)

    async def continue_answer(self, conversation_id: str, message_id: int) -> TurnIds:
        """Go on with an answer that was stopped or cut, from its last token; it only grows.

        Raises:
            ServerNotRunning, ConversationNotFound, MessageNotFound, StorageFailed: as of
                `send_message`.
            Conflict: it is complete, under way, or the chat has gone on from it.
        """
        asked = perf_counter()

        def decide(old: Conversation, status: MessageStatus) -> Conversation:
            return begin_again(old, message_id, status=status, now=time.time())

        return await self._begin(conversation_id, decide, asked)

    async def stop_answer(self, conversation_id: str, message_id: int) -> None:
        """Stop a turn and keep its text. Answers once that is saved; at once if it had ended.

        Raises:
            ConversationNotFound, MessageNotFound: no such message.
        """
        task = self._turns.get((conversation_id, message_id))
        if task is None:
            require_message(await self._conversations.get(conversation_id), message_id)
            return
        await _end_all([task], STOPPED)

    async def delete_message(self, conversation_id: str, message_id: int) -> ShownBranch:
        """Stop what is being written in or below a message, then delete it with all below it.

        Raises:
            MessageNotFound: there is no such message, or it is deleted already.
        """
        before = await self._conversations.get(conversation_id)
        await self._stop_below(before, message_id)
        after = await self._conversations.change(
            conversation_id, lambda old: delete_message(old, message_id)
        )
        # A turn that began in between: nobody sees any more what it writes.
        await self._stop_below(after, message_id)
        return ShownBranch(leaf_id=after.leaf_id)

    async def delete_conversations(self, conversation_ids: tuple[str, ...]) -> None:
        """Stop the conversations' turns, then move them to the trash, one after the other."""
        ids = tuple(dict.fromkeys(conversation_ids))
        async with self.without_turns(ids):
            for conversation_id in ids:
                await self._conversations.delete(conversation_id)

    @asynccontextmanager
    async def without_turns(self, conversation_ids: tuple[str, ...]) -> AsyncIterator[None]:
        """Stop the turns of these conversations; none begins in them while the block runs."""
        ids = set(conversation_ids)
        self._being_deleted.update(ids)
        try:
            if self._beginning:
                await asyncio.wait(tuple(self._beginning))
            tasks = [task for (owner, _), task in self._turns.items() if owner in ids]
            await _end_all(tasks, STOPPED)
            yield
        finally:
            self._being_deleted.difference_update(ids)

    def is_answering(self) -> bool:
        """Whether any turn is under way."""
        return bool(self._turns or self._beginning)

    async def aclose(self) -> None:
        """End all turns and save them as they are."""
        self._closing.set()
        if self._titles is not None:
            self._titles.interrupt()
        if self._ahead is not None:
            await self._ahead.aclose()
        if self._beginning:
            await asyncio.wait(tuple(self._beginning))
        await _end_all(self._turns.values(), APP_CLOSED)
        if self._watching:
            await asyncio.wait(tuple(self._watching))
        if self._titles is not None:
            await self._titles.aclose()

    async def _stop_below(self, conversation: Conversation, message_id: int) -> None:
        owned = {message.id for message in conversation.messages}
        tasks = [
            task
            for (owner, answer_id), task in self._turns.items()
            if owner == conversation.id
            and answer_id in owned
            and is_below(conversation, message_id, answer_id)
        ]
        await _end_all(tasks, STOPPED)

    async def _begin(self, conversation_id: str, decide: Decide, asked: float) -> TurnIds:
        """In a task of ours: a caller that goes away must not leave a question without a turn."""
        if self._closing.is_set():
            raise Conflict("The app is closing.")
        if conversation_id in self._being_deleted:
            raise ConversationNotFound("This conversation is being deleted or restored.")
        self._server.require_running()
        self._let_go_of_model()
        begin = asyncio.create_task(
            self._start_turn(conversation_id, decide, asked), name="begin turn"
        )
        self._beginning.add(begin)
        begin.add_done_callback(self._beginning.discard)
        begin.add_done_callback(_look_at_error)
        return await asyncio.shield(begin)

    async def _start_turn(self, conversation_id: str, decide: Decide, asked: float) -> TurnIds:
        status = MessageStatus.WAITING if self._slots.are_taken() else MessageStatus.ANSWERING
        conversation = await self._conversations.change(
            conversation_id, lambda old: decide(old, status)
        )
        assert conversation.leaf_id is not None
        answer = require_message(conversation, conversation.leaf_id)
        assert answer.parent_id is not None
        turn = Turn(
            conversation_id=conversation_id,
            question=require_message(conversation, answer.parent_id),
            answer=answer,
            asked=asked,
            publish=self.topic.publish,
        )
        self._keep_running(turn, conversation)
        return TurnIds(user_message_id=answer.parent_id, answer_message_id=answer.id)

    def _keep_running(self, turn: Turn, conversation: Conversation) -> None:
        saver = AnswerSaver(
            self._conversations,
            turn.conversation_id,
            turn.message_id,
            turn.message,
            pace=self._pace,
        )
        key = (turn.conversation_id, turn.message_id)
        turn.start()
        task = TurnTask(
            turn,
            conversation=conversation,
            saver=saver,
            server=self._server,
            attachments=self._attachments,
            slots=self._slots,
            energy=self._energy,
            make_way=self._make_way,
            on_end=lambda: self._forget(key),
        )
        self._turns[key] = task
        watch = asyncio.create_task(self._watch(task), name=f"watch turn {turn.message_id}")
        self._watching.add(watch)
        watch.add_done_callback(self._watching.discard)

    def _let_go_of_model(self) -> None:
        """Nothing begins beside the turns; what is of no use to them ends."""
        if self._titles is not None:
            self._titles.interrupt()
        if self._ahead is not None:
            self._ahead.begin_nothing()

    async def _make_way(
        self, request: ChatRequest, on_progress: Callable[[PromptProgressed], None]
    ) -> None:
        if self._ahead is not None:
            await self._ahead.make_way(request, on_progress)

    async def _watch(self, task: TurnTask) -> None:
        if not await task.ended():
            await task.saver.retry(self._closing)
        if self._titles is not None:
            self._titles.note_answer(task.turn.conversation_id, task.turn.message())
            if not (self._turns or self._beginning or self._closing.is_set()):
                self._titles.write()

    def _forget(self, key: tuple[str, int]) -> None:
        # Before its end is told: a page that comes now must not see it as under way.
        task = self._turns.pop(key)
        if task.turn.has_text:
            ended = EndedTurn(conversation_id=key[0], ended=time.time())
            others = [turn for turn in self._ended if turn.conversation_id != key[0]]
            self._ended = (ended, *others)[:_KEPT_ENDS]

    def _snapshot(self) -> AnswersSnapshot:
        return AnswersSnapshot(
            turns=tuple(task.turn.under_way() for task in self._turns.values()), ended=self._ended
        )


async def _end_all(tasks: Iterable[TurnTask], end: RequestedEnd) -> None:
    ending = tuple(tasks)
    for task in ending:
        task.request_end(end)
    for task in ending:
        await task.ended()


def _look_at_error(task: asyncio.Task[TurnIds]) -> None:
    """A caller that has gone away does not; asyncio would complain that nobody did."""
    if not task.cancelled():
        task.exception()
