"""Vectors as they are kept."""

from __future__ import annotations

import math

import pytest

from llama_desktop.services.memory.fuse import Ranked, blend
from llama_desktop.services.memory.vectors import likeness, pack, shorten


def test_a_packed_vector_keeps_its_direction_in_two_bytes_a_number() -> None:
    numbers = [3.0, -4.0, 12.0]
    packed = pack(numbers)
    assert len(packed) == 6
    assert likeness(shorten(numbers) or (), packed) == pytest.approx(1, abs=1e-3)
    assert likeness((0.6, 0.8, 0.0), packed) == 0  # opposite says no more than unrelated


@pytest.mark.parametrize("numbers", [[0.0, 0.0], [math.nan, 1.0], [math.inf, 1.0]])
def test_what_has_no_direction_is_like_nothing(numbers: list[float]) -> None:
    assert shorten(numbers) is None
    assert pack(numbers) == b""
    assert likeness((1.0, 0.0), pack(numbers)) == 0


def test_vectors_of_different_models_are_not_alike() -> None:
    assert likeness((1.0, 0.0, 0.0), pack([1.0, 0.0])) == 0


def test_meaning_moves_what_words_leave_close_and_nothing_more() -> None:
    ranked = [Ranked(1, 10.0, 1, 1), Ranked(2, 9.0, 1, 1), Ranked(3, 2.0, 1, 1)]
    blended = blend(ranked, {1: 0.1, 2: 0.8, 3: 0.8})
    assert [one.key for one in blended] == [2, 1, 3]
    assert [one.likeness for one in blended] == [0.8, 0.1, 0.8]


@pytest.mark.parametrize("likeness", [{}, {1: 0.0}])
def test_without_vectors_the_order_and_the_scores_stay(likeness: dict[int, float]) -> None:
    ranked = [Ranked(2, 10.0, 1, 1), Ranked(1, 9.0, 1, 1)]
    assert blend(ranked, likeness) == ranked
