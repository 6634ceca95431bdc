"""Titles from first messages, and those that people give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.domain.errors import BadRequest
from llama_desktop.services.conversation_title import derive_title, read_title, require_title


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("Hello", "Hello"),
        ("  What\n\nis\tthis?  ", "What is this?"),
        ("# Heading\ntext", "Heading text"),
        ("> - `code` here", "code here"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("###", "###"),
        ("a\x00b\u202ec", "a b c"),
        (
            "Please explain to me in detail how the tides of the sea come about, and why",
            "Please explain to me in detail how the tides of…",
        ),
        ("Explain tides to me, " * 3, "Explain tides to me, Explain tides to me…"),
        ("x" * 100, "x" * 48 + "…"),
        ("日本語" * 30, ("日本語" * 30)[:48] + "…"),
    ],
)  # fmt: skip
def test_a_title_is_a_clean_short_line(message: str, title: str) -> None:
    assert derive_title(message) == title


def test_a_title_of_a_message_of_megabytes_is_quick() -> None:
    assert derive_title("word " * 1_000_000).startswith("word word")


def test_a_given_title_is_made_one_line() -> None:
    assert require_title("  My\nchat ") == "My chat"


@pytest.mark.parametrize("title", ["", " \n", "x" * 201])
def test_a_title_of_nothing_or_without_end_is_refused(title: str) -> None:
    with pytest.raises(BadRequest):
        require_title(title)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Tides of the sea", "Tides of the sea"),
        ('\n\n"Tides of the Sea."\nI chose this because', "Tides of the Sea"),
        ("**Title:** \u201eEbbe und Flut\u201c", "Ebbe und Flut"),
        ("# Title: `snake_case` names", "snake_case names"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("a\x1b\u202eb", "a b"),
        ("a\x1b\u202eb\ud800", ""),
        ("\ufffd sometimes\ufffd\nSea", ""),
        ("\u300c\u6f6e\u6c50\u300d", "\u6f6e\u6c50"),
        ("What is it?", "What is it?"),
        ("...", ""),
        ("", ""),
        ("The user asks for a title, so I have to think about what this chat is about first of all",
         ""),
    ],
)  # fmt: skip
def test_a_title_is_read_out_of_what_a_model_says(said: str, title: str) -> None:
    assert read_title(said) == title


def test_the_line_in_which_an_answer_was_cut_is_no_title() -> None:
    assert read_title("Tides of the", is_cut=True) == ""
    assert read_title("Tides\nI chose this bec", is_cut=True) == "Tides"


@given(st.text())
def test_whatever_a_model_says_makes_a_title_that_is_allowed_or_none(said: str) -> None:
    title = read_title(said)
    assert not title or require_title(title) == title
