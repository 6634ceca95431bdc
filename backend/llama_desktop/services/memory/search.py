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
_ALWAYS: Final = 2
_MAX_UNKNOWN: Final = 4
_SHORTEST_MISTAKE: Final = 4
_LIKENESS: Final = ((5, 0.72), (40, 0.75))
"""Up to which length of a word, how like it another one has to be."""
_LIKE: Final = 3
_MAX_ENDINGS: Final = 8
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
        total = self._reader.count_pages()
        groups, missing = self._plan(query, total)
        if not groups:
            return Candidates()
        keys = [key for key, _ in self._reader.find(_match(groups, query), _CANDIDATES, only)]
        return Candidates(tuple(self._rank(keys, groups, missing)), groups)

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

    def _plan(self, query: Query, total: int) -> tuple[tuple[Group, ...], float]:
        """What to ask for, and the weight of the words that stand nowhere."""
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
        return _within_budget(groups), missing

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
        return self._known(self._reader.starting_with(plain, _MAX_ENDINGS), uses)

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


def _within_budget(groups: list[tuple[int, Group]]) -> tuple[Group, ...]:
    """The rarest first, until enough is asked of the index; a common word tells little."""
    groups.sort(key=lambda entry: entry[0])
    kept: list[Group] = []
    spent = 0
    for postings, group in groups[:_MAX_WORDS]:
        spent += postings
        if len(kept) >= _ALWAYS and spent > _MAX_POSTINGS:
            break
        kept.append(group)
    return tuple(kept)


def _match(groups: Sequence[Group], query: Query) -> str:
    """The question in FTS5's words."""
    terms = sorted({term for group in groups for term in group.terms})
    text = " OR ".join(f'"{term}"' for term in terms)
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
