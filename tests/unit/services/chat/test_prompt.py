"""What of a branch the model is given."""

from __future__ import annotations

from msgspec.structs import replace

from llama_desktop.domain.chat import Attachment, AttachmentKind, Message, MessageStatus, Role
from llama_desktop.infrastructure.llama.chat_request import ChatImage, ChatMessage
from llama_desktop.services.chat.prompt import (
    PromptSource,
    build_prompt,
    count_omitted_before,
    estimate_tokens,
    find_unseen_image,
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
    source = PromptSource(branch=branch, system_prompt=system)
    prompt = build_prompt(source, omitted_turns=omitted)
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
    source = PromptSource(branch=branch, system_prompt="system")
    prompt = build_prompt(source, omitted_turns=1)
    assert [message.content for message in prompt.messages] == ["system", "c", "d", "e"]
    assert prompt.omitted_message_ids == (1, 2)


def test_a_turn_is_a_question_with_its_answer() -> None:
    branch = (_question(1, "a"), _answer(2, "b"), _question(3, "c"), _question(4, "d"))
    assert [[message.id for message in turn] for turn in split_turns(branch)] == [[1, 2], [3], [4]]


def test_what_the_last_answer_went_without_is_counted_in_turns() -> None:
    branch = (_question(1, "a"), _answer(2, "b"), _question(3, "c"))
    branch += (_answer(4, "d", omitted_message_ids=(1, 2)), _question(5, "e"))
    assert count_omitted_before(PromptSource(branch=branch)) == 1
    assert count_omitted_before(PromptSource(branch=branch[:3])) == 0
    assert count_omitted_before(PromptSource(branch=())) == 0


def test_the_estimate_is_never_below_one_token_a_byte() -> None:
    messages = (ChatMessage(role="user", content="пароль 😀"),)
    assert estimate_tokens(messages) > len("пароль 😀".encode())


_TEXT = Attachment(
    id="t", name="notes.txt", kind=AttachmentKind.TEXT, media_type="text/plain", size_bytes=3
)
_IMAGE = Attachment(
    id="i", name="sea.png", kind=AttachmentKind.IMAGE, media_type="image/png", size_bytes=3
)


def _with_files(*, can_see: bool) -> PromptSource:
    question = replace(_question(1, "What is it?"), attachments=(_TEXT, _IMAGE))
    return PromptSource(branch=(question,), files={"t": "abc", "i": b"PNG"}, can_see=can_see)


def test_files_stand_before_the_words_of_their_question() -> None:
    (message,) = build_prompt(_with_files(can_see=True)).messages
    assert message.content == "File: notes.txt\n```\nabc\n```\n\nWhat is it?"
    assert message.images == (ChatImage("image/png", b"PNG"),)


def test_a_model_that_cannot_see_is_told_that_there_was_an_image() -> None:
    source = _with_files(can_see=False)
    (message,) = build_prompt(source).messages
    assert "[Image: sea.png]" in message.content
    assert message.images == ()
    assert find_unseen_image(source) == _IMAGE
    assert find_unseen_image(_with_files(can_see=True)) is None


def test_every_stretch_knows_where_it_comes_from() -> None:
    parts = build_prompt(_with_files(can_see=True)).parts
    assert [(segment.origin.value, segment.message_id) for segment in parts[0].segments] == [
        ("file", 1),
        ("user", 1),
    ]


def test_an_answer_to_be_continued_stands_last_with_its_thinking() -> None:
    answer = _answer(2, "Half an ans", MessageStatus.STOPPED, reasoning="Hm.")
    source = PromptSource(branch=(_question(1, "a"),), so_far=answer)
    last = build_prompt(source).messages[-1]
    assert (last.role, last.content, last.reasoning) == ("assistant", "Half an ans", "Hm.")


def test_an_answer_without_a_word_is_begun_anew() -> None:
    source = PromptSource(branch=(_question(1, "a"),), so_far=_answer(2, ""))
    assert [message.role for message in build_prompt(source).messages] == ["user"]
