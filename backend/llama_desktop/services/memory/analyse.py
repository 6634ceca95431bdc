"""Takes texts apart into the terms that are searched: messages and queries alike. Pure.

    NFKC, casefold -> words -> identifiers into their parts -> stop words out -> stem by script;
    scripts without spaces -> pairs of neighbouring characters; an emoji is a term of its own

A term has no ASCII characters but letters and digits, so the index need only split at spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, groupby, pairwise
from threading import local
from typing import Final

from msgspec import Struct

from llama_desktop.services.memory.irregular import BASE_FORMS
from llama_desktop.services.memory.script import Script, script_of
from llama_desktop.services.memory.stop_words import STOP_WORDS

ANALYSER_VERSION: Final = 1
"""Counts up with every change of what terms come out; the index is then built anew."""

_MAX_LENGTH: Final = 40
"""What is longer is a digest or a picture in letters, and nobody types it whole."""
_SHORT: Final = 4
_STEMMERS: Final = {
    Script.LATIN: "english",
    Script.CYRILLIC: "russian",
    Script.GREEK: "greek",
    Script.ARMENIAN: "armenian",
    Script.ARABIC: "arabic",
    Script.DEVANAGARI: "hindi",
    Script.TAMIL: "tamil",
}

# `\w` leaves out the marks that vowels are written with in Indic scripts, Thai, Hebrew and Arabic.
_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0900-\u0963"
    "\u0966-\u0df3\u0e31-\u0e4e\u0eb1-\u0ece\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064"
    "\u1067-\u106d\u1071-\u1074\u1082-\u108d\u17b4-\u17d3\u17dd"
)
_EMOJI: Final = (
    "\U0001f1e6-\U0001f1ff\U0001f300-\U0001f3fa\U0001f400-\U0001faff\u2600-\u27bf\u2b50\u2b55"
)
# Possessive: nothing that was taken is given back, which costs a third less of the whole analysis.
_RUN: Final = rf"(?:[^\W_]++|[{_MARKS}]++)++"
_TOKEN: Final = re.compile(rf"{_RUN}(?:_++{_RUN})*+|[{_EMOJI}]")
_AROUND_TOKENS: Final = re.compile(f"({_TOKEN.pattern})")
# The apostrophe first: looking back at every place costs five times as much.
_ENGLISH_ENDINGS: Final = re.compile(
    r"['\u2019\u02bc](?<=\w.)(?:s|t|m|d|ll|re|ve)\b", re.IGNORECASE
)
_POINTS: Final = re.compile("[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_PARTS: Final = re.compile(
    r"[^\W\d_]*?[a-z\u00df-\u00f6\u00f8-\u00ff](?=[A-Z])|[A-Z]+(?=[A-Z][a-z])"
    r"|[^\W\d_]{2,}(?=\d{2})|\d{2,}(?=[^\W\d_]{2})|[^\W_]+"
)


Entry = tuple[str, tuple[str, ...]]
"""A word as it is written, plainly, and its terms."""


class Word(Struct, frozen=True):
    """One word of a text: how it is written, plainly, and the terms it is found by."""

    plain: str
    terms: tuple[str, ...]
    start: int
    """Where it stands in the text that was given."""
    end: int


def find_words(text: str) -> Iterator[Word]:
    """The words that count, in their order, with their places.

    Works on the text as it is: a place in the normalised text would not be one in this.
    """
    endings = _find_endings(text)
    for match in _TOKEN.finditer(text):
        if match.start() - 1 in endings:
            continue
        token = match.group()
        for plain, terms in _analyse_token(token):
            yield Word(plain, terms, match.start(), match.end())


def find_words_with(terms: frozenset[str], text: str) -> list[Word]:
    """Those of `find_words` that have one of these terms, at a fraction of the cost."""
    pieces = _AROUND_TOKENS.split(text)  # what lies between is at the even places
    beginnings = {term[:2] for term in terms}
    wanted = {
        token
        for token in {*pieces[1::2]}
        if (token[:2].lower() in beginnings or not _keeps_beginning(token))
        and not terms.isdisjoint(_terms_of_token(token))
    }
    if not wanted:
        return []
    endings = _find_endings(text)
    ends = list(accumulate(map(len, pieces)))
    return [
        Word(plain, own, ends[place - 1], ends[place])
        for place in range(1, len(pieces), 2)
        if pieces[place] in wanted and ends[place - 1] - 1 not in endings
        for plain, own in _analyse_token(pieces[place])
        if not terms.isdisjoint(own)
    ]


def _keeps_beginning(token: str) -> bool:
    """Whether its only term, if it has one, surely begins with its own first two letters: it needs
    no analysis to tell that it has none of other letters.
    """
    if not (token.isascii() and token.isalpha() and (token.islower() or token.istitle())):
        return False
    # Of some the stemmer leaves a single letter ("eings"), and "dying" becomes "die".
    is_odd = len(token) <= _SHORT or token[1] == "y" or token[1:3] in ("in", "ed")
    return not is_odd and token.lower() not in BASE_FORMS


@lru_cache(maxsize=1 << 15)
def _terms_of_token(token: str) -> frozenset[str]:
    return frozenset(term for _, terms in _analyse_token(token) for term in terms)


def take_apart(text: str) -> tuple[list[str], frozenset[str]]:
    """The terms of a text, in order, and its words as they are written, plainly.

    As by `find_words`, at half the cost: whole libraries of chats are read by it, and nobody
    asks for the places.
    """
    terms: list[str] = []
    words: set[str] = set()
    for token in _find_tokens(text):
        for plain, found in _analyse_token(token):
            terms += found
            words.add(plain)
    return terms, frozenset(words)


def analyse(text: str) -> list[str]:
    """The terms of a text, in order."""
    return take_apart(text)[0]


def _find_tokens(text: str) -> list[str]:
    endings = _find_endings(text)
    if not endings:
        return _TOKEN.findall(text)
    return [match.group() for match in _TOKEN.finditer(text) if match.start() - 1 not in endings]


def _find_endings(text: str) -> set[int]:
    """Where the apostrophes stand that part an English ending from its word."""
    return {match.start() for match in _ENGLISH_ENDINGS.finditer(text)}


@lru_cache(maxsize=1 << 15)
def _analyse_token(token: str) -> tuple[Entry, ...]:
    """What one run of letters, digits and underscores is searched by."""
    if not any(character.isalnum() for character in token):
        return ((token, (token,)),)  # an emoji; a mark alone means nothing, and does no harm
    pieces = [piece for piece in token.split("_") if piece]
    parts = [part for piece in pieces for part in _split_identifier(piece)]
    found = [entry for part in parts for entry in _analyse_part(part)]
    if len(parts) > 1 and len(token) <= _MAX_LENGTH:
        # getUserName, get_user_name and GETUSERNAME find each other.
        found += _analyse_part("".join(pieces))
    return tuple(found)


def _split_identifier(piece: str) -> list[str]:
    if script_of(piece[0]) is not Script.LATIN or piece.islower():
        return [piece]
    return _PARTS.findall(piece) or [piece]


def _analyse_part(part: str) -> Iterator[Entry]:
    plain = _POINTS.sub("", unicodedata.normalize("NFKC", part).casefold())[:_MAX_LENGTH]
    for script, run in groupby(plain, _script_in_word):
        word = "".join(run)
        if script is Script.UNSPACED:
            yield word, _pairs(word)
        elif word not in STOP_WORDS and (term := _stem(word)) not in STOP_WORDS:
            yield fold(word), (term,)


def _script_in_word(character: str) -> Script | None:
    """Only what is taken apart differently must be told apart within a word."""
    return Script.UNSPACED if script_of(character) is Script.UNSPACED else None


def _pairs(run: str) -> tuple[str, ...]:
    if len(run) < 2:
        return (run,)
    return tuple(first + second for first, second in pairwise(run))


def fold(word: str) -> str:
    """Without accents, where people leave them out when they type."""
    if word.isascii():
        return word
    if script_of(word[0]) in (Script.LATIN, Script.GREEK):
        bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", word))
        return unicodedata.normalize("NFKC", bare)
    return word.replace("ё", "е")


_stemmers = local()  # a stemmer keeps its word in itself


@lru_cache(maxsize=1 << 15)
def _stem(word: str) -> str:
    folded = BASE_FORMS.get(word) or fold(word)
    if (language := _STEMMERS.get(script_of(folded[0]))) is None:
        return folded
    stemmer = getattr(_stemmers, language, None)
    if stemmer is None:
        import snowballstemmer  # with all its languages: too slow for the start

        stemmer = snowballstemmer.stemmer(language)
        setattr(_stemmers, language, stemmer)
    return str(stemmer.stemWord(folded)) or folded
