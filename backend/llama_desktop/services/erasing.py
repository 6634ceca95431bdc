"""Deletes all that was said and kept: chats, trash, drafts, files, facts, index and snapshots."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from llama_desktop.domain.erasing import Erasable
from llama_desktop.domain.errors import Conflict
from llama_desktop.infrastructure.storage.damaged_files import remove_set_aside
from llama_desktop.services.attachments import AttachmentService
from llama_desktop.services.chat.orchestrator import Orchestrator
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.drafts import DraftService
from llama_desktop.services.memory.facts import FactService
from llama_desktop.services.memory.service import MemoryService
from llama_desktop.services.snapshots import SnapshotService


class EraseService:
    """What it takes away cannot be brought back. Settings and models stay."""

    def __init__(
        self,
        conversations: ConversationService,
        orchestrator: Orchestrator,
        drafts: DraftService,
        attachments: AttachmentService,
        facts: FactService,
        snapshots: SnapshotService,
        memory: MemoryService,
        *,
        damaged: Path,
        is_importing: Callable[[], bool],
    ) -> None:
        """`damaged`: where files that could not be understood were put."""
        self._conversations = conversations
        self._orchestrator = orchestrator
        self._drafts = drafts
        self._attachments = attachments
        self._facts = facts
        self._snapshots = snapshots
        self._memory = memory
        self._damaged = damaged
        self._is_importing = is_importing

    async def count(self) -> Erasable:
        """What `erase` would take away."""
        return Erasable(
            chat_count=len(await self._conversations.list()),
            trashed_chat_count=len(await self._conversations.list_trash()),
            draft_count=len(await self._drafts.list()),
            fact_count=len(self._facts.get()),
            snapshot_count=len(await self._snapshots.list()),
        )

    async def erase(self) -> None:
        """Take it all away for good; answers under way are stopped first.

        Raises:
            Conflict: an import is under way, which would bring chats in meanwhile.
            StorageFailed: something cannot be deleted; what was before it is, and the same may be
                asked again.
        """
        if self._is_importing():
            raise Conflict("An import is under way. Wait for its end, then delete everything.")
        ids = tuple(summary.id for summary in await self._conversations.list())
        async with self._orchestrator.without_turns(ids):
            for conversation_id in ids:
                await self._conversations.forget(conversation_id, lambda _: None)
        await self._conversations.empty_trash()
        await self._facts.forget({fact.id for fact in self._facts.get()})
        await self._drafts.forget_all()
        await self._attachments.discard_all()
        # Rows that were deleted linger in a database's file: a new one never held them.
        self._memory.index.make_anew()
        await asyncio.to_thread(remove_set_aside, self._damaged)
        # After the rest: a snapshot that is being made now has it still.
        await self._snapshots.remove_all()
