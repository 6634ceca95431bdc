"""What of a branch the model is given."""

from __future__ import annotations

from llama_desktop.domain.chat import Message, MessageStatus, Role
from llama_desktop.infrastructure.llama.chat_request import ChatMessage
from llama_desktop.services.chat.prompt import (
    build_prompt,
    count_omitted_before,
    estimate_tokens,
    split_turns,
)


def _question(number: int, content: str) -> Message:
    return Message(
        id=number,
        parent_id=number - 1 or None,
        role=Role.USER,
        content=content,
        status=MessageStatus.COMPLETE,
        created=0,
    )


def _answer(
    number: int, content: str, status: MessageStatus = MessageStatus.COMPLETE, **more
) -> Message:
    return Message(
        id=number,
        parent_id=number - 1,
        role=Role.ASSISTANT,
        content=content,
        status=status,
        created=0,
        **more,
    )


def _sent(*branch: Message, system: str = "", omitted: int = 0) -> list[tuple[str, str]]:
    prompt = build_prompt(branch, system, omitted_turns=omitted)
    return [(message.role, message.content) for message in prompt.messages]


def test_a_branch_is_sent_in_order_after_the_system_prompt() -> None:
    branch = (_question(1, "a"), _answer(2, "b"), _question(3, "c"))
    assert _sent(*branch, system="Be kind.") == [
        ("system", "Be kind."),
        ("user", "a"),
        ("assistant", "b"),
        ("user", "c"),
    ]


def test_a_blank_system_prompt_is_not_sent() -> None:
    assert _sent(_question(1, "a"), system=" \n") == [("user", "a")]


def test_the_models_thinking_is_not_sent() -> None:
    branch = (_question(1, "a"), _answer(2, "b", reasoning="secret"), _question(3, "c"))
    assert "secret" not in str(_sent(*branch))


def test_failed_and_empty_answers_are_left_out_and_their_questions_joined() -> None:
    branch = (
        _question(1, "a"),
        _answer(2, "half", MessageStatus.FAILED),
        _question(3, "b"),
        _answer(4, "  ", MessageStatus.STOPPED),
        _question(5, "c"),
    )
    assert _sent(*branch) == [("user", "a\n\nb\n\nc")]


def test_what_was_stopped_or_cut_short_is_sent_as_far_as_it_came() -> None:
    branch = (_question(1, "a"), _answer(2, "half", MessageStatus.CUT_SHORT), _question(3, "go on"))
    assert [role for role, _ in _sent(*branch)] == ["user", "assistant", "user"]


def test_whole_turns_are_left_out_from_the_oldest_on_and_named() -> None:
    branch = (_question(1, "a"), _answer(2, "b"), _question(3, "c"), _answer(4, "d"))
    branch += (_question(5, "e"),)
    prompt = build_prompt(branch, "system", omitted_turns=1)
    assert [message.content for message in prompt.messages] == ["system", "c", "d", "e"]
    assert prompt.omitted_message_ids == (1, 2)


def test_a_turn_is_a_question_with_its_answer() -> None:
    branch = (_question(1, "a"), _answer(2, "b"), _question(3, "c"), _question(4, "d"))
    assert [[message.id for message in turn] for turn in split_turns(branch)] == [[1, 2], [3], [4]]


def test_what_the_last_answer_went_without_is_counted_in_turns() -> None:
    branch = (_question(1, "a"), _answer(2, "b"), _question(3, "c"))
    branch += (_answer(4, "d", omitted_message_ids=(1, 2)), _question(5, "e"))
    assert count_omitted_before(branch) == 1
    assert count_omitted_before(branch[:3]) == 0
    assert count_omitted_before(()) == 0


def test_the_estimate_is_never_below_one_token_a_byte() -> None:
    messages = (ChatMessage(role="user", content="пароль 😀"),)
    assert estimate_tokens(messages) > len("пароль 😀".encode())
