"""What goes from a conversation when a span of time is forgotten."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from llama_desktop.domain.chat import Conversation, Message, MessageStatus, Passage, Role
from llama_desktop.infrastructure.storage.conversation_record import (
    build_conversation,
    chat_record,
    message_record,
)
from llama_desktop.services.memory.forgetting import Span, forget_span, is_concerned


def _message(number: int, parent: int | None, created: float, *, asks: bool) -> Message:
    return Message(
        id=number,
        parent_id=parent,
        role=Role.USER if asks else Role.ASSISTANT,
        content=f"text {number}",
        status=MessageStatus.COMPLETE,
        created=created,
    )


def _chat(*messages: Message, leaf: int | None = None, title: str = "Mine") -> Conversation:
    return Conversation(
        id="c",
        title=title,
        created=0,
        updated=9,
        messages=messages,
        leaf_id=leaf or messages[-1].id,
    )


TURNS = _chat(
    _message(1, None, 1.0, asks=True),
    _message(2, 1, 1.5, asks=False),
    _message(3, 2, 2.0, asks=True),
    _message(4, 3, 3.5, asks=False),
    _message(5, 4, 4.0, asks=True),
    _message(6, 5, 4.5, asks=False),
)


def test_a_turn_goes_whole_by_the_time_of_its_question_and_the_rest_stays_a_chat() -> None:
    after = forget_span(TURNS, Span(2.0, 3.0))
    assert after is not None
    assert [(one.id, one.parent_id) for one in after.messages] == [
        (1, None),
        (2, 1),
        (5, 2),
        (6, 5),
    ]
    assert after.leaf_id == 6
    assert after.title == "Mine"


def test_what_is_shown_ends_where_something_is_left() -> None:
    after = forget_span(TURNS, Span(4.0, None))
    assert after is not None
    assert after.leaf_id == 4
    after = forget_span(replace(TURNS, leaf_id=2), Span(None, 2.0))
    assert after is not None
    assert (after.messages[0].parent_id, after.leaf_id) == (None, 6)


def test_a_chat_of_which_nothing_is_left_goes_and_another_is_as_it_was() -> None:
    assert forget_span(TURNS, Span()) is None
    assert not is_concerned(TURNS, Span(9.0, None))


def test_a_title_made_of_what_goes_is_made_anew() -> None:
    after = forget_span(replace(TURNS, title="text 1"), Span(1.0, 2.0))
    assert after is not None
    assert after.title == "text 3"


def test_quotes_of_that_time_go_from_later_questions_and_the_numbers_stay() -> None:
    told = [
        Passage(
            conversation_id="d",
            conversation_title="Then",
            message_id=number,
            role=Role.USER,
            created=created,
            day="2026-03-02",
            text="secret" if created < 3 else "open",
            before="secret" if created < 3 else "",
        )
        for number, created in ((1, 2.5), (2, 3.5))
    ]
    asked = replace(_message(1, None, 8.0, asks=True), recalled=tuple(told))
    after = forget_span(_chat(asked), Span(2.0, 3.0))
    assert after is not None
    assert [one.text for one in after.messages[0].recalled] == ["", "open"]
    assert "secret" not in str(message_record(after.messages[0]))
    assert not is_concerned(after, Span(2.0, 3.0))


@st.composite
def _trees(draw: st.DrawFn) -> Conversation:
    messages: list[Message] = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        parent = draw(st.sampled_from([None, *messages]))
        asks = parent is None or parent.role is Role.ASSISTANT
        created = draw(st.floats(0, 10))
        messages.append(_message(number, parent.id if parent else None, created, asks=asks))
    return _chat(*messages, leaf=draw(st.sampled_from(messages)).id)


@given(_trees(), st.floats(0, 10), st.floats(0, 10))
def test_whatever_goes_the_rest_can_be_opened_and_roles_still_alternate(
    chat: Conversation, since: float, until: float
) -> None:
    span = Span(min(since, until), max(since, until))
    after = forget_span(chat, span) if is_concerned(chat, span) else chat
    if after is None:
        return
    records = [(message.id, message_record(message)) for message in after.messages]
    assert build_conversation("c", chat_record(after), records).leaf_id == after.leaf_id
    by_id = {message.id: message for message in after.messages}
    for message in after.messages:
        if message.parent_id is not None:
            assert by_id[message.parent_id].role is not message.role
    assert not is_concerned(after, span)
