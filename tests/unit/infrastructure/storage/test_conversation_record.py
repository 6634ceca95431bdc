"""A conversation to plain JSON and back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.domain.chat import (
    AnswerError,
    AnswerModel,
    AnswerStats,
    Attachment,
    AttachmentKind,
    Conversation,
    Message,
    MessageStatus,
    Overflow,
    Role,
    SamplingParameters,
)
from llama_desktop.infrastructure.storage.conversation_record import (
    SCHEMA,
    NewerFile,
    build_conversation,
    chat_record,
    glance,
    message_record,
)
from llama_desktop.infrastructure.storage.database import DamagedFile

_text = st.text(max_size=20)
_parameters = st.builds(
    SamplingParameters,
    temperature=st.none() | st.floats(0, 2),
    max_tokens=st.none() | st.integers(1, 10**6),
    stop=st.lists(_text, max_size=3).map(tuple),
    thinking=st.none() | st.booleans(),
    json_schema=st.none() | _text,
)
_attachments = st.builds(
    Attachment,
    id=_text,
    name=_text,
    kind=st.sampled_from(AttachmentKind),
    media_type=_text,
    size_bytes=st.integers(0, 10**9),
    width=st.none() | st.integers(1, 9999),
)


def _draw_message(draw: st.DrawFn, number: int) -> Message:
    return Message(
        id=number,
        parent_id=draw(st.none() | st.integers(1, number - 1)) if number > 1 else None,
        role=draw(st.sampled_from(Role)),
        content=draw(_text),
        status=draw(st.sampled_from(MessageStatus)),
        created=draw(st.floats(0, 1e10)),
        reasoning=draw(_text),
        model=draw(st.none() | st.builds(AnswerModel, name=_text, file=_text)),
        stats=draw(st.none() | st.builds(AnswerStats, prompt_tokens=st.integers(0, 99))),
        parameters=draw(st.none() | _parameters),
        error=draw(st.none() | st.builds(AnswerError, code=_text, message=_text)),
        omitted_message_ids=tuple(draw(st.lists(st.integers(1, 9), max_size=3))),
        attachments=tuple(draw(st.lists(_attachments, max_size=2))),
        is_deleted=draw(st.booleans()),
    )


@st.composite
def _conversations(draw: st.DrawFn) -> Conversation:
    count = draw(st.integers(0, 6))
    messages = [_draw_message(draw, number) for number in range(1, count + 1)]
    return Conversation(
        id="c",
        title=draw(_text),
        created=1.0,
        updated=2.0,
        system_prompt=draw(_text),
        parameters=draw(_parameters),
        overflow=draw(st.sampled_from(Overflow)),
        is_pinned=draw(st.booleans()),
        leaf_id=len(messages) or None,
        messages=tuple(messages),
    )


def _write(conversation: Conversation) -> dict[str, Any]:
    return {
        "chat": {"1": chat_record(conversation)},
        "messages": {str(item.id): message_record(item) for item in conversation.messages},
    }


def _read(tables: dict[str, Any]) -> Conversation:
    records = [(int(number), record) for number, record in tables["messages"].items()]
    return build_conversation("c", tables["chat"]["1"], records)


@given(_conversations())
def test_what_is_written_is_read_back_equal(conversation: Conversation) -> None:
    content = msgspec.json.encode(_write(conversation))
    assert _read(msgspec.json.decode(content)) == conversation
    summary, statuses = glance("c", content)
    shown = [message for message in conversation.messages if not message.is_deleted]
    assert summary.message_count == len(shown)
    assert (summary.is_pinned, summary.leaf_id) == (conversation.is_pinned, conversation.leaf_id)
    assert statuses == {message.status for message in conversation.messages}


def _sound() -> dict[str, Any]:
    return {
        "chat": {"1": {"schema": SCHEMA, "created": 1.0, "updated": 1.0, "title_origin": "person",
                       "leaf_id": 2}},
        "messages": {
            "1": {"parent_id": None, "role": "user", "content": "a", "status": "complete",
                  "created": 1.0},
            "2": {"parent_id": 1, "role": "assistant", "content": "b", "status": "complete",
                  "created": 1.0},
        },
    }  # fmt: skip


def test_the_sound_example_is_sound() -> None:
    assert len(_read(_sound()).messages) == 2


@pytest.mark.parametrize(
    ("table", "record", "field", "value"),
    [
        ("chat", "1", "leaf_id", 7),
        ("chat", "1", "schema", "one"),
        ("chat", "1", "created", None),
        ("messages", "1", "parent_id", 2),
        ("messages", "2", "parent_id", 2),
        ("messages", "2", "parent_id", 9),
        ("messages", "2", "role", "robot"),
        ("messages", "2", "content", 5),
    ],
)
def test_records_that_are_no_conversation_are_damaged(
    table: str, record: str, field: str, value: object
) -> None:
    tables = _sound()
    tables[table][record][field] = value
    with pytest.raises(DamagedFile):
        _read(tables)


def test_a_later_schema_is_not_damage() -> None:
    tables = _sound()
    tables["chat"]["1"] = {"schema": SCHEMA + 1, "everything": "else"}
    with pytest.raises(NewerFile):
        _read(tables)
    with pytest.raises(NewerFile):
        glance("c", msgspec.json.encode(tables))


@pytest.mark.parametrize("content", [b"", b"{}", b'{"chat": {}}', b'{"chat": {"1": {}}}', b"\xff"])
def test_a_glance_knows_damage(content: bytes) -> None:
    with pytest.raises(DamagedFile):
        glance("c", content)
