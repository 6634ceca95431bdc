"""What was written and not sent: kept as it is written, found again after any end of the app."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from msgspec.structs import replace

from llama_desktop.domain.chat import Attachment, Conversation, Draft, Role
from llama_desktop.domain.errors import ConversationNotFound, StorageFailed
from llama_desktop.domain.settings import Settings
from llama_desktop.infrastructure.storage.draft_repository import DraftRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.attachments import AttachmentService
from llama_desktop.services.clean_text import require_fitting_text
from llama_desktop.services.notices import NoticeService
from llama_desktop.services.trash import purged_before

logger = logging.getLogger(__name__)

Drafts = dict[str | None, Draft]
"""By conversation; None: the draft of the next new chat."""


class DraftedConversations(Protocol):
    """What drafts need of the conversations."""

    async def get(self, conversation_id: str) -> Conversation: ...

    async def is_in_trash(self, conversation_id: str) -> bool: ...


class DraftService:
    """Alone owns the drafts.

    A draft is let go only after the question that was made of it is kept. What a kill in between
    leaves behind is told apart at the next start: a draft that an equal, later question follows.
    """

    def __init__(
        self,
        repository: DraftRepository,
        storage: StorageThread,
        notices: NoticeService,
        conversations: DraftedConversations,
        attachments: AttachmentService,
        settings: Callable[[], Settings] = Settings,
    ) -> None:
        """`settings`: how long the draft of a chat in the trash is kept."""
        self._settings = settings
        self._repository = repository
        self._storage = storage
        self._notices = notices
        self._conversations = conversations
        self._attachments = attachments
        self._drafts: Drafts = {}
        self._damaged: Path | None = None
        self._loading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._loading = asyncio.create_task(self._load(), name="load drafts")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.loaded()

    async def list(self) -> tuple[Draft, ...]:
        """All drafts but those of conversations in the trash, last changed first."""
        await self.loaded()
        shown = [
            draft
            for draft in self._drafts.values()
            if draft.conversation_id is None
            or not await self._conversations.is_in_trash(draft.conversation_id)
        ]
        return tuple(sorted(shown, key=lambda draft: draft.updated, reverse=True))

    async def save(
        self, conversation_id: str | None, content: str, attachment_ids: tuple[str, ...] = ()
    ) -> None:
        """Keep what is written in a conversation, in place of what was; nothing: forget it.

        Raises:
            MessageTooLong: it is larger than a message may be.
            StorageFailed: it cannot be written; the draft is as before.
        """
        await self.loaded()
        text = require_fitting_text(content, "The draft")
        attachments = await self._attachments.look_up(tuple(dict.fromkeys(attachment_ids)))

        def decide(old: Drafts) -> Drafts:
            if not text.strip() and not attachments:
                return _without(old, conversation_id)
            draft = Draft(
                conversation_id=conversation_id,
                content=text,
                attachments=attachments,
                updated=time.time(),
            )
            return {**old, conversation_id: draft}

        await self._change(decide)

    async def forget_sent(
        self, conversation_id: str, content: str, attachments: tuple[Attachment, ...]
    ) -> None:
        """Let go of the draft that a question was made of. After the question is kept.

        Whatever else was written meanwhile stays: a draft is let go if the question begins with
        it, as one does that was saved a moment before its last word.
        """
        await self.loaded()
        ids = {attachment.id for attachment in attachments}

        def decide(old: Drafts) -> Drafts:
            sent = [
                key
                for key in (conversation_id, None)
                if key in old and _became(old[key], content, ids)
            ]
            return _without(old, *sent)

        try:
            await self._change(decide)
        except StorageFailed:
            return  # the person is told; the next start finds out that it was sent
        waiting = {one.id for draft in self._drafts.values() for one in draft.attachments}
        await self._attachments.discard(tuple(ids - waiting))

    async def forget_all(self) -> None:
        """Let go of every draft, those of chats in the trash as well.

        Raises:
            StorageFailed: it cannot be written; the drafts are as before.
        """
        await self.loaded()
        await self._change(lambda _: {})

    @property
    def file_name(self) -> str:
        """Of the file that has the drafts."""
        return self._repository.file_name

    def gather(self, then: Path, coming: Path, *, chat_ids: Collection[str]) -> bool:
        """Write into `coming` the drafts of `then`, a folder with the same files; False: as now.

        Those of chats that there were not then, by `chat_ids`, stay. On the storage thread.

        Raises:
            StorageFailed: they cannot be written.
        """
        kept = self._repository.beside(then).peek()
        if kept is None:
            return False
        drafts: Drafts = {}
        for draft in kept:
            _put(drafts, draft)
        for key, draft in self._drafts.items():
            if key is not None and key not in chat_ids:
                drafts[key] = draft
        if drafts == self._drafts:
            return False
        self._repository.beside(coming).save(tuple(drafts.values()))
        return True

    def read_again(self) -> None:
        """Take over what the file has now. On the storage thread."""
        kept, self._damaged = self._repository.load()
        drafts: Drafts = {}
        for draft in kept:
            _put(drafts, draft)
        self._drafts = drafts

    def tell(self) -> None:
        """Tell of what was read again. Drafts have no topic: a page asks for them."""
        self._tell_damage()

    async def loaded(self) -> None:
        """Wait until the drafts of before this start are known."""
        assert self._loading is not None
        await asyncio.shield(self._loading)

    async def _load(self) -> None:
        kept, self._damaged = await self._storage.run(self._repository.load)
        self._tell_damage()
        for draft in sorted(kept, key=lambda draft: draft.updated):
            place = await self._place_of(draft)
            if place is not None:
                _put(self._drafts, place)
        if self._damaged is None:
            wanted = {one.id for draft in self._drafts.values() for one in draft.attachments}
            await self._attachments.sweep(frozenset(wanted))

    def _tell_damage(self) -> None:
        if self._damaged is not None:
            self._notices.add(
                "drafts_damaged",
                "The file with unsent drafts was damaged and was kept as found: "
                f"{self._damaged}. All conversations are fine.",
            )

    async def _place_of(self, draft: Draft) -> Draft | None:
        """The draft as it is now; None: it was sent, or its conversation is gone for good."""
        if draft.conversation_id is None:
            return draft
        if await self._conversations.is_in_trash(draft.conversation_id):
            return draft
        try:
            conversation = await self._conversations.get(draft.conversation_id)
        except ConversationNotFound:
            # An empty new chat is not kept, but what was written in it must be.
            is_purged = draft.updated < purged_before(self._settings(), time.time())
            return None if is_purged else replace(draft, conversation_id=None)
        except StorageFailed as error:
            logger.warning("the conversation of a draft cannot be read: %s", error)
            return draft
        questions = (message for message in conversation.messages if message.role is Role.USER)
        is_sent = any(
            question.created >= draft.updated
            and _became(draft, question.content, {one.id for one in question.attachments})
            for question in questions
        )
        return None if is_sent else draft

    async def _change(self, decide: Callable[[Drafts], Drafts]) -> None:
        def write() -> bool:
            # On the storage thread, one after another: no change is lost to another one.
            after = decide(self._drafts)
            if after == self._drafts:
                return False
            self._repository.save(tuple(after.values()))
            self._drafts = after
            return True

        try:
            has_written = await self._storage.run(write)
        except StorageFailed as error:
            self._notices.storage_fails(error)
            raise
        if has_written:
            self._notices.storage_works()


def _became(draft: Draft, content: str, attachment_ids: set[str]) -> bool:
    ids = {attachment.id for attachment in draft.attachments}
    return content.strip().startswith(draft.content.strip()) and ids <= attachment_ids


def _put(drafts: Drafts, draft: Draft) -> None:
    """Beside what there is already of the same conversation, as when an empty chat was lost."""
    if (other := drafts.get(draft.conversation_id)) is not None:
        draft = replace(
            draft,
            content=f"{other.content}\n\n{draft.content}",
            attachments=tuple(dict.fromkeys((*other.attachments, *draft.attachments))),
        )
    drafts[draft.conversation_id] = draft


def _without(drafts: Drafts, *keys: str | None) -> Drafts:
    return {key: draft for key, draft in drafts.items() if key not in keys}
