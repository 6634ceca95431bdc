"""The figures of an answer that was made in several goes."""

from __future__ import annotations

import pytest

from llama_desktop.domain.chat import AnswerStats
from llama_desktop.services.chat.answer_figures import add_up, with_energy
from llama_desktop.services.chat.energy import EnergyUse

FIRST = AnswerStats(
    prompt_tokens=20,
    cached_tokens=5,
    generated_tokens=100,
    prompt_tokens_per_second=900.0,
    tokens_per_second=50.0,
    first_token_seconds=0.2,
    reasoning_seconds=1.0,
    total_seconds=3.0,
)
SECOND = AnswerStats(
    prompt_tokens=120,
    cached_tokens=119,
    generated_tokens=100,
    prompt_tokens_per_second=10.0,
    tokens_per_second=25.0,
    first_token_seconds=0.1,
    total_seconds=5.0,
)


def test_what_was_made_adds_up_and_the_beginning_stays() -> None:
    whole = add_up(FIRST, SECOND)
    assert whole.generated_tokens == 200
    assert whole.tokens_per_second == pytest.approx(200 / (2 + 4))
    assert (whole.prompt_tokens, whole.cached_tokens) == (20, 5)
    assert (whole.first_token_seconds, whole.reasoning_seconds) == (0.2, 1.0)
    assert whole.total_seconds == 8.0


def test_a_sum_of_which_a_part_is_not_known_is_not_known() -> None:
    whole = add_up(AnswerStats(), SECOND)
    assert whole.generated_tokens is None
    assert whole.tokens_per_second is None
    assert whole.prompt_tokens is None


def test_a_first_go_without_a_word_leaves_the_second_ones_figures() -> None:
    whole = add_up(AnswerStats(generated_tokens=0, total_seconds=1.0), SECOND)
    assert whole.prompt_tokens == 120
    assert whole.generated_tokens == 100
    assert whole.tokens_per_second == pytest.approx(25.0)
    assert whole.total_seconds == 6.0


def test_the_energy_of_two_goes_adds_up_and_is_not_known_where_one_is_not() -> None:
    use = EnergyUse(30.0, is_about=True)
    assert with_energy(SECOND, None, use).energy_joules == 30.0
    counted = AnswerStats(generated_tokens=100, energy_joules=12.0)
    whole = with_energy(add_up(counted, SECOND), counted, use)
    assert (whole.energy_joules, whole.is_energy_about) == (42.0, True)
    assert with_energy(add_up(FIRST, SECOND), FIRST, use).energy_joules is None
