"""Vocabularies met before are known again, and never taken for others."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.infrastructure.gguf.cursor import Cursor
from llama_desktop.infrastructure.gguf.header import Header, read_header
from llama_desktop.infrastructure.gguf.known_texts import KEPT_BYTES, KnownTexts
from llama_desktop.infrastructure.gguf.problem import GgufProblem
from models.headers import write_header

_TOKENS = [f"token {number}" for number in range(2000)]


def _write(tokens: list[str], name: str = "A") -> bytes:
    keys = {"tokenizer.ggml.tokens": tokens, "general.name": name}
    return write_header(keys, [("blk.0.attn_q.weight", (256, 256), 12)])


def _read(content: bytes, known: KnownTexts | None = None) -> Header | str:
    try:
        return read_header(Cursor(len(content), lambda _: b"", content, known), content[:64])
    except GgufProblem as problem:
        return problem.reason


def test_a_vocabulary_that_was_met_is_not_walked_again() -> None:
    known = KnownTexts()
    _read(_write(_TOKENS), known)
    asked: list[bytes] = []

    def look(content: bytes) -> bool:
        asked.append(content)
        return True

    texts = b"".join(struct.pack("<Q", len(text)) + text.encode() for text in _TOKENS[8:])
    assert known.find(len(_TOKENS) - 8, look) == len(texts)
    assert asked == [texts]


def test_a_model_of_the_same_family_reads_the_same() -> None:
    known = KnownTexts()
    _read(_write(_TOKENS), known)

    other = _write(_TOKENS, "B")

    assert _read(other, known) == _read(other)


def test_a_vocabulary_with_another_last_token_is_walked() -> None:
    known = KnownTexts()
    _read(_write(_TOKENS), known)

    longer = _write([*_TOKENS[:-1], "a token with a longer text"])

    assert _read(longer, known) == _read(longer)


@given(place=st.integers(0, 20 * len(_TOKENS)), byte=st.integers(0, 255), cut=st.integers(0, 999))
def test_damage_to_a_vocabulary_is_found_as_without_knowing_it(
    place: int, byte: int, cut: int
) -> None:
    known = KnownTexts()
    sound = _write(_TOKENS)
    _read(sound, known)
    damaged = bytearray(sound)
    damaged[place % len(damaged)] = byte

    content = bytes(damaged[: len(damaged) - cut])

    assert _read(content, known) == _read(content)


def test_what_is_kept_is_bounded() -> None:
    known = KnownTexts()
    million = bytes(1024 * 1024)
    for count in range(40):
        known.keep(count, million)

    kept = [count for count in range(40) if known.find(count, lambda _: True) is not None]

    assert kept == list(range(40 - KEPT_BYTES // len(million), 40))
