"""How a conversation's tree grows."""

from __future__ import annotations

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from llama_desktop.domain.chat import Conversation, MessageStatus
from llama_desktop.domain.errors import BadRequest, Conflict, MessageNotFound
from llama_desktop.services.conversation_tree import (
    append_answer,
    append_question,
    cut_short_all,
    find_question_id,
    put_message,
    require_message,
    walk_branch,
)

_EMPTY = Conversation(id="c", title="", created=1, updated=1)


def _asked(conversation: Conversation, text: str, parent_id=UNSET) -> Conversation:
    return append_question(conversation, text, parent_id=parent_id, now=5)


def _answered(conversation: Conversation) -> Conversation:
    return append_answer(conversation, conversation.leaf_id, status=MessageStatus.COMPLETE, now=6)


def test_questions_and_answers_hang_on_each_other() -> None:
    chat = _answered(_asked(_answered(_asked(_EMPTY, "a")), "b"))
    assert [message.parent_id for message in chat.messages] == [None, 1, 2, 3]
    assert [message.id for message in walk_branch(chat, chat.leaf_id)] == [1, 2, 3, 4]
    assert chat.updated == 6


def test_a_branch_walks_past_its_siblings() -> None:
    chat = _answered(_asked(_EMPTY, "a"))
    chat = _answered(replace(chat, leaf_id=1))
    chat = _asked(chat, "b")
    assert [message.id for message in walk_branch(chat, chat.leaf_id)] == [1, 3, 4]


def test_the_first_question_gives_the_title_unless_there_is_one() -> None:
    assert _asked(_EMPTY, "# Tides").title == "Tides"
    assert _asked(replace(_EMPTY, title="Mine"), "# Tides").title == "Mine"
    assert _asked(_asked(_EMPTY, "One"), "Two", None).title == "One"


def test_only_questions_are_answered_and_only_once_they_exist() -> None:
    chat = _answered(_asked(_EMPTY, "a"))
    with pytest.raises(BadRequest):
        append_answer(chat, 2, status=MessageStatus.COMPLETE, now=1)
    with pytest.raises(MessageNotFound):
        append_answer(chat, 3, status=MessageStatus.COMPLETE, now=1)
    assert find_question_id(chat, 2) == find_question_id(chat, 1) == 1


def test_nothing_is_asked_below_an_answer_under_way() -> None:
    chat = append_answer(_asked(_EMPTY, "a"), 1, status=MessageStatus.ANSWERING, now=1)
    with pytest.raises(Conflict):
        _asked(chat, "b")


def test_abandoned_answers_are_cut_short_with_the_reason_and_others_left_alone() -> None:
    chat = _answered(_asked(_EMPTY, "a"))
    growing = replace(chat.messages[1], status=MessageStatus.WAITING, content="half")
    mended = cut_short_all(put_message(chat, growing))
    assert mended.messages[0] is chat.messages[0]
    answer = require_message(mended, 2)
    assert answer.status is MessageStatus.CUT_SHORT
    assert answer.content == "half"
    assert answer.error is not None
