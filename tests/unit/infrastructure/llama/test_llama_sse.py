"""Server-sent events, however the network cuts them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llama_desktop.infrastructure.llama.sse import SseDecoder

SAMPLES = Path(__file__).parents[3] / "samples"
RECORDED = sorted(path for path in SAMPLES.glob("stream-*.sse") if path.stat().st_size < 20_000)
ANYTHING_LIKE_SSE = st.text(alphabet="da:t \r\n\ufeffé🦙[", max_size=80).map(str.encode)


def decode_whole(stream: bytes) -> list[bytes]:
    return SseDecoder().feed(stream)


def decode_in_pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    decoder = SseDecoder()
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    return [
        event
        for start, end in itertools.pairwise(places)
        for event in decoder.feed(stream[start:end])
    ]


@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, 20_000), max_size=60), path=st.sampled_from(RECORDED))
def test_a_recorded_stream_gives_the_same_events_however_it_is_cut(
    cuts: list[int], path: Path
) -> None:
    stream = path.read_bytes()
    assert decode_in_pieces(stream, cuts) == decode_whole(stream)


@settings(deadline=None)
@given(stream=ANYTHING_LIKE_SSE, cuts=st.lists(st.integers(0, 300), max_size=40))
def test_any_bytes_give_the_same_events_however_they_are_cut(
    stream: bytes, cuts: list[int]
) -> None:
    assert decode_in_pieces(stream, cuts) == decode_whole(stream)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_stream_byte_by_byte_gives_every_data_line(path: Path) -> None:
    stream = path.read_bytes()
    expected = [
        line.removeprefix(b"data: ") for line in stream.split(b"\n") if line.startswith(b"data:")
    ]
    assert decode_in_pieces(stream, list(range(len(stream)))) == expected


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_every_line_ending_of_the_standard_ends_a_line(end: bytes) -> None:
    assert decode_whole(end.join([b"data: a", b"data: b", b"", b"data: c", b"", b""])) == [
        b"a\nb",
        b"c",
    ]


def test_a_line_ending_cut_in_two_is_one_line_ending() -> None:
    decoder = SseDecoder()
    assert decoder.feed(b"data: a\r") == []
    assert decoder.feed(b"\n\r") == [b"a"]
    assert decoder.feed(b"\ndata: b\r\n\r\n") == [b"b"]


def test_an_event_of_comments_only_is_none() -> None:
    assert decode_whole(b":\n\n: still there\n\ndata: a\n\n:\n\n") == [b"a"]


def test_other_fields_are_read_past() -> None:
    assert decode_whole(b"event: x\nid: 7\nretry: 3\ndata: a\nunknown\n\nevent: y\n\n") == [b"a"]


def test_a_byte_order_mark_is_no_part_of_the_first_field() -> None:
    decoder = SseDecoder()
    assert decoder.feed(b"\xef") == []
    assert decoder.feed(b"\xbb") == []
    assert decoder.feed(b"\xbfdata: a\n\n") == [b"a"]


def test_only_one_leading_space_belongs_to_the_field() -> None:
    assert decode_whole(b"data:  a\n\ndata:b\n\ndata\n\n") == [b" a", b"b", b""]


def test_an_event_that_the_end_cuts_off_is_lost() -> None:
    assert decode_whole(b"data: a\n\ndata: b\n") == [b"a"]
