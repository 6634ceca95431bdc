"""Finds what was said before and fits a question, in time or not at all."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import UNSET, UnsetType
from rapidfuzz import fuzz

from llama_desktop.domain.chat import Conversation, Message, Passage, Role
from llama_desktop.domain.errors import EngineRequestFailed
from llama_desktop.infrastructure.storage.search_index import SearchIndexUnusable
from llama_desktop.infrastructure.storage.search_reader import Found, SearchInterrupted
from llama_desktop.services.chat.slots import RunningServer
from llama_desktop.services.conversation_tree import require_shown_message, walk_branch
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.memory.fuse import Ranked
from llama_desktop.services.memory.query import read_prompt
from llama_desktop.services.memory.recalled_text import render_recalled
from llama_desktop.services.memory.search import Hit
from llama_desktop.services.memory.service import MemoryService
from llama_desktop.services.memory.snippet import cut_snippet, matching_words
from llama_desktop.services.settings import SettingsService

logger = logging.getLogger(__name__)

USUAL_DEADLINE: Final = 0.15
"""Seconds that a question waits at most for what was said before."""
_LEAST_COVERED: Final = 0.5
"""Of the question's weight. Measured: it keeps 9 of 10 useful passages and half of the others."""
_LEAST_TERMS: Final = 2
"""A single word says too little about what is meant: "thanks", "continue"."""
_MOST_PASSAGES: Final = 5
_FOUND: Final = 12
"""Looked at for them: some are versions of each other, or in the prompt already."""
_MOST_TOKENS: Final = 1_000
_SHARE_OF_WINDOW: Final = 0.1
_CHARACTERS: Final = 600
_SHORT: Final = 60
_CHARACTERS_BEFORE: Final = 200
_SAME: Final = 90.0
_COMPARED: Final = 2_000
_CHARACTERS_PER_TOKEN: Final = 3
_MAX_QUESTION: Final = 4_000
"""Of a long question, its beginning and its end are looked up: the middle is mostly pasted."""


@dataclass(frozen=True, slots=True)
class _Present:
    """What the prompt will have anyway."""

    conversation_id: str
    known: frozenset[int]
    """Messages of this conversation that need not, or must not, be given again."""
    texts: tuple[str, ...]


class RecallService:
    """What goes with a question from other chats, and from what no longer fits of its own."""

    def __init__(
        self,
        memory: MemoryService,
        conversations: ConversationService,
        settings: SettingsService,
        server: RunningServer,
        *,
        deadline: float = USUAL_DEADLINE,
    ) -> None:
        self._memory = memory
        self._conversations = conversations
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
    ) -> tuple[Passage, ...]:
        """The passages for a question that will stand under `parent_id`, oldest first.

        Never late, and never a reason not to ask: what cannot be found in time is not given.

        Raises:
            ConversationNotFound, MessageNotFound: no such conversation, or no such parent.
            ServerNotRunning: no model is loaded.
        """
        if is_wanted is False:
            return ()
        try:
            async with asyncio.timeout(self._deadline):
                conversation = await self._conversations.get(conversation_id)
                if not self._is_on(conversation, is_wanted):
                    return ()
                if parent_id is UNSET:
                    parent_id = conversation.leaf_id
                assert not isinstance(parent_id, UnsetType)
                return await self._find(_present(conversation, parent_id, question), question)
        except TimeoutError:
            logger.info("older messages could not be found in time")
        except (SearchIndexUnusable, SearchInterrupted) as error:
            logger.info("older messages could not be found: %s", error)
        return ()

    def _is_on(self, conversation: Conversation, is_wanted: bool | None) -> bool:
        for says in (is_wanted, conversation.memory):
            if says is not None:
                return says
        return self._settings.get().memory_enabled

    async def _find(self, present: _Present, question: str) -> tuple[Passage, ...]:
        half = _MAX_QUESTION // 2
        is_long = len(question) > _MAX_QUESTION
        query = read_prompt(f"{question[:half]} {question[-half:]}" if is_long else question)
        if sum(len(word.terms) for word in query.words) < _LEAST_TERMS:
            return ()

        def accept(found: Found, ranked: Ranked) -> bool:
            is_here = found.chat_id == present.conversation_id and found.doc in present.known
            return ranked.covered >= _LEAST_COVERED and not is_here

        hits = await self._memory.find(query, limit=_FOUND, accept=accept)
        chosen = _choose(hits, present.texts)
        parents = {
            hit.message.parent_key
            for hit in chosen
            if hit.message.parent_key is not None and len(hit.message.content) < _SHORT
        }
        before = await self._memory.read(parents) if parents else {}
        return await self._fit([_passage(hit, before) for hit in chosen])

    async def _fit(self, best_first: list[Passage]) -> tuple[Passage, ...]:
        """As many of the best as the budget of tokens allows."""
        window = self._server.require_running().model.context_size
        budget = min(_MOST_TOKENS, int(window * _SHARE_OF_WINDOW))
        while best_first:
            oldest_first = tuple(sorted(best_first, key=lambda passage: passage.created))
            text = render_recalled(oldest_first)
            tokens = await self._count(text)
            if tokens <= budget:
                return oldest_first
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


def _present(conversation: Conversation, parent_id: int | None, question: str) -> _Present:
    """The branch that goes into the prompt, without what did not fit the last time.

    The other branches of this conversation are not to be given either: they were left.
    """
    branch: Sequence[Message] = ()
    if parent_id is not None:
        require_shown_message(conversation, parent_id)
        branch = walk_branch(conversation, parent_id)
    answers = [message for message in branch if message.role is Role.ASSISTANT]
    omitted = frozenset(answers[-1].omitted_message_ids if answers else ())
    return _Present(
        conversation.id,
        frozenset(message.id for message in conversation.messages) - omitted,
        (question, *(message.content for message in branch if message.id not in omitted)),
    )


def _choose(hits: Sequence[Hit], texts: Sequence[str]) -> list[Hit]:
    """The best that say something new; of the versions of a message, the best one."""
    chosen: list[Hit] = []
    places: set[tuple[str, int | None]] = set()
    for hit in hits:
        place = (hit.message.chat_id, hit.message.parent_key)
        if place in places or _is_said(hit.message.content, texts):
            continue
        places.add(place)
        chosen.append(hit)
        if len(chosen) == _MOST_PASSAGES:
            break
    return chosen


def _is_said(content: str, texts: Sequence[str]) -> bool:
    start = content[:_COMPARED]
    return any(fuzz.ratio(start, text[:_COMPARED], score_cutoff=_SAME) for text in texts)


def _passage(hit: Hit, before: dict[int, Found]) -> Passage:
    message = hit.message
    parent = None if message.parent_key is None else before.get(message.parent_key)
    has_parent = parent is not None and len(message.content) < _SHORT
    text = cut_snippet(message.content, hit.groups, _CHARACTERS).text
    return Passage(
        conversation_id=message.chat_id,
        conversation_title=message.chat_title,
        message_id=message.doc,
        role=Role(message.role),
        created=message.created,
        day=datetime.datetime.fromtimestamp(message.created).astimezone().date().isoformat(),
        text=text,
        before=(
            cut_snippet(parent.content, hit.groups, _CHARACTERS_BEFORE).text
            if parent is not None and has_parent
            else ""
        ),
        words=matching_words(text, hit.groups),
    )
