"""Text at the border."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.domain.errors import MessageTooLong
from llama_desktop.services.clean_text import MAX_TEXT_BYTES, clean_text, require_fitting_text


@given(st.text())
def test_clean_text_is_left_as_it_is(text: str) -> None:
    assert clean_text(text) == text


@given(st.text(st.characters(categories=["Cs", "L", "So"])))
def test_any_text_can_be_encoded_afterwards(text: str) -> None:
    clean_text(text).encode()


def test_halves_that_belong_together_become_their_character() -> None:
    assert clean_text("\ud83d\ude00") == "😀"


def test_the_limit_counts_bytes() -> None:
    require_fitting_text("x" * MAX_TEXT_BYTES, "It")
    with pytest.raises(MessageTooLong):
        require_fitting_text("я" * (MAX_TEXT_BYTES // 2 + 1), "It")
