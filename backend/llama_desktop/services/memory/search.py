"""Finds messages: which words to ask the index for, and what to make of its answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from llama_desktop.domain.memory import SearchFilter
from llama_desktop.infrastructure.storage.search_reader import (
    Found,
    Page,
    SearchReader,
    TermUse,
)
from llama_desktop.services.memory.analyse import Word, analyse
from llama_desktop.services.memory.fuse import (
    GRANDPARENT,
    PARENT,
    REPLY,
    SECOND_REPLY,
    Candidate,
    Group,
    Neighbour,
    Ranked,
    blend,
    drop_repeats,
    rank,
    weigh,
)
from llama_desktop.services.memory.query import Query
from llama_desktop.services.memory.vectors import likeness

EVERYTHING: Final = SearchFilter()
_CANDIDATES: Final = 100
_MAX_WORDS: Final = 12
_MAX_POSTINGS: Final = 20_000
_LEAST_WORDS: Final = 2
_MAX_UNKNOWN: Final = 4
_SHORTEST_MISTAKE: Final = 4
_LIKENESS: Final = ((5, 0.72), (40, 0.75))
"""Up to which length of a word, how like it another one has to be."""
_LIKE: Final = 3
_MAX_ENDINGS: Final = 8
_READ_FOR_EACH: Final = 3
"""Postings of a word for each message that has it: its own, and those of the two after it."""
_SHORTEST_BEGINNING: Final = 2


class Hit(Struct, frozen=True):
    """A message that was found."""

    message: Found
    ranked: Ranked
    groups: tuple[Group, ...]


class Candidates(Struct, frozen=True):
    """What has words of a question, best first."""

    ranked: tuple[Ranked, ...] = ()
    groups: tuple[Group, ...] = ()


class _Plan(Struct, frozen=True):
    """What to ask the index for."""

    groups: tuple[Group, ...]
    missing: float
    """The weight of the question's words that stand nowhere."""
    must_have_all: bool = False
    """Whether so many messages have one of the words that those with all come first: to put all
    with any of them into an order takes four times as long."""
    is_common: bool = False
    """Whether the rarest word stands in so many that it is asked of the messages alone, not of
    those before them."""


class MessageSearch:
    """Asks one reader; on its thread."""

    def __init__(self, reader: SearchReader) -> None:
        self._reader = reader

    def find(self, query: Query, limit: int) -> list[Hit]:
        """The messages that fit best by their words, each thing that was said only once.

        Raises:
            SearchIndexUnusable: the index cannot be read (now).
        """
        return self.choose(self.look(query), limit)

    def look(self, query: Query, *, only: SearchFilter = EVERYTHING) -> Candidates:
        """The messages that have the words. Raises as `find`."""
        plan = self._plan(query, self._reader.count_pages())
        if not plan.groups:
            return Candidates()
        keys = self._find(plan, query, only)
        return Candidates(tuple(self._rank(keys, plan.groups, plan.missing)), plan.groups)

    def choose(
        self,
        candidates: Candidates,
        limit: int,
        *,
        vector: Sequence[float] | None = None,
        accept: Callable[[Found, Ranked], bool] | None = None,
    ) -> list[Hit]:
        """The best of them, also by their meaning where the question's `vector` is known.

        Raises as `find`.
        """
        ordered: Sequence[Ranked] = candidates.ranked
        if vector is not None:
            packed = self._reader.read_vectors([one.key for one in ordered])
            ordered = blend(ordered, {key: likeness(vector, one) for key, one in packed.items()})
        ranked = {one.key: one for one in ordered}
        found = self._reader.read_found(ranked)
        kept = [
            key
            for key in ranked
            if key in found and (accept is None or accept(found[key], ranked[key]))
        ]
        contents = {key: found[key].content for key in kept}
        return [
            Hit(found[key], ranked[key], candidates.groups)
            for key in drop_repeats(kept, contents, limit=limit)
        ]

    def _plan(self, query: Query, total: int) -> _Plan:
        uses = self._reader.count_uses({term for word in query.words for term in word.terms})
        groups: list[tuple[int, Group]] = []
        missing = 0.0
        unknown = 0
        for word in query.words:
            terms = {term for term in word.terms if uses[term].postings}
            if word.plain == query.unfinished:
                terms |= self._endings(word.plain, uses)
            if not terms and unknown < _MAX_UNKNOWN and len(word.plain) >= _SHORTEST_MISTAKE:
                unknown += 1
                terms = self._meant(word.plain, uses)
            if not terms:
                missing += weigh(0, total)
                continue
            # Pairs of characters are words of their own; what a word was meant for is one.
            for one in _parts(word, terms):
                messages = sum(uses[term].messages for term in one)
                postings = sum(uses[term].postings for term in one)
                group = Group(word.plain, frozenset(one), weigh(messages, total))
                groups.append((postings, group))
        return _within_budget(groups, missing)

    def _find(self, plan: _Plan, query: Query, only: SearchFilter) -> list[int]:
        """The keys of the candidates."""
        found: list[int] = []
        if plan.must_have_all:
            found = self._match(_all_of(plan.groups), query, only)
            if len(found) == _CANDIDATES:
                return found
        words = _any_of(plan.groups[:1] if plan.must_have_all else plan.groups)
        more = self._match(f"body : ({words})" if plan.is_common else words, query, only)
        return list(dict.fromkeys((*found, *more)))[:_CANDIDATES]

    def _match(self, words: str, query: Query, only: SearchFilter) -> list[int]:
        return [key for key, _ in self._reader.find(_match(words, query), _CANDIDATES, only)]

    def _meant(self, plain: str, uses: dict[str, TermUse]) -> set[str]:
        """The terms of the known words that this one may be mistyped for."""
        cutoff = next(likeness for length, likeness in _LIKENESS if len(plain) <= length)
        near = process.extract(
            plain,
            self._reader.words(),
            scorer=OSA.normalized_similarity,
            score_cutoff=cutoff,
            limit=_LIKE,
        )
        return self._known((word for word, _, _ in near), uses)

    def _endings(self, plain: str, uses: dict[str, TermUse]) -> set[str]:
        """The terms of the known words that a word still being typed may become."""
        if len(plain) < _SHORTEST_BEGINNING:
            return set()
        known = self._reader.starting_with(plain, _MAX_ENDINGS)
        affordable: list[str] = []
        left = _MAX_POSTINGS
        for word, messages in known:
            if _READ_FOR_EACH * messages <= left:
                affordable.append(word)
                left -= _READ_FOR_EACH * messages
        return self._known(affordable or [word for word, _ in known[-1:]], uses)

    def _known(self, words: Iterable[str], uses: dict[str, TermUse]) -> set[str]:
        terms = {term for word in words for term in analyse(word)}
        uses.update(self._reader.count_uses(terms - uses.keys()))
        return {term for term in terms if uses[term].postings}

    def _rank(self, keys: Collection[int], groups: Sequence[Group], missing: float) -> list[Ranked]:
        pages = self._reader.read_pages(keys)
        parents = self._reader.read_pages(_parents(pages) - pages.keys())
        grandparents = self._reader.read_pages(_parents(parents) - pages.keys())
        replies = self._reader.read_replies(pages)
        second_replies = self._reader.read_replies(replies)
        known = pages | parents | grandparents | replies | second_replies
        below: dict[int, list[int]] = {}
        for page in (replies | second_replies).values():
            assert page.parent_key is not None
            below.setdefault(page.parent_key, []).append(page.key)
        candidates = [
            Candidate(page.key, page.day, tuple(_around(page, known, below)))
            for page in pages.values()
        ]
        texts = {key: page.terms for key, page in known.items()}
        return rank(candidates, texts, groups, missing_weight=missing)


