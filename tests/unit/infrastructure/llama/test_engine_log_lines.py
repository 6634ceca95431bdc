"""Lines of the engine's output, however they come."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from llama_desktop.infrastructure.llama.engine_log import LineSplitter


def split(*pieces: bytes) -> list[str]:
    splitter = LineSplitter()
    return [line for piece in (*pieces, b"") for line in splitter.feed(piece)]


def test_lines_are_whole_however_they_come() -> None:
    assert split(b"one\ntw", b"o\r\n", b"th", b"ree") == ["one", "two", "three"]


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert split(b"a\xff\xfeb\n") == ["a\ufffd\ufffdb"]


def test_a_character_cut_in_two_pieces_is_whole() -> None:
    assert split(b"caf\xc3", b"\xa9\n") == ["café"]


def test_colours_are_left_out() -> None:
    assert split(b"\x1b[31mred\x1b[0m\n") == ["red"]


def test_a_line_without_end_does_not_grow_without_end() -> None:
    splitter = LineSplitter()
    lines = [line for _ in range(100) for line in splitter.feed(b"x" * 1000)]
    assert lines
    assert max(map(len, lines)) <= 16384


@settings(deadline=None)
@given(
    st.text(alphabet="ab\né", max_size=60).map(str.encode),
    st.lists(st.integers(0, 100), max_size=10),
)
def test_any_cut_gives_the_same_lines(output: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(cut % (len(output) + 1) for cut in cuts), len(output)]
    pieces = [output[start:end] for start, end in itertools.pairwise(places) if start < end]
    assert split(*pieces) == split(output) if output else split(*pieces) == []
