"""Files of older versions become files of this one."""

from __future__ import annotations

import copy
import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.domain.chat import MessageStatus, TitleOrigin
from llama_desktop.infrastructure.storage.conversation_record import build_conversation, glance
from llama_desktop.infrastructure.storage.database import DamagedFile
from llama_desktop.infrastructure.storage.migrations import (
    CONVERSATION,
    SETTINGS,
    FileKind,
    Tables,
    migrate,
    version_of,
)

OLD_CONVERSATIONS: Final[dict[int, dict[str, Any]]] = {
    1: {
        "chat": {"1": {"schema": 1, "created": 5, "updated": 6.5, "title": "Old", "leaf_id": 1}},
        "messages": {
            "1": {"parent_id": None, "role": "user", "content": "a", "status": "complete",
                  "created": 5}
        },
    },
}  # fmt: skip
"""As each version wrote them. Never changed: a new version gets an entry of its own."""


@pytest.mark.parametrize("kind", [CONVERSATION, SETTINGS], ids=lambda kind: kind.name)
def test_there_is_a_step_from_every_version_to_the_next(kind: FileKind) -> None:
    assert list(kind.migrations) == list(range(1, kind.version))


def test_a_conversation_of_every_version_is_understood() -> None:
    assert set(OLD_CONVERSATIONS) == set(CONVERSATION.migrations)
    for old in OLD_CONVERSATIONS.values():
        tables = migrate(CONVERSATION, copy.deepcopy(old))
        assert version_of(CONVERSATION, tables) == CONVERSATION.version
        records = [(int(key), record) for key, record in tables["messages"].items()]
        chat = build_conversation("c", tables["chat"]["1"], records)
        assert (chat.title, chat.messages[0].content) == ("Old", "a")
        summary, statuses = glance("c", json.dumps(old).encode())
        assert (summary.title, summary.message_count) == ("Old", 1)
        assert statuses == {MessageStatus.COMPLETE}


@pytest.mark.parametrize("kept", [None, *TitleOrigin])
def test_a_title_of_which_nothing_was_written_was_the_persons(kept: TitleOrigin | None) -> None:
    old = copy.deepcopy(OLD_CONVERSATIONS[1])
    if kept is not None:
        old["chat"]["1"]["title_origin"] = kept.value
    chat = migrate(CONVERSATION, old)["chat"]["1"]
    assert chat["title_origin"] == (kept or TitleOrigin.PERSON)


def _append(number: int) -> Any:
    def step(tables: Tables) -> Tables:
        walked = [*tables["t"]["1"].get("walked", ()), number]
        return {**tables, "t": {"1": {**tables["t"]["1"], "walked": walked}}}

    return step


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_all_steps_are_walked_in_order_and_the_old_tables_stay_as_they_are(version: int) -> None:
    kind = FileKind("walk", "t", {number: _append(number) for number in (1, 2, 3)})
    old: Tables = {"t": {"1": {"schema": version}}}
    before = copy.deepcopy(old)
    record = migrate(kind, old)["t"]["1"]
    assert record["schema"] == 4
    assert record.get("walked", []) == list(range(version, 4))
    assert old == before


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.integers(-2, 5) | _json, st.dictionaries(st.sampled_from(("title_origin", "x")), _json))
def test_what_is_of_no_older_version_stays_as_it_is(version: Any, fields: dict[str, Any]) -> None:
    tables: Tables = {"chat": {"1": {**fields, "schema": version}}, "else": {}}
    if type(version) is int and version in CONVERSATION.migrations:
        assert version_of(CONVERSATION, migrate(CONVERSATION, tables)) == CONVERSATION.version
    else:
        assert migrate(CONVERSATION, tables) is tables


@pytest.mark.parametrize(
    "content",
    [
        b'{"chat": {"1": {"schema": 1}}}',
        b'{"chat": {"1": {"schema": 1, "created": 1, "updated": 1}}, "messages": []}',
        b'{"chat": {"2": {"schema": 1, "created": 1, "updated": 1}}}',
        b'{"chat": {"1": {"schema": 2, "created": 1, "updated": 1}}}',
    ],
)
def test_a_damaged_file_of_an_older_version_is_damaged(content: bytes) -> None:
    with pytest.raises(DamagedFile):
        glance("c", content)
