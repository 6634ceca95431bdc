"""Thinking in plain text is told apart only where the answer begins with it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.infrastructure.llama.think_splitter import SplitPiece, ThinkSplitter


def _split(pieces: list[str]) -> list[SplitPiece]:
    splitter = ThinkSplitter()
    split = [part for piece in pieces for part in splitter.feed(piece)]
    return split + splitter.finish()


def _told(pieces: list[str]) -> tuple[str, str]:
    """Thinking and answer."""
    split = _split(pieces)
    return (
        "".join(piece.text for piece in split if piece.is_thinking),
        "".join(piece.text for piece in split if not piece.is_thinking),
    )


def _cut(text: str, cuts: list[int]) -> list[str]:
    places = sorted({cut % (len(text) + 1) for cut in cuts} | {0, len(text)})
    return [text[begin:end] for begin, end in pairwise(places)]


@pytest.mark.parametrize(
    ("text", "thinking", "answer"),
    [
        ("<think>\nHm.\n</think>\n\nSalt.", "Hm.\n", "Salt."),
        (" \n<think>Hm.</think>Salt.", "Hm.", "Salt."),
        ("<think>\n\n</think>\n\nSalt.", "", "Salt."),
        ("<think>Hm.", "Hm.", ""),
        ("<think>a < b </thin k></think>c", "a < b </thin k>", "c"),
        ("<think>a</think><think>b</think>", "a", "<think>b</think>"),
        ("The tag <think> opens, </think> closes.", "", "The tag <think> opens, </think> closes."),
        ("`<think>` is a tag.", "", "`<think>` is a tag."),
        ("<thinking>no</thinking>", "", "<thinking>no</thinking>"),
        ("</think>late", "", "</think>late"),
        ("<thi", "", "<thi"),
        ("  plain", "", "  plain"),
        ("", "", ""),
    ],
)
def test_thinking_is_what_the_answer_begins_with(text: str, thinking: str, answer: str) -> None:
    assert _told([text]) == (thinking, answer)


_texts = st.lists(
    st.sampled_from(
        ["<think>", "</think>", "<thi", "nk>", "</", "think>", " ", "\n", "a", "<", ">"]
    ),
    max_size=10,
).map("".join)


@given(_texts, st.lists(st.integers(0, 99), max_size=12))
def test_how_the_text_is_cut_makes_no_difference(text: str, cuts: list[int]) -> None:
    assert _told(_cut(text, cuts)) == _told([text])


@given(_texts, st.lists(st.integers(0, 99), max_size=12))
def test_nothing_is_lost_but_the_tags_and_white_space_around_them(
    text: str, cuts: list[int]
) -> None:
    thinking, answer = _told(_cut(text, cuts))
    if not text.lstrip().startswith("<think>"):
        assert (thinking, answer) == ("", text)
    else:
        kept = text.lstrip().removeprefix("<think>").replace("</think>", "", 1)
        assert "".join((thinking + answer).split()) == "".join(kept.split())


def test_an_answer_that_has_begun_comes_out_piece_by_piece() -> None:
    splitter = ThinkSplitter()
    splitter.feed("The")
    assert splitter.feed(" <think>") == [SplitPiece(" <think>", is_thinking=False)]


def test_thinking_comes_out_as_it_is_thought() -> None:
    splitter = ThinkSplitter()
    assert splitter.feed("<think>Let me") == [SplitPiece("Let me", is_thinking=True)]
    assert splitter.feed(" see</") == [SplitPiece(" see", is_thinking=True)]
    assert splitter.feed("b>") == [SplitPiece("</b>", is_thinking=True)]