def _parts(word: Word, terms: set[str]) -> list[set[str]]:
    if len(word.terms) > 1 and terms <= set(word.terms):
        return [{term} for term in word.terms if term in terms]
    return [terms]


def _within_budget(groups: list[tuple[int, Group]], missing: float) -> _Plan:
    """The rarest first, until enough is asked of the index; a common word tells little."""
    groups.sort(key=lambda entry: entry[0])
    is_common = bool(groups) and groups[0][0] > _MAX_POSTINGS
    kept: list[Group] = []
    spent = 0
    for postings, group in groups[:_MAX_WORDS]:
        spent += postings
        if kept and spent > _MAX_POSTINGS:
            if len(kept) < _LEAST_WORDS:
                return _Plan((*kept, group), missing, must_have_all=True, is_common=is_common)
            break
        kept.append(group)
    return _Plan(tuple(kept), missing, is_common=is_common)


def _any_of(groups: Sequence[Group]) -> str:
    terms = sorted({term for group in groups for term in group.terms})
    return " OR ".join(f'"{term}"' for term in terms)


def _all_of(groups: Sequence[Group]) -> str:
    return " AND ".join(f"({_any_of([group])})" for group in groups)


def _match(words: str, query: Query) -> str:
    """The question in FTS5's words."""
    text = words
    for phrase in query.phrases:
        text = f'({text}) AND body : "{" ".join(phrase)}"'
    for phrase in query.excluded:
        text = f'({text}) NOT body : "{" ".join(phrase)}"'
    return text


def _parents(pages: dict[int, Page]) -> set[int]:
    return {page.parent_key for page in pages.values() if page.parent_key is not None}


def _around(page: Page, known: dict[int, Page], below: dict[int, list[int]]) -> Iterable[Neighbour]:
    parent = known.get(page.parent_key) if page.parent_key is not None else None
    if parent is not None:
        yield Neighbour(parent.key, PARENT, is_above=True)
        if parent.parent_key is not None and parent.parent_key in known:
            yield Neighbour(parent.parent_key, GRANDPARENT, is_above=True)
    for reply in below.get(page.key, ()):
        yield Neighbour(reply, REPLY)
        for second in below.get(reply, ()):
            yield Neighbour(second, SECOND_REPLY)
