"""What was asked for: words, phrases in quotes, and `-words` that must not be there. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from llama_desktop.services.memory.analyse import Word, find_words

_PIECE: Final = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<text>[^\s"]+))')
_QUOTES: Final = str.maketrans("“”„«»", '"""""')


class Query(Struct, frozen=True):
    """A question to the search."""

    words: tuple[Word, ...]
    """All that count, those of the phrases included; each term once."""
    phrases: tuple[tuple[str, ...], ...] = ()
    """Terms that must stand one after the other."""
    excluded: tuple[tuple[str, ...], ...] = ()
    """Likewise, and must not be there."""
    unfinished: str | None = None
    """The plain last word, where it may be still being typed."""


def read_prompt(text: str) -> Query:
    """A question in plain words, as a prompt is: nothing in it has a meaning of its own."""
    return Query(_distinct(find_words(text)))


def read_query(text: str) -> Query:
    """What a person types into a search box."""
    straight = text.translate(_QUOTES)
    words: list[Word] = []
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    is_last_open = False
    for match in _PIECE.finditer(straight):
        phrase = match["phrase"]
        found = list(find_words(phrase if phrase is not None else match["text"]))
        terms = tuple(term for word in found for term in word.terms)
        is_last_open = False
        if not terms:
            continue
        if match["minus"]:
            excluded.append(terms)
            continue
        words += found
        if phrase is not None:
            phrases.append(terms)
        else:
            is_last_open = match.end() == len(straight)
    return Query(
        _distinct(words),
        tuple(phrases),
        tuple(excluded),
        words[-1].plain if words and is_last_open else None,
    )


def _distinct(words: Iterable[Word]) -> tuple[Word, ...]:
    seen: set[tuple[str, ...]] = set()
    kept: list[Word] = []
    for word in words:
        if word.terms not in seen:
            seen.add(word.terms)
            kept.append(word)
    return tuple(kept)
