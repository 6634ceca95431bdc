"""What a GGUF header says, and how a damaged one is refused."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.domain.model_facts import ModelFacts
from llama_desktop.infrastructure.gguf.facts import read_facts
from llama_desktop.infrastructure.gguf.file import read_file
from llama_desktop.infrastructure.gguf.header import Array, Header, parse_header
from llama_desktop.infrastructure.gguf.problem import GgufProblem, HeaderIncomplete
from models.headers import write_header

_SOUND = write_header(
    {
        "general.architecture": "llama",
        "llama.block_count": 2,
        "llama.attention.head_count": [4, 4],
        "tokenizer.ggml.tokens": ["a", "b", "c", "d"] * 5,
    },
    [("blk.0.attn_q.weight", (256, 256), 12), ("token_embd.weight", (256, 20), 1)],
)
_ENOUGH = 10**9


def _try(read: Callable[[], Header]) -> str | ModelFacts:
    """The facts, or the reason why there are none; anything else is a defect."""
    try:
        return read_facts(read())
    except GgufProblem as problem:
        return problem.reason


def _read_from(path: Path) -> Header:
    return read_file(path)[0]


@pytest.mark.parametrize("version", [2, 3])
def test_both_versions_in_use_are_read(version: int) -> None:
    header = parse_header(write_header({"general.name": "A"}, version=version), _ENOUGH)

    assert header.keys == {"general.name": "A"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (b'\x50\0\0\0\0\0\0\0{"__metadata__"', "a safetensors file"),
        (b"PK\x03\x04" + bytes(60), "a ZIP archive"),
        (bytes(64), "begins with zeros"),
        (b"GGUF" + struct.pack("<I", 1) + bytes(60), "version 1 of GGUF"),
        (b"GGUF" + struct.pack(">I", 3) + bytes(60), "big-endian"),
        (b"GGUF" + struct.pack("<I", 99) + bytes(60), "version 99"),
        (b"lmgg" + bytes(60), "before GGUF"),
        (b"hello" + bytes(60), "does not begin with"),
    ],
)
def test_what_is_no_gguf_is_named_for_what_it_is(content: bytes, words: str) -> None:
    with pytest.raises(GgufProblem, match=words):
        parse_header(content)


def test_a_header_that_goes_on_says_how_much_is_needed() -> None:
    with pytest.raises(HeaderIncomplete) as caught:
        parse_header(_SOUND[:40], _ENOUGH)

    assert caught.value.needed > 40


def test_a_header_is_read_from_as_much_as_it_needs() -> None:
    assert parse_header(_SOUND, _ENOUGH) == parse_header(_SOUND + bytes(5000), _ENOUGH)


def test_of_a_long_list_of_texts_the_length_is_known() -> None:
    tokens = parse_header(_SOUND, _ENOUGH).keys["tokenizer.ggml.tokens"]

    assert isinstance(tokens, Array)
    assert tokens.length == 20


@given(st.data())
def test_any_damage_ends_in_a_reason_or_in_facts(data: st.DataObject) -> None:
    content = bytearray(_SOUND)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(4, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    size = data.draw(st.sampled_from([cut, _ENOUGH]))

    assert _try(lambda: parse_header(bytes(content[:cut]), size))


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_magic_end_in_a_reason_or_in_facts(content: bytes) -> None:
    assert _try(lambda: parse_header(b"GGUF\x03\0\0\0" + content, _ENOUGH))


def test_every_damaged_file_ends_in_little_memory(broken_models: Path) -> None:
    tracemalloc.start()
    results = [_try(partial(_read_from, path)) for path in broken_models.iterdir()]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert all(results)
    assert peak < 50 * 1024 * 1024


def test_a_file_of_endless_texts_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "endless.gguf"
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1) + b"a"
    path.write_bytes(head + struct.pack("<IIQ", 9, 8, 2**33))
    with path.open("r+b") as file:
        file.truncate(2**37)  # a hole: empty texts as far as one may read

    with pytest.raises(GgufProblem, match="more texts"):
        read_file(path)


def test_a_file_cut_off_in_its_data_says_what_it_has(tiny_model: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(tiny_model.read_bytes()[:1_500_000])

    _, problem = read_file(cut)

    assert problem == "has 1.5 of 3.0 MB: was the download cut off? Download it again"


def test_a_whole_file_has_no_problem(tiny_model: Path) -> None:
    assert read_file(tiny_model)[1] is None
