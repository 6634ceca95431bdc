"""Finds what was said before and fits a question, in time or not at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Final

from msgspec import UNSET, Struct, UnsetType

from llama_desktop.domain.chat import Conversation, Passage
from llama_desktop.domain.errors import EngineRequestFailed
from llama_desktop.infrastructure.storage.search_index import SearchIndexUnusable
from llama_desktop.infrastructure.storage.search_reader import Found, SearchInterrupted
from llama_desktop.services.chat.slots import RunningServer
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.memory.facts import FactService
from llama_desktop.services.memory.fuse import Ranked
from llama_desktop.services.memory.passages import (
    SHORT,
    Present,
    choose_facts,
    choose_hits,
    find_present,
    in_order,
    quote,
)
from llama_desktop.services.memory.query import read_prompt
from llama_desktop.services.memory.recalled_text import render_recalled
from llama_desktop.services.memory.service import MemoryService, Patience
from llama_desktop.services.settings import SettingsService

logger = logging.getLogger(__name__)

USUAL_DEADLINE: Final = 0.15
"""Seconds that a question waits at most for what was said before."""
_LOOSEST: Final = 0.2
_STRICTEST: Final = 0.8
"""Of the question's weight, how much a passage covers at least. Measured: half of it, the middle,
keeps 9 of 10 useful passages and half of the others."""
_LEAST_TERMS: Final = 2
"""A single word says too little about what is meant: "thanks", "continue"."""
_SPARE: Final = 7
"""Looked at beyond those that are given: some are versions of each other, or said already."""
_SHARE_OF_EMBEDDING: Final = 0.4
_SHARE_OF_RERANKER: Final = 0.75
"""Of the deadline, after how much of it the models have to be done."""
_SHARE_OF_WINDOW: Final = 0.1
_CHARACTERS_PER_TOKEN: Final = 3
_MAX_QUESTION: Final = 4_000
"""Of a long question, its beginning and its end are looked up: the middle is mostly pasted."""


class Recalled(Struct, frozen=True):
    """What goes with a question, and how far was looked for it: see `Message`."""

    passages: tuple[Passage, ...] = ()
    searched_chats: int | None = None


class RecallService:
    """What goes with a question from other chats, and from what no longer fits of its own."""

    def __init__(
        self,
        memory: MemoryService,
        conversations: ConversationService,
        facts: FactService,
        settings: SettingsService,
        server: RunningServer,
        *,
        deadline: float = USUAL_DEADLINE,
    ) -> None:
        self._memory = memory
        self._conversations = conversations
        self._facts = facts
        self._settings = settings
        self._server = server
        self._deadline = deadline

    async def find_context(
        self,
        conversation_id: str,
        question: str,
        *,
        parent_id: int | UnsetType | None,
        is_wanted: bool | None,
    ) -> Recalled:
        """The passages for a question that will stand under `parent_id`: facts, then oldest first.

        Never late, and never a reason not to ask: what cannot be found in time is not given.

        Raises:
            ConversationNotFound, MessageNotFound: no such conversation, or no such parent.
            ServerNotRunning: no model is loaded.
        """
        if is_wanted is False:
            return Recalled()

        async def find() -> Recalled:
            conversation = await self._conversations.get(conversation_id)
            where = conversation.leaf_id if parent_id is UNSET else parent_id
            assert not isinstance(where, UnsetType)
            return await self._find_for(conversation, question, where, is_wanted)

        return await self._in_time(find())

    async def find_in(
        self,
        conversation: Conversation,
        question: str,
        *,
        parent_id: int | None,
        is_wanted: bool | None,
    ) -> Recalled:
        """The same for a conversation that need not be kept."""
        return await self._in_time(self._find_for(conversation, question, parent_id, is_wanted))

    async def _in_time(self, finding: Awaitable[Recalled]) -> Recalled:
        try:
            async with asyncio.timeout(self._deadline):
                return await finding
        except TimeoutError:
            logger.info("older messages could not be found in time")
        except (SearchIndexUnusable, SearchInterrupted) as error:
            logger.info("older messages could not be found: %s", error)
        return Recalled()

    async def _find_for(
        self,
        conversation: Conversation,
        question: str,
        parent_id: int | None,
        is_wanted: bool | None,
    ) -> Recalled:
        if not self._is_on(conversation, is_wanted):
            return Recalled()
        return await self._find(find_present(conversation, parent_id, question), question)

    def _is_on(self, conversation: Conversation, is_wanted: bool | None) -> bool:
        for says in (is_wanted, conversation.memory):
            if says is not None:
                return says
        return self._settings.get().memory_enabled

    async def _find(self, present: Present, question: str) -> Recalled:
        facts = choose_facts(self._facts.get(), present)
        texts = (*present.texts, *(fact.text for fact in facts))
        found = await self._search(question, present, texts)
        searched = None
        if found is not None and self._memory.index.knows_all:
            searched = self._conversations.count_recallable(beside=present.conversation_id)
        return Recalled(await self._fit([*facts, *(found or ())]), searched)

    async def _search(
        self, question: str, present: Present, texts: tuple[str, ...]
    ) -> list[Passage] | None:
        """What was said before and fits, best first; None: the question says too little."""
        half = _MAX_QUESTION // 2
        is_long = len(question) > _MAX_QUESTION
        text = f"{question[:half]} {question[-half:]}" if is_long else question
        query = read_prompt(text)
        if sum(len(word.terms) for word in query.words) < _LEAST_TERMS:
            return None
        settings = self._settings.get()
        least = _LOOSEST + settings.memory_strictness * (_STRICTEST - _LOOSEST)
        left_out = await self._conversations.find_left_out()

        def accept(found: Found, ranked: Ranked) -> bool:
            is_here = found.chat_id == present.conversation_id and found.doc in present.known
            is_allowed = not (is_here or left_out.holds(found.chat_id, found.doc))
            return is_allowed and ranked.covered >= least

        limit = settings.memory_passages
        hits = await self._memory.find(
            query,
            text,
            limit=limit + _SPARE,
            accept=accept,
            patience=Patience(
                embedding=self._deadline * _SHARE_OF_EMBEDDING,
                reranker=self._deadline * _SHARE_OF_RERANKER,
            ),
        )
        chosen = choose_hits(hits, texts, limit)
        # What is given anyway is not given again before another: it can be switched off by itself.
        given = {hit.message.key for hit in chosen}
        parents = {
            hit.message.parent_key
            for hit in chosen
            if hit.message.parent_key is not None
            and hit.message.parent_key not in given
            and len(hit.message.content) < SHORT
        }
        before = await self._memory.read(parents) if parents else {}
        allowed = {
            key: one for key, one in before.items() if not left_out.holds(one.chat_id, one.doc)
        }
        return [quote(hit, allowed.get(hit.message.parent_key or 0)) for hit in chosen]

    async def _fit(self, best_first: list[Passage]) -> tuple[Passage, ...]:
        """As many of the best as the budget of tokens allows."""
        window = self._server.require_running().model.context_size
        budget = min(self._settings.get().memory_tokens, int(window * _SHARE_OF_WINDOW))
        while best_first:
            ordered = in_order(best_first)
            text = render_recalled(ordered)
            tokens = await self._count(text)
            if tokens <= budget:
                return ordered
            # Each count is a question to the server: drop as many as are surely too many at once.
            too_long = len(text) * (tokens - budget) / tokens
            while best_first and too_long > 0:
                too_long -= len(best_first.pop().text)
        return ()

    async def _count(self, text: str) -> int:
        try:
            return await self._server.require_client().count_tokens(text)
        except EngineRequestFailed:
            return len(text) // _CHARACTERS_PER_TOKEN
