"""How much of a branch fits a window. A token is a word here."""

from __future__ import annotations

import pytest

from llama_desktop.domain.chat import Message, MessageStatus, Overflow, Role
from llama_desktop.domain.errors import ContextOverflow
from llama_desktop.infrastructure.llama.chat_request import ChatMessage
from llama_desktop.services.chat.context_fit import ContextFit
from llama_desktop.services.chat.prompt import Prompt, PromptSource


class _Counter:
    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, messages: tuple[ChatMessage, ...]) -> int:
        self.calls += 1
        return sum(len(message.content.split()) for message in messages)


def _branch(turns: int, words: int, *, omitted: tuple[int, ...] = ()) -> list[Message]:
    """Turns of so many words in each message, then a question of as many."""
    branch = []
    for number in range(1, turns * 2 + 2):
        is_question = number % 2 == 1
        branch.append(
            Message(
                id=number,
                parent_id=number - 1 or None,
                role=Role.USER if is_question else Role.ASSISTANT,
                content="word " * words,
                status=MessageStatus.COMPLETE,
                created=0,
                omitted_message_ids=() if is_question or number != turns * 2 else omitted,
            )
        )
    return branch


async def _fit(
    branch: list[Message],
    window: int,
    max_tokens: int | None = None,
    system: str = "",
    overflow: Overflow = Overflow.OLDEST,
) -> tuple[Prompt, _Counter]:
    counter = _Counter()
    source = PromptSource(branch=branch, system_prompt=system, overflow=overflow)
    fit = ContextFit(source, window=window, max_tokens=max_tokens, count=counter)
    return await fit.find(), counter


async def test_what_surely_fits_is_not_counted() -> None:
    prompt, counter = await _fit(_branch(2, 10), 8192)
    assert prompt.omitted_message_ids == ()
    assert counter.calls == 0


async def test_what_fits_by_count_is_sent_whole() -> None:
    prompt, counter = await _fit(_branch(10, 50), 2000, max_tokens=100)
    assert prompt.omitted_message_ids == ()
    assert counter.calls == 1


async def test_the_oldest_turns_go_until_there_is_room_for_the_next_ones() -> None:
    prompt, _ = await _fit(_branch(20, 50), 1000, max_tokens=200, system="Be brief.")
    kept = sum(len(message.content.split()) for message in prompt.messages)
    assert prompt.omitted_message_ids == tuple(range(1, len(prompt.omitted_message_ids) + 1))
    assert len(prompt.omitted_message_ids) % 2 == 0
    assert kept <= 600  # three quarters of what is left beside the answer
    assert kept > 500  # and no more gone than needed
    assert prompt.messages[0].content == "Be brief."


async def test_the_same_turns_stay_out_as_long_as_they_can() -> None:
    branch = _branch(20, 50, omitted=tuple(range(1, 29)))
    prompt, _ = await _fit(branch, 1000, max_tokens=200)
    assert prompt.omitted_message_ids == tuple(range(1, 29))


async def test_a_larger_window_takes_turns_back_in() -> None:
    branch = _branch(20, 50, omitted=tuple(range(1, 37)))
    prompt, _ = await _fit(branch, 2200, max_tokens=200)
    assert len(prompt.omitted_message_ids) < 36


async def test_finding_takes_few_counts() -> None:
    prompt, counter = await _fit(_branch(500, 50), 1000, max_tokens=200)
    assert prompt.omitted_message_ids
    assert counter.calls <= 12


async def test_a_last_question_that_just_fits_is_sent_alone() -> None:
    prompt, _ = await _fit(_branch(3, 900), 1000)
    assert len(prompt.messages) == 1
    assert len(prompt.omitted_message_ids) == 6


async def test_a_last_question_that_does_not_fit_is_an_overflow_with_both_numbers() -> None:
    with pytest.raises(ContextOverflow, match=r"takes 990 tokens.* holds 1000") as caught:
        await _fit(_branch(3, 990), 1000)
    assert caught.value.details == {"prompt_tokens": 990, "context_size": 1000}


async def test_turns_of_the_middle_go_and_the_first_one_stays() -> None:
    prompt, _ = await _fit(_branch(20, 50), 1000, max_tokens=200, overflow=Overflow.MIDDLE)
    omitted = prompt.omitted_message_ids
    assert omitted == tuple(range(3, 3 + len(omitted)))
    assert len(prompt.messages) == 41 - len(omitted)


async def test_the_same_turns_of_the_middle_stay_out_as_long_as_they_can() -> None:
    branch = _branch(20, 50, omitted=tuple(range(3, 31)))
    prompt, _ = await _fit(branch, 1000, max_tokens=200, overflow=Overflow.MIDDLE)
    assert prompt.omitted_message_ids == tuple(range(3, 31))


async def test_another_choice_of_what_gives_way_is_followed_at_once() -> None:
    branch = _branch(20, 50, omitted=tuple(range(1, 29)))
    prompt, _ = await _fit(branch, 1000, max_tokens=200, overflow=Overflow.MIDDLE)
    assert 1 not in prompt.omitted_message_ids


async def test_where_only_the_last_question_fits_the_first_turn_goes_too() -> None:
    prompt, _ = await _fit(_branch(3, 450), 1000, max_tokens=200, overflow=Overflow.MIDDLE)
    assert prompt.omitted_message_ids == (1, 2, 3, 4, 5, 6)


async def test_where_nothing_gives_way_the_whole_chat_is_sent_while_there_is_room() -> None:
    prompt, _ = await _fit(_branch(3, 130), 1000, max_tokens=200, overflow=Overflow.NOTHING)
    assert prompt.omitted_message_ids == ()


async def test_where_nothing_gives_way_a_full_window_is_said_with_what_to_do() -> None:
    with pytest.raises(ContextOverflow, match=r"whole chat takes 1050 .*Let older turns give way"):
        await _fit(_branch(3, 150), 1000, max_tokens=200, overflow=Overflow.NOTHING)
