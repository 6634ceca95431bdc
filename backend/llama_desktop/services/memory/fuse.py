"""Puts what was found into its order. Pure.

BM25 over a message with the words around it, which count less: a short answer is found by the
words of its question, and a question by what answers it. The counts of all of them are added up
before they saturate (BM25F).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz import fuzz, process

PARENT: Final = 0.5
GRANDPARENT: Final = 0.3
REPLY: Final = 0.3
SECOND_REPLY: Final = 0.2
DAY: Final = 0.5
_SATURATION: Final = 1.2
_LENGTH: Final = 0.3
"""How much a long message must have more of the words: less than for whole documents."""
_SAME: Final = 90.0
"""From this likeness on, two messages say the same."""
_COMPARED: Final = 2_000
_OPENING: Final = 64
_IN_COMMON: Final = 0.4
"""Of so many first words, the share that two texts have in common that are as like as that; to
compare all texts letter by letter takes longer than all the rest of a search."""
_FEW: Final = 8
"""Of so few words nothing is said: not every script parts them."""
_MEANING: Final = 0.3
"""How much meaning counts beside words, each measured by the best of the candidates."""


class Group(Struct, frozen=True):
    """What stands for one word of the question: its terms, or those it was mistyped for."""

    plain: str
    terms: frozenset[str]
    weight: float
    """Its inverse document frequency: rare words say more."""


class Neighbour(Struct, frozen=True):
    """A message around a candidate, and how much it counts."""

    key: int
    share: float
    is_above: bool = False


class Candidate(Struct, frozen=True):
    """A message that may be what is looked for."""

    key: int
    day: str
    around: tuple[Neighbour, ...]


class Ranked(Struct, frozen=True):
    """A candidate with its place in the order."""

    key: int
    score: float
    covered: float
    """The share of the question's weight that it or what is above it has words for: 0 to 1."""
    own: float
    """The share that its own words have."""
    likeness: float = 0.0
    """How close in meaning it is to the question: 0, also where that is not known, to 1."""


def weigh(uses: int, total: int) -> float:
    """The weight of a word that stands in so many of all messages."""
    seen = min(max(uses, 1), total)
    return math.log(1 + (total - seen + 0.5) / (seen + 0.5))


def rank(
    candidates: Sequence[Candidate],
    texts: Mapping[int, str],
    groups: Sequence[Group],
    *,
    missing_weight: float = 0.0,
) -> list[Ranked]:
    """The candidates, best first.

    `texts`: the terms of every message named, by key. `missing_weight`: of the question's words
    that stand nowhere at all; they count as not covered.
    """
    asked = [[f" {term} " for term in group.terms] for group in groups]
    counts = {key: _count(text, asked) for key, text in texts.items()}
    lengths = {key: text.count(" ") + 1 for key, text in texts.items()}
    sizes = [
        lengths[one.key] + sum(near.share * lengths[near.key] for near in one.around)
        for one in candidates
    ]
    usual = sum(sizes) / len(sizes) if sizes else 1.0
    total = sum(group.weight for group in groups) + missing_weight
    ranked = [
        _score(one, counts, _count(one.day, asked), groups, size=size / usual, total=total)
        for one, size in zip(candidates, sizes, strict=True)
    ]
    # Of equals the newer one: keys count up.
    ranked.sort(key=lambda found: (found.score, found.key), reverse=True)
    return ranked


def blend(ranked: Sequence[Ranked], likeness: Mapping[int, float]) -> list[Ranked]:
    """The candidates by words and by meaning, best first; who is not in `likeness` has 0."""
    best = max((one.score for one in ranked), default=0.0)
    closest = max(likeness.values(), default=0.0)
    if best <= 0 or closest <= 0:
        return list(ranked)
    blended = [
        replace(
            one,
            score=one.score / best + _MEANING * likeness.get(one.key, 0.0) / closest,
            likeness=likeness.get(one.key, 0.0),
        )
        for one in ranked
    ]
    blended.sort(key=lambda found: (found.score, found.key), reverse=True)
    return blended


def drop_repeats(keys: Iterable[int], contents: Mapping[int, str], *, limit: int) -> list[int]:
    """The first of these messages, each thing that was said several times only once: its newest.

    The newest takes the place of the best one.
    """
    kept: list[int] = []
    texts: list[str] = []
    openings: list[frozenset[str]] = []
    for key in keys:
        text = contents[key][:_COMPARED]
        opening = frozenset(text.split(None, _OPENING)[:_OPENING])
        alike = {
            place: texts[place]
            for place, other in enumerate(openings)
            if len(opening & other) >= _IN_COMMON * min(len(opening), len(other))
            or len(opening) < _FEW
        }
        same = process.extractOne(text, alike, scorer=fuzz.ratio, score_cutoff=_SAME)
        if same is not None:
            _, _, place = same
            if key > kept[place]:
                kept[place], texts[place], openings[place] = key, text, opening
        elif len(kept) == limit:
            break
        else:
            kept.append(key)
            texts.append(text)
            openings.append(opening)
    return kept


def _score(
    one: Candidate,
    counts: Mapping[int, Sequence[int]],
    day: Sequence[int],
    groups: Sequence[Group],
    *,
    size: float,
    total: float,
) -> Ranked:
    own = counts[one.key]
    norm = _SATURATION * (1 - _LENGTH + _LENGTH * size)
    score = covered = own_share = 0.0
    for number, group in enumerate(groups):
        above = any(counts[near.key][number] for near in one.around if near.is_above)
        frequency = own[number] + DAY * day[number]
        frequency += sum(near.share * counts[near.key][number] for near in one.around)
        score += group.weight * frequency * (_SATURATION + 1) / (frequency + norm)
        if own[number] or day[number]:
            own_share += group.weight
        if own[number] or day[number] or above:
            covered += group.weight
    if total <= 0:
        return Ranked(one.key, score, 0.0, 0.0)
    return Ranked(one.key, score, covered / total, own_share / total)


def _count(text: str, asked: Sequence[Sequence[str]]) -> list[int]:
    """How often each group stands in a text; of the same word twice in a row, one."""
    padded = f" {text} "
    return [
        padded.count(terms[0]) if len(terms) == 1 else sum(padded.count(term) for term in terms)
        for terms in asked
    ]
