"""Which of what was found goes with a question, and how it is quoted. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from rapidfuzz import fuzz

from llama_desktop.domain.chat import Conversation, Message, Passage, Role
from llama_desktop.domain.memory import Fact
from llama_desktop.infrastructure.storage.search_reader import Found
from llama_desktop.services.conversation_tree import require_shown_message, walk_branch
from llama_desktop.services.memory.search import Hit
from llama_desktop.services.memory.snippet import cut_snippet

SHORT: Final = 60
"""Characters below which a message is not understood without the one before it."""
_CHARACTERS: Final = 600
_CHARACTERS_BEFORE: Final = 200
_SAME: Final = 90.0
_COMPARED: Final = 2_000


class Present(Struct, frozen=True):
    """What the prompt will have anyway."""

    conversation_id: str
    known: frozenset[int]
    """Messages of this conversation that need not, or must not, be given again."""
    texts: tuple[str, ...]
    facts: frozenset[tuple[str, str]]
    """Facts that the branch was told already, by id and text."""


def find_present(conversation: Conversation, parent_id: int | None, question: str) -> Present:
    """The branch that goes into the prompt, without what did not fit the last time.

    The other branches of this conversation are not to be given either: they were left.
    """
    branch: Sequence[Message] = ()
    if parent_id is not None:
        require_shown_message(conversation, parent_id)
        branch = walk_branch(conversation, parent_id)
    answers = [message for message in branch if message.role is Role.ASSISTANT]
    omitted = frozenset(answers[-1].omitted_message_ids if answers else ())
    kept = [message for message in branch if message.id not in omitted]
    return Present(
        conversation.id,
        frozenset(message.id for message in conversation.messages) - omitted,
        (question, *(message.content for message in kept)),
        frozenset(
            (passage.fact_id, passage.text)
            for message in kept
            for number, passage in enumerate(message.recalled, start=1)
            if passage.fact_id and number not in message.passages_off
        ),
    )


def choose_facts(facts: Sequence[Fact], present: Present) -> list[Passage]:
    """The facts that the branch does not tell yet, as they are now."""
    return [
        Passage(
            conversation_id=fact.conversation_id or "",
            conversation_title="",
            message_id=fact.message_id or 0,
            fact_id=fact.id,
            role=Role.USER,
            created=fact.created,
            day=_day(fact.created),
            text=fact.text,
        )
        for fact in facts
        if (fact.id, fact.text) not in present.facts
    ]


def choose_hits(hits: Sequence[Hit], texts: Sequence[str], limit: int) -> list[Hit]:
    """The best that say something new; of the versions of a message, the best one."""
    chosen: list[Hit] = []
    places: set[tuple[str, int | None]] = set()
    for hit in hits:
        if len(chosen) == limit:
            break
        place = (hit.message.chat_id, hit.message.parent_key)
        if place in places or _is_said(hit.message.content, texts):
            continue
        places.add(place)
        chosen.append(hit)
    return chosen


def quote(hit: Hit, parent: Found | None) -> Passage:
    """A hit as it is given, with the message before it where it is short."""
    message = hit.message
    snippet = cut_snippet(message.content, hit.groups, _CHARACTERS)
    return Passage(
        conversation_id=message.chat_id,
        conversation_title=message.chat_title,
        message_id=message.doc,
        role=Role(message.role),
        created=message.created,
        day=_day(message.created),
        text=snippet.text,
        matches=snippet.matches,
        before=(
            cut_snippet(parent.content, hit.groups, _CHARACTERS_BEFORE).text
            if parent is not None and len(message.content) < SHORT
            else ""
        ),
    )


def in_order(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Facts first, then the oldest: the newest stands next to the question."""
    return tuple(sorted(passages, key=lambda passage: (not passage.fact_id, passage.created)))


def _is_said(content: str, texts: Sequence[str]) -> bool:
    start = content[:_COMPARED]
    return any(fuzz.ratio(start, text[:_COMPARED], score_cutoff=_SAME) for text in texts)


def _day(created: float) -> str:
    return datetime.datetime.fromtimestamp(created).astimezone().date().isoformat()
