"""Titles from first messages, and those that people give."""

from __future__ import annotations

import pytest

from llama_desktop.domain.errors import BadRequest
from llama_desktop.services.conversation_title import derive_title, require_title


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
