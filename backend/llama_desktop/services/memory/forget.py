"""Forgets what was said in a span of time: out of the chats, the trash, the facts and the index."""

from __future__ import annotations

from llama_desktop.domain.errors import BadRequest, ConversationNotFound
from llama_desktop.domain.memory import Forgettable
from llama_desktop.services.chat.orchestrator import Orchestrator
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.memory.facts import FactService
from llama_desktop.services.memory.forgetting import (
    Span,
    forget_span,
    forgotten_ids,
    is_concerned,
)
from llama_desktop.services.memory.service import MemoryService
from llama_desktop.services.snapshots import SnapshotService


class ForgetService:
    """What it takes away cannot be brought back."""

    def __init__(
        self,
        conversations: ConversationService,
        orchestrator: Orchestrator,
        facts: FactService,
        memory: MemoryService,
        snapshots: SnapshotService,
        *,
        drafts_file: str,
        facts_file: str,
    ) -> None:
        """The names under which snapshots keep the drafts and the facts."""
        self._conversations = conversations
        self._orchestrator = orchestrator
        self._facts = facts
        self._memory = memory
        self._snapshots = snapshots
        self._drafts_file = drafts_file
        self._facts_file = facts_file

    async def count(self, since: float | None, until: float | None) -> Forgettable:
        """What `forget` would take away.

        Raises:
            BadRequest: the span ends before it begins.
            StorageFailed: a chat cannot be read.
        """
        span = _require_span(since, until)
        chats = whole = messages = 0
        for summary in await self._conversations.list():
            try:
                conversation = await self._conversations.get(summary.id)
            except ConversationNotFound:
                continue
            gone = forgotten_ids(conversation, span)
            chats += bool(gone)
            whole += bool(gone) and len(gone) == len(conversation.messages)
            messages += sum(m.id in gone and not m.is_deleted for m in conversation.messages)
        return Forgettable(
            message_count=messages,
            chat_count=chats,
            whole_chat_count=whole,
            trashed_chat_count=await self._conversations.forget_trashed(
                lambda one: is_concerned(one, span), only_count=True
            ),
            fact_count=sum(span.holds(fact.created) for fact in self._facts.get()),
        )

    async def forget(self, since: float | None, until: float | None, *, with_facts: bool) -> None:
        """Take it away for good: answers under way in its chats are stopped first.

        A chat in the trash or in a snapshot that has anything of that time goes whole; so do the
        drafts of all snapshots, which may have become one, and with the facts theirs.

        Raises:
            BadRequest: the span ends before it begins.
            StorageFailed: a chat cannot be read or written; those before it are done, and the
                same may be asked again.
        """
        span = _require_span(since, until)
        ids = tuple(summary.id for summary in await self._conversations.list())
        async with self._orchestrator.without_turns(ids):
            for conversation_id in ids:
                await self._conversations.forget(
                    conversation_id,
                    lambda one: forget_span(one, span) if is_concerned(one, span) else one,
                )
            await self._conversations.forget_trashed(lambda one: is_concerned(one, span))
        if with_facts:
            await self._facts.forget(
                {fact.id for fact in self._facts.get() if span.holds(fact.created)}
            )
        files = (self._drafts_file, *((self._facts_file,) if with_facts else ()))
        await self._snapshots.forget(lambda one: is_concerned(one, span), files=files)
        # Rows that were deleted linger in a database's file: a new one never held them.
        self._memory.index.make_anew()


def _require_span(since: float | None, until: float | None) -> Span:
    if since is not None and until is not None and until <= since:
        raise BadRequest("The span ends before it begins. Choose a later end.")
    return Span(since, until)
