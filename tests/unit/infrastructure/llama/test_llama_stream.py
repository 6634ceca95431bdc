"""The events of a streamed answer, from what real servers have sent."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llama_desktop.domain.chat import PromptProgress
from llama_desktop.domain.errors import ContextOverflow, EngineRequestFailed, StreamCut
from llama_desktop.infrastructure.llama.stream import (
    AnswerEnded,
    ChatStreamDecoder,
    ChatStreamEvent,
    ContentPiece,
    PromptProgressed,
    ReasoningPiece,
)

SAMPLES = Path(__file__).parents[3] / "samples"
WHOLE = [
    path
    for path in sorted(SAMPLES.glob("stream-*.sse"))
    if path.stat().st_size < 70_000 and path.stem != "stream-error-midway"
]


def decode(stream: bytes) -> list[ChatStreamEvent]:
    decoder = ChatStreamDecoder()
    return [*decoder.feed(stream), *decoder.finish()]


def recorded(name: str) -> list[ChatStreamEvent]:
    return decode((SAMPLES / f"stream-{name}.sse").read_bytes())


def content(events: list[ChatStreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, ContentPiece))


def reasoning(events: list[ChatStreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, ReasoningPiece))


def chunk(**fields: object) -> bytes:
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def piece(text: str | None, **choice: object) -> bytes:
    return chunk(choices=[{"index": 0, "delta": {"content": text}, **choice}])


FINISHED = chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
DONE = b"data: [DONE]\n\n"


@settings(deadline=None)
@given(path=st.sampled_from(WHOLE), cuts=st.lists(st.integers(0, 70_000), max_size=40))
def test_a_recorded_answer_gives_the_same_events_however_it_is_cut(
    path: Path, cuts: list[int]
) -> None:
    stream = path.read_bytes()
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    decoder = ChatStreamDecoder()
    events = [
        event
        for start, end in itertools.pairwise(places)
        for event in decoder.feed(stream[start:end])
    ]
    assert [*events, *decoder.finish()] == decode(stream)


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_every_recorded_answer_ends_once_and_last(path: Path) -> None:
    events = decode(path.read_bytes())
    assert [event for event in events if isinstance(event, AnswerEnded)] == events[-1:]


def test_a_plain_answer_is_its_pieces_and_its_figures() -> None:
    events = recorded("basic")
    assert content(events).startswith("Hello there! This answer")
    assert events[-1] == AnswerEnded(
        finish_reason="length",
        prompt_tokens=9,
        cached_tokens=0,
        generated_tokens=48,
        prompt_tokens_per_second=pytest.approx(2600.4, abs=0.1),
        tokens_per_second=pytest.approx(2494.0, abs=0.1),
    )


def test_without_a_usage_event_the_timings_tell_the_tokens() -> None:
    *progress, end = (
        event for event in recorded("progress-cached") if not isinstance(event, ContentPiece)
    )
    assert progress[0] == PromptProgressed(
        PromptProgress(total_tokens=3009, cached_tokens=3008, processed_tokens=3008, seconds=0.0)
    )
    assert isinstance(end, AnswerEnded)
    assert (end.prompt_tokens, end.cached_tokens, end.generated_tokens) == (3009, 3008, 3)


def test_thinking_and_answer_are_told_apart() -> None:
    events = recorded("reasoning")
    assert reasoning(events).startswith("Okay... someone asks")
    assert "Hello!" in content(events)


def test_silence_kept_alive_by_comments_is_no_event() -> None:
    assert [type(event) for event in recorded("ping-comments")] == [
        ContentPiece,
        ContentPiece,
        AnswerEnded,
    ]


def test_byte_salad_becomes_valid_text() -> None:
    text = content(recorded("random-utf8"))
    assert len(text) > 100
    assert text.encode().decode() == text


def test_of_several_answers_the_first_one_counts() -> None:
    events = recorded("n2")
    assert len([event for event in events if isinstance(event, ContentPiece)]) < 7


def test_an_error_in_the_middle_is_raised_after_what_was_generated() -> None:
    decoder = ChatStreamDecoder()
    events = decoder.feed((SAMPLES / "stream-error-midway.sse").read_bytes())
    assert content(events).startswith("Sure")
    with pytest.raises(EngineRequestFailed, match="context shift cannot be used"):
        decoder.finish()


def test_an_error_in_the_middle_is_raised_at_once_when_it_comes_alone() -> None:
    decoder = ChatStreamDecoder()
    decoder.feed(piece("a"))
    with pytest.raises(EngineRequestFailed) as caught:
        decoder.feed(chunk(error={"code": 500, "message": "boom", "type": "server_error"}))
    assert "boom" in caught.value.message
    assert not isinstance(caught.value, StreamCut)


def test_a_context_that_overflows_in_the_middle_is_told_apart() -> None:
    with pytest.raises(ContextOverflow):
        decode(chunk(error={"message": "too long", "type": "exceed_context_size_error"}))


def test_an_answer_without_its_end_is_cut() -> None:
    decoder = ChatStreamDecoder()
    assert decoder.feed(piece("Hel") + piece("lo")) == [ContentPiece("Hel"), ContentPiece("lo")]
    with pytest.raises(StreamCut):
        decoder.finish()


def test_an_empty_answer_is_cut() -> None:
    with pytest.raises(StreamCut):
        decode(b"")


def test_a_finished_answer_without_done_is_whole() -> None:
    assert decode(piece("a") + FINISHED) == [ContentPiece("a"), AnswerEnded("stop")]


def test_done_without_a_reason_says_that_none_was_told() -> None:
    assert decode(piece("a") + DONE) == [ContentPiece("a"), AnswerEnded("unknown")]


def test_nothing_after_done_is_read() -> None:
    assert decode(FINISHED + DONE + piece("late") + chunk(error="late")) == [AnswerEnded("stop")]


def test_null_and_empty_content_are_no_pieces() -> None:
    assert decode(piece(None) + piece("") + chunk(choices=[]) + FINISHED) == [AnswerEnded("stop")]


def test_figures_that_are_null_are_not_told() -> None:
    timings = {"prompt_n": 3, "prompt_per_second": None, "predicted_per_second": None}
    end = decode(FINISHED + chunk(choices=[], timings=timings) + DONE)[-1]
    assert end == AnswerEnded("stop", prompt_tokens=3)


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    assert content(decode(piece("a\ud83db") + FINISHED)) == "a\ufffdb"
    assert content(decode(piece("a\ude00b") + FINISHED)) == "a\ufffdb"


def test_a_surrogate_pair_cut_in_two_chunks_is_one_character() -> None:
    events = decode(piece("a\ud83d") + piece("\ude00b") + FINISHED)
    assert content(events) == "a😀b"


def test_half_a_pair_at_the_very_end_is_not_swallowed() -> None:
    assert content(decode(piece("a\ud83d") + FINISHED)) == "a\ufffd"


@settings(deadline=None)
@given(pieces=st.lists(st.text(st.characters(), max_size=5), max_size=8))
def test_any_text_that_json_can_carry_leaves_as_valid_text(pieces: list[str]) -> None:
    stream = b"".join(piece(text) for text in pieces) + FINISHED
    text = content(decode(stream))
    assert text.encode().decode() == text
    assert text == "".join(pieces).encode("utf-16-le", "surrogatepass").decode(
        "utf-16-le", "replace"
    )


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    stream = b'data: {"choices":[{"index":0,"delta":{"content":"a\xffb"}}]}\n\n' + FINISHED
    assert content(decode(stream)) == "a\ufffdb"


@pytest.mark.parametrize(
    "data",
    [
        b"{this is no JSON",
        b"[]",
        b'"text"',
        b'{"choices":7}',
        b'{"choices":[{"delta":7}]}',
        b"[" * 9999,
    ],
)
def test_what_cannot_be_understood_is_an_error_of_the_engine(data: bytes) -> None:
    with pytest.raises(EngineRequestFailed, match="cannot be understood"):
        decode(b"data: " + data + b"\n\n")


def test_each_piece_knows_the_servers_own_count_and_speed() -> None:
    events = [e for e in recorded("timings-per-token") if isinstance(e, ContentPiece)]
    counts = [event.generated_tokens for event in events]
    assert counts == sorted(counts)
    assert counts[0] == 1
    assert events[0].tokens_per_second is None
    assert all(event.tokens_per_second > 0 for event in events[1:])


def test_thinking_in_plain_content_is_told_apart() -> None:
    stream = piece("<thi") + piece("nk>\nHm.") + piece("\n</think>\n\n") + piece("Salt.")
    events = decode(stream + FINISHED + DONE)
    assert (reasoning(events), content(events)) == ("Hm.\n", "Salt.")


def test_an_answer_about_the_tag_keeps_it_after_thinking_that_the_server_told_apart() -> None:
    thought = chunk(choices=[{"index": 0, "delta": {"reasoning_content": "Hm."}}])
    events = decode(thought + piece("<think>") + piece(" opens it.") + FINISHED + DONE)
    assert (reasoning(events), content(events)) == ("Hm.", "<think> opens it.")


def test_what_goes_on_with_an_answer_is_no_beginning() -> None:
    decoder = ChatStreamDecoder(is_continued=True)
    events = [*decoder.feed(piece("<think>") + FINISHED + DONE), *decoder.finish()]
    assert content(events) == "<think>"
