"""Cuts the part out of a message that fits a question best, and marks the words. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from msgspec import Struct

from llama_desktop.services.memory.analyse import Word, find_words_with
from llama_desktop.services.memory.fuse import Group

_SIGNS: Final = re.compile(
    # Nearly no place begins with any of these; the rest is only tried where one does.
    r"(?=[\s`|:#>*~_-])(?:"
    r"^\s*```\S*|^\s*\|?(?:\s*:?-{3,}:?\s*\|?)+\s*$|^\s*(?:#{1,6}|>+)\s|\*\*|~~|(?<!\w)__|__(?!\w)|[|`])",
    re.MULTILINE,
)
"""What Markdown writes around words: fences, rules of tables, headings, quotes, emphasis."""
_LEAD: Final = 3
"""At most this share of the length, one third, stands before the first word that fits."""


class Snippet(Struct, frozen=True):
    """A part of a message on one line."""

    text: str
    matches: tuple[tuple[int, int], ...]
    """In UTF-16 units, as a page counts them."""


def cut_snippet(content: str, groups: Sequence[Group], length: int) -> Snippet:
    """The stretch of about this length that has the heaviest words."""
    text = " ".join(content.split())
    weights = {term: group.weight for group in groups for term in group.terms}
    words = find_words_with(frozenset(weights), text)
    start, end = _best_span(words, weights, length)
    lead = min(length // _LEAD, length - (end - start))
    first = max(0, start - lead) if len(text) > length else 0
    first = min(first, max(0, len(text) - length))
    first = _to_word(text, first)
    last = min(len(text), first + length)
    before, after = "…" if first else "", "…" if last < len(text) else ""
    shown = text[first:last]
    snippet = f"{before}{shown}{after}"
    spans = [
        (word.start - first + len(before), word.end - first + len(before))
        for word in words
        if word.start >= first and word.end <= last
    ]
    return Snippet(snippet, tuple(_in_utf16(snippet, _joined(spans))))


def without_signs(text: str) -> str:
    """A text as it is read: what was written for its looks is left out."""
    return _SIGNS.sub(" ", text)


def _best_span(words: Sequence[Word], weights: dict[str, float], length: int) -> tuple[int, int]:
    """The stretch of at most this length with the most weight in different terms.

    Of equals the shortest: there the words stand together.
    """
    best, span = -1.0, (0, 0)
    for number, word in enumerate(words):
        terms: set[str] = set()
        end = word.end
        for other in words[number:]:
            if other.end - word.start > length:
                break
            if not terms.issuperset(other.terms):
                end = other.end
            terms.update(other.terms)
        weight = sum(weights.get(term, 0.0) for term in terms)
        if (weight, word.start - end) > (best, span[0] - span[1]):
            best, span = weight, (word.start, end)
    return span


def _to_word(text: str, place: int) -> int:
    """Not in the middle of a word, if a space is near."""
    if place == 0:
        return 0
    space = text.find(" ", place, place + 20)
    return place if space < 0 else space + 1


def _joined(spans: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each stretch once, those that touch as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _in_utf16(text: str, spans: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    if text.isascii():
        return list(spans)

    def units(end: int) -> int:
        return len(text[:end].encode("utf-16-le", "surrogatepass")) // 2

    return [(units(start), units(end)) for start, end in spans]
