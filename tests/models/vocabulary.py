"""A byte-level BPE vocabulary, small and complete: any UTF-8 text can be written with it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from gguf import TokenType

from models.text import ANSWERS, END_OF_TEXT, END_OF_TURN, PADDING, START_OF_ANSWER, THOUGHTS

# llama.cpp's pre-tokenizer `qwen2`, close enough for the texts of these models. (With `gpt-2` a
# double line break would never be one token before text.)
_WORDS = re.compile(
    r"'s|'t|'re|'ve|'m|'ll|'d|(?:[^\r\n\w]|_)?[^\W\d_]+|\d"
    r"| ?[^\s\w]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_SPECIAL_TOKENS = (
    (END_OF_TEXT, TokenType.CONTROL),
    ("<|im_start|>", TokenType.CONTROL),
    (END_OF_TURN, TokenType.CONTROL),
    (START_OF_ANSWER, TokenType.CONTROL),
    (PADDING, TokenType.CONTROL),
    ("<think>", TokenType.USER_DEFINED),
    ("</think>", TokenType.USER_DEFINED),
)
_MULTIPLE = 32
"""The vocabulary is filled up to a multiple of this, as the quantized formats need it."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tokens in the order of their ids."""

    tokens: tuple[str, ...]
    types: tuple[TokenType, ...]
    merges: tuple[Pair, ...]

    def id_of(self, token: str) -> int:
        """The id of a token as the file spells it."""
        return self.tokens.index(token)

    def special_ids(self) -> list[int]:
        """Ids of the tokens that are no plain text."""
        return [i for i, kind in enumerate(self.types) if kind != TokenType.NORMAL]

    def encode(self, text: str) -> list[int]:
        """Token ids as llama.cpp would give them for `text` without special tokens."""
        ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        ids = {token: number for number, token in enumerate(self.tokens)}
        return [ids[token] for word in _WORDS.findall(text) for token in _split(word, ranks)]


def build_vocabulary(answers: tuple[str, ...] = ANSWERS) -> Vocabulary:
    """Bytes, then the merges that make every word of the texts one token, then special tokens."""
    merges = _learn_merges((*answers, *THOUGHTS, *["\n\n"] * 9))
    tokens = list(dict.fromkeys([*_BYTE_LETTERS, *(left + right for left, right in merges)]))
    types = [TokenType.NORMAL] * len(tokens)
    for text, kind in _SPECIAL_TOKENS:
        tokens.append(text)
        types.append(kind)
    while len(tokens) % _MULTIPLE:
        tokens.append(f"<|unused_{len(tokens)}|>")  # llama.cpp aborts when two are alike
        types.append(TokenType.UNUSED)
    return Vocabulary(tuple(tokens), tuple(types), tuple(merges))


def spell(text: str) -> str:
    """Text as a vocabulary file spells it: each byte is one printable letter."""
    return "".join(_BYTE_LETTERS[byte] for byte in text.encode())


def _list_byte_letters() -> list[str]:
    """GPT-2's alphabet: printable bytes stand for themselves, the others for U+0100 and up."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


_BYTE_LETTERS = _list_byte_letters()


def _learn_merges(texts: tuple[str, ...]) -> list[Pair]:
    """Merge the most frequent pair until every word is one token."""
    counts: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        for word in _WORDS.findall(text):
            if max(word) <= "\uffff":  # an emoji stays four tokens: a character in pieces
                counts[tuple(spell(word))] += 1
    merges: list[Pair] = []
    while True:
        pairs: Counter[Pair] = Counter()
        for word, count in counts.items():
            for pair in pairwise(word):
                pairs[pair] += count
        if not pairs:
            return merges
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        merged: Counter[tuple[str, ...]] = Counter()
        for word, count in counts.items():
            merged[_merge(word, best)] += count
        counts = merged


def _merge(word: tuple[str, ...], pair: Pair) -> tuple[str, ...]:
    parts: list[str] = []
    for letter in word:
        if parts and (parts[-1], letter) == pair:
            parts[-1] += letter
        else:
            parts.append(letter)
    return tuple(parts)


def _split(word: str, ranks: dict[Pair, int]) -> tuple[str, ...]:
    """Apply the merges to one word, the first learnt first."""
    parts = tuple(spell(word))
    while known := [pair for pair in pairwise(parts) if pair in ranks]:
        parts = _merge(parts, min(known, key=ranks.__getitem__))
    return parts
