"""The kept chats as the rest of the app sees them: the list, and each conversation's present."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from types import TracebackType
from typing import Final, ParamSpec, Self, TypeVar

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from llama_desktop.domain.chat import (
    Conversation,
    ConversationSummary,
    Message,
    Overflow,
    SamplingParameters,
    TitleOrigin,
)
from llama_desktop.domain.errors import (
    ConversationNotFound,
    StorageFailed,
)
from llama_desktop.domain.events import (
    ConversationRemoved,
    ConversationSaved,
    ConversationsEvent,
    ConversationsSnapshot,
)
from llama_desktop.domain.settings import Settings
from llama_desktop.infrastructure.storage.conversation_repository import (
    ConversationDamaged,
    ConversationRepository,
    FaultyFile,
    Inventory,
    is_blank,
)
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.clean_text import require_fitting_text
from llama_desktop.services.conversation_title import require_title
from llama_desktop.services.conversation_tree import cut_short, cut_short_all, put_message
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.faulty_files import describe_faulty_files
from llama_desktop.services.held_changes import HeldChanges
from llama_desktop.services.notices import NoticeService
from llama_desktop.services.sampling import require_sound_parameters
from llama_desktop.services.trash import purged_before

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class LeftOutOfMemory(Struct, frozen=True):
    """What is never recalled."""

    conversation_ids: frozenset[str]
    messages: frozenset[tuple[str, int]]

    def holds(self, conversation_id: str, message_id: int) -> bool:
        """Whether this message may not be given to a model again."""
        return (
            conversation_id in self.conversation_ids
            or (conversation_id, message_id) in self.messages
        )


class ConversationService:
    """Alone owns the list of conversations, and is the only way to their files.

    A conversation that holds nothing yet is not in the list and not on disk (see the
    repository); it can be opened and asked in all the same.
    """

    def __init__(
        self,
        repository: ConversationRepository,
        storage: StorageThread,
        notices: NoticeService,
        settings: Callable[[], Settings] = Settings,
        *,
        retry_seconds: float = 2.0,
    ) -> None:
        """`settings`: what a new chat begins with, and how long the trash is kept.
        `retry_seconds`: how often it is tried to write what a full disk refused.
        """
        self._repository = repository
        self._settings = settings
        self._held = HeldChanges(repository)
        self._retry_seconds = retry_seconds
        self._retrying: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._storage = storage
        self._notices = notices
        self._summaries: dict[str, ConversationSummary] = {}
        self._growing: dict[tuple[str, int], Callable[[], Message]] = {}
        self._loading: asyncio.Task[None] | None = None
        self.topic: Final = Topic[ConversationsEvent]("conversations", self._snapshot)
        self.on_change: Callable[[str], None] | None = None
        """Called with a conversation's id whenever its file was written, came or went."""

    async def __aenter__(self) -> Self:
        """Begin to read the list. Whatever is asked meanwhile waits for its turn in the thread."""
        self._loading = asyncio.create_task(self._load(), name="load conversations")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._loading is not None
        await asyncio.wait([self._loading])
        self._closing.set()
        if self._retrying is not None:
            await asyncio.wait([self._retrying])

    async def retry_saving(self) -> None:
        """Try to write what is held in memory, now; it is tried again by itself as well.

        Raises:
            StorageFailed: there is still something that cannot be written.
        """
        for conversation in await self._storage.run(self._held.flush):
            self._publish(conversation)
        self._tell_what_is_held()
        if (error := self._held.error) is not None:
            raise error

    async def create(
        self,
        *,
        title: str | None = None,
        system_prompt: str | None = None,
        parameters: SamplingParameters | None = None,
        overflow: Overflow | None = None,
    ) -> Conversation:
        """Begin a conversation. It comes into the list as soon as it holds something.

        What is None is as the settings have it for new chats.
        """
        conversation = self.prepare(
            title=title, system_prompt=system_prompt, parameters=parameters, overflow=overflow
        )
        await self._keep(self._repository.create, conversation)
        self._publish(conversation)
        return conversation

    def prepare(
        self,
        *,
        title: str | None = None,
        system_prompt: str | None = None,
        parameters: SamplingParameters | None = None,
        overflow: Overflow | None = None,
    ) -> Conversation:
        """What `create` would keep; nothing is."""
        now = time.time()
        usual = self._settings()
        instructions = usual.chat_system_prompt if system_prompt is None else system_prompt
        return Conversation(
            id=make_conversation_id(now),
            title=require_title(title) if title else "",
            created=now,
            updated=now,
            system_prompt=require_fitting_text(instructions, "The system prompt"),
            parameters=require_sound_parameters(parameters or usual.chat_parameters),
            overflow=overflow or usual.chat_overflow,
        )

    async def get(self, conversation_id: str) -> Conversation:
        """A conversation with all its messages, those that grow as far as they have grown."""
        conversation = await self._ask(self._held.read, conversation_id)
        messages = tuple(
            self._present(conversation_id, message) for message in conversation.messages
        )
        return replace(conversation, messages=messages)

    async def list(self) -> tuple[ConversationSummary, ...]:
        """All conversations, last changed first."""
        if self._loading is not None:
            await asyncio.shield(self._loading)
        return self._sorted()

    async def find_left_out(self) -> LeftOutOfMemory:
        """What is never recalled, once all conversations are known."""
        if self._loading is not None:
            await asyncio.shield(self._loading)
        summaries = self._summaries.values()
        return LeftOutOfMemory(
            frozenset(one.id for one in summaries if one.is_left_out),
            frozenset((one.id, doc) for one in summaries for doc in one.left_out_message_ids),
        )

    def count_recallable(self, *, beside: str) -> int:
        """How many conversations may be recalled from in another one."""
        summaries = self._summaries.values()
        return sum(not one.is_left_out and one.id != beside for one in summaries)

    async def rename(self, conversation_id: str, title: str) -> ConversationSummary:
        """Give a conversation a title that its first message does not replace."""
        line = require_title(title)

        def decide(old: Conversation) -> Conversation:
            return replace(old, title=line, title_origin=TitleOrigin.PERSON)

        return summarize(await self.change(conversation_id, decide))

    async def improve_title(self, conversation_id: str, title: str) -> None:
        """Take the model's title, where only the first words stand in for one.

        Decided on the storage thread: a title that the person gives meanwhile stays.
        """
        line = require_title(title)

        def decide(old: Conversation) -> Conversation:
            if old.title_origin is not TitleOrigin.FIRST_WORDS:
                return old
            return replace(old, title=line, title_origin=TitleOrigin.MODEL)

        await self.change(conversation_id, decide)

    async def update(
        self,
        conversation_id: str,
        *,
        system_prompt: str,
        parameters: SamplingParameters,
        overflow: Overflow = Overflow.OLDEST,
        memory: bool | UnsetType | None = UNSET,
    ) -> Conversation:
        """Change what the next answers are asked with; without `memory`, that stays."""
        prompt = require_fitting_text(system_prompt, "The system prompt")
        sound = require_sound_parameters(parameters)
        await self.change(
            conversation_id,
            lambda old: replace(
                old,
                system_prompt=prompt,
                parameters=sound,
                overflow=overflow,
                memory=old.memory if memory is UNSET else memory,
            ),
        )
        return await self.get(conversation_id)

    async def pin(self, conversation_id: str, *, is_pinned: bool) -> ConversationSummary:
        """Keep a conversation at the top of the list, or no longer. Its time stays as it was."""
        return summarize(
            await self.change(conversation_id, lambda old: replace(old, is_pinned=is_pinned))
        )

    async def delete(self, conversation_id: str) -> None:
        """Move a conversation to the trash. Its turns must have ended (see the Orchestrator)."""
        await self._keep(self._held.delete, conversation_id)
        self._forget(conversation_id)

    async def is_known(self, conversation_id: str) -> bool:
        """Whether a conversation with this id is in the list or in the trash."""
        return await self._ask(self._repository.is_known, conversation_id)

    async def take_in(self, conversation: Conversation) -> bool:
        """Keep a conversation that came from elsewhere; False: it is there already.

        Raises:
            StorageFailed: it cannot be written.
        """
        if not await self._keep(self._repository.take_in, conversation):
            return False
        self._publish(conversation)
        return True

    async def replace_files(self, bring_in: Callable[[], Collection[str]]) -> None:
        """Let `bring_in` put other files in the place of conversations', and read those anew.

        It runs on the storage thread, so that nothing is written in between, and says which
        conversations have come, changed or gone. Their turns must have ended (see Orchestrator).

        Raises:
            StorageFailed: what is held in memory cannot be written first; or what it raises.
        """
        await self.retry_saving()

        def replace_all() -> dict[str, Conversation | None]:
            if (error := self._held.error) is not None:
                raise error
            try:
                ids = bring_in()
            finally:
                self._repository.let_go()
            return {one: self._repository.find(one) for one in ids}

        for conversation_id, conversation in (await self._keep(replace_all)).items():
            if conversation is None:
                self._forget(conversation_id)
            else:
                self._publish(conversation)

    async def restore(self, conversation_ids: tuple[str, ...]) -> tuple[ConversationSummary, ...]:
        """Take conversations back out of the trash, one after the other."""
        restored: list[ConversationSummary] = []
        for conversation_id in conversation_ids:
            conversation = await self._keep(self._repository.restore, conversation_id)
            self._publish(conversation)
            restored.append(summarize(conversation))
        return tuple(restored)

    async def forget(
        self, conversation_id: str, decide: Callable[[Conversation], Conversation | None]
    ) -> None:
        """Take out of a conversation's file for good what `decide` leaves out; None: all of it.

        Its turns must have ended (see the Orchestrator). One that is gone already is fine.

        Raises:
            StorageFailed: it cannot be written; it is as before.
        """
        await self.retry_saving()
        try:
            after = await self._keep(self._repository.forget, conversation_id, decide)
        except ConversationNotFound:
            return
        if after is None:
            self._forget(conversation_id)
        else:
            self._publish(after)

    async def forget_trashed(
        self, is_concerned: Callable[[Conversation], bool], *, only_count: bool = False
    ) -> int:
        """Delete such conversations in the trash for good; how many there are."""
        return await self._ask(self._repository.forget_trashed, is_concerned, only_count=only_count)

    async def empty_trash(self) -> None:
        """Delete all that is in the trash for good, be it readable or not.

        Raises:
            StorageFailed: one cannot be deleted; the others before it are.
        """
        await self._keep(self._repository.empty_trash)

    async def list_trash(self) -> tuple[ConversationSummary, ...]:
        """What can be taken back, last deleted first."""
        if self._loading is not None:
            await asyncio.shield(self._loading)
        return await self._ask(self._repository.list_trash)

    async def is_in_trash(self, conversation_id: str) -> bool:
        """Whether a conversation can be taken back."""
        return await self._ask(self._repository.is_in_trash, conversation_id)

    async def change(
        self, conversation_id: str, decide: Callable[[Conversation], Conversation]
    ) -> Conversation:
        """Write durably what `decide` makes of the present state; all or nothing.

        `decide` is pure and runs on the storage thread, so no two changes overtake each other.
        What the disk does not take is held in memory, told, and written as soon as it does.

        Raises:
            ConversationNotFound: there is none with this id.
            StorageFailed: it cannot be read.
        """
        after = await self._keep(self._held.change, conversation_id, decide)
        self._publish(after)
        return after

    async def save_message(
        self, conversation_id: str, message: Message, *, updated: float | None = None
    ) -> None:
        """Write a later state of a message; `updated` moves the conversation up in the list."""

        def decide(old: Conversation) -> Conversation:
            after = put_message(old, message)
            return after if updated is None else replace(after, updated=updated)

        await self.change(conversation_id, decide)

    def watch_growing(
        self, conversation_id: str, message_id: int, current: Callable[[], Message]
    ) -> Callable[[], None]:
        """Take an answer's present from `current` instead of the disk, until the result is called.

        For answers that grow faster than they are saved, or cannot be saved now.
        """
        key = (conversation_id, message_id)
        self._growing[key] = current

        def unwatch() -> None:
            self._growing.pop(key, None)

        return unwatch

    def _present(self, conversation_id: str, message: Message) -> Message:
        current = self._growing.get((conversation_id, message.id))
        # Without a writer it was cut short, also where that could not be written yet.
        return cut_short(message) if current is None else current()

    async def _load(self) -> None:
        try:
            inventory = await self._storage.run(self._take_inventory)
        except StorageFailed as error:
            self._notices.storage_fails(error)
            return
        # What was created or changed meanwhile is newer than what was read.
        found = {summary.id: summary for summary in inventory.summaries}
        self._summaries = found | self._summaries
        self._report_faults(inventory.faulty_files)
        self.topic.publish(self._snapshot())

    def _take_inventory(self) -> Inventory:
        """On the storage thread, before anything else can be asked of it."""
        self._repository.purge_trash(purged_before(self._settings(), time.time()))
        inventory = self._repository.take_inventory()
        faulty = list(inventory.faulty_files)
        for conversation_id in inventory.interrupted_ids:
            try:
                self._repository.change(conversation_id, cut_short_all)
            except ConversationDamaged as error:
                faulty.append(error.file)
            except StorageFailed as error:
                logger.warning("an answer cut short is not marked as such: %s", error)
        gone = {file.conversation_id for file in faulty}
        summaries = tuple(item for item in inventory.summaries if item.id not in gone)
        return Inventory(summaries, (), tuple(faulty))

    async def _ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await self._storage.run(function, *args, **kwargs)
        except ConversationDamaged as error:
            self._forget(error.file.conversation_id)
            self._report_faults((error.file,))
            raise ConversationNotFound(describe_faulty_files((error.file,))) from error

    async def _keep(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask for something that writes, and tell whether the disk takes it."""
        try:
            result = await self._ask(function, *args, **kwargs)
        except StorageFailed as error:
            self._notices.storage_fails(error)
            raise
        self._tell_what_is_held()
        return result

    def _tell_what_is_held(self) -> None:
        error = self._held.error
        if error is None:
            self._notices.storage_holds_nothing()
            return
        self._notices.storage_holds(error, self._held.message_count)
        if self._retrying is None or self._retrying.done():
            self._retrying = asyncio.create_task(self._retry(), name="save what is held")

    async def _retry(self) -> None:
        """Until all is written; at the closing of the app once more, then give up."""
        is_last = False
        while self._held.error is not None and not is_last:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._retry_seconds)
            is_last = self._closing.is_set()
            with suppress(StorageFailed):
                await self.retry_saving()
        if self._held.error is not None:
            logger.error("%s messages could not be saved", self._held.message_count)

    def _report_faults(self, files: tuple[FaultyFile, ...]) -> None:
        if files:
            self._notices.add("conversation_damaged", describe_faulty_files(files))

    def _publish(self, conversation: Conversation) -> None:
        if self.on_change is not None:
            self.on_change(conversation.id)
        summary = summarize(conversation)
        if is_blank(conversation) or self._summaries.get(summary.id) == summary:
            return
        self._summaries[summary.id] = summary
        self.topic.publish(ConversationSaved(conversation=summary))

    def _forget(self, conversation_id: str) -> None:
        if self.on_change is not None:
            self.on_change(conversation_id)
        if self._summaries.pop(conversation_id, None) is not None:
            self.topic.publish(ConversationRemoved(conversation_id=conversation_id))

    def _sorted(self) -> tuple[ConversationSummary, ...]:
        return tuple(
            sorted(self._summaries.values(), key=lambda item: (item.updated, item.id), reverse=True)
        )

    def _snapshot(self) -> ConversationsSnapshot:
        return ConversationsSnapshot(conversations=self._sorted())


def make_conversation_id(now: float) -> str:
    """Sorts by its time; cannot be guessed and is fit for a file's name."""
    return f"{int(now * 1000):012x}-{secrets.token_hex(4)}"


def summarize(conversation: Conversation) -> ConversationSummary:
    """What the list shows of a conversation."""
    return ConversationSummary(
        id=conversation.id,
        title=conversation.title,
        created=conversation.created,
        updated=conversation.updated,
        message_count=sum(not message.is_deleted for message in conversation.messages),
        is_pinned=conversation.is_pinned,
        is_left_out=conversation.is_left_out,
        left_out_message_ids=tuple(
            message.id for message in conversation.messages if message.is_left_out
        ),
        leaf_id=conversation.leaf_id,
    )
