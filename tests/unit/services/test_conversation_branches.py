"""Branches: which one is shown, and how versions go and come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from llama_desktop.domain.chat import (
    Conversation,
    Message,
    MessageStatus,
    Overflow,
    Role,
    SamplingParameters,
)
from llama_desktop.domain.errors import BadRequest, Conflict, MessageNotFound
from llama_desktop.services.conversation_branches import (
    copy_branch,
    delete_message,
    find_leaf,
    restore_message,
    show_message,
)
from llama_desktop.services.conversation_tree import (
    append_answer,
    append_question,
    begin_again,
    put_message,
    walk_branch,
)


def _message(number: int, parent: int | None, **more) -> Message:
    depth_is_question = more.pop("is_question")
    return Message(
        id=number,
        parent_id=parent,
        role=Role.USER if depth_is_question else Role.ASSISTANT,
        content=f"m{number}",
        status=MessageStatus.COMPLETE,
        created=0,
        **more,
    )


def _tree(parents: dict[int, int | None], leaf: int | None) -> Conversation:
    depths: dict[int | None, int] = {None: -1}
    messages = []
    for number, parent in parents.items():
        depths[number] = depths[parent] + 1
        messages.append(_message(number, parent, is_question=depths[number] % 2 == 0))
    return Conversation(
        id="c", title="T", created=0, updated=0, leaf_id=leaf, messages=tuple(messages)
    )


# 1 ── 2 ── 3 ── 4          two versions of the first question (1, 7),
# │    └── 5 ── 6           of the second (3, 5), of the second one's answer (8, 9)
# 7 ── 8
# └─── 9
TREE = _tree({1: None, 2: 1, 3: 2, 4: 3, 5: 2, 6: 5, 7: None, 8: 7, 9: 7}, leaf=9)


def test_a_branch_is_shown_down_to_its_newest_end() -> None:
    assert show_message(TREE, 1).leaf_id == 6
    assert show_message(TREE, 3).leaf_id == 4
    assert show_message(TREE, 8).leaf_id == 8


def test_a_branch_is_shown_down_to_where_it_was_left() -> None:
    assert show_message(TREE, 1, left=(6, 4, 9)).leaf_id == 4
    assert show_message(TREE, 1, left=(9, 3)).leaf_id == 6


def test_deleting_a_version_shows_the_one_before_it() -> None:
    assert delete_message(TREE, 9).leaf_id == 8
    assert delete_message(show_message(TREE, 5), 5).leaf_id == 4


def test_deleting_the_first_version_shows_the_one_after_it() -> None:
    assert delete_message(show_message(TREE, 3), 3).leaf_id == 6
    assert delete_message(show_message(TREE, 1), 1).leaf_id == 9


def test_deleting_the_only_version_shows_what_is_above_it() -> None:
    assert delete_message(show_message(TREE, 4), 4).leaf_id == 3
    alone = _tree({1: None, 2: 1}, leaf=2)
    assert delete_message(alone, 1).leaf_id is None


def test_deleting_what_is_not_shown_leaves_the_shown_branch() -> None:
    assert delete_message(TREE, 1).leaf_id == 9


def test_what_hangs_on_a_deleted_message_is_gone_and_comes_back_with_it() -> None:
    gone = delete_message(TREE, 5)
    with pytest.raises(MessageNotFound):
        show_message(gone, 6)
    with pytest.raises(MessageNotFound):
        append_question(gone, "?", parent_id=6, now=1)
    with pytest.raises(MessageNotFound):
        append_answer(gone, 5, status=MessageStatus.ANSWERING, now=1)
    with pytest.raises(MessageNotFound):
        delete_message(gone, 6)
    back = restore_message(gone, 5)
    assert back.leaf_id == 6
    assert back.messages == TREE.messages


def test_a_newest_end_that_is_deleted_is_passed_over() -> None:
    assert find_leaf(delete_message(TREE, 6), 1) == 5
    assert find_leaf(delete_message(TREE, 5), 1) == 4


def test_a_message_below_a_deleted_one_cannot_come_back_alone() -> None:
    gone = delete_message(delete_message(TREE, 6), 5)
    with pytest.raises(MessageNotFound):
        restore_message(gone, 6)


def test_a_later_state_of_a_message_does_not_bring_it_back() -> None:
    gone = delete_message(TREE, 9)
    grown = put_message(gone, replace(TREE.messages[8], content="more"))
    assert grown.messages[8].is_deleted
    assert grown.messages[8].content == "more"


@given(st.data())
def test_whatever_is_deleted_and_restored_the_shown_branch_has_no_deleted_message(
    data: st.DataObject,
) -> None:
    count = data.draw(st.integers(1, 12))
    parents = {
        number: data.draw(st.sampled_from([None, *range(1, number)]))
        for number in range(1, count + 1)
    }
    tree = _tree(parents, leaf=count)
    for _ in range(data.draw(st.integers(0, 12))):
        change = data.draw(st.sampled_from([delete_message, restore_message, show_message]))
        number = data.draw(st.integers(1, count))
        try:
            tree = change(tree, number)
        except MessageNotFound:
            continue
        assert not any(message.is_deleted for message in walk_branch(tree, tree.leaf_id))


def test_a_copy_has_the_branch_its_title_and_its_settings() -> None:
    source = replace(
        TREE,
        system_prompt="Be kind.",
        parameters=SamplingParameters(temperature=0.1),
        overflow=Overflow.MIDDLE,
        is_pinned=True,
    )
    copy = copy_branch(source, 6, new_id="new", now=5.0)
    assert [(m.id, m.parent_id, m.content) for m in copy.messages] == [
        (1, None, "m1"),
        (2, 1, "m2"),
        (3, 2, "m5"),
        (4, 3, "m6"),
    ]
    assert (copy.id, copy.leaf_id, copy.title, copy.is_pinned) == ("new", 4, "T", False)
    assert (copy.system_prompt, copy.parameters) == (source.system_prompt, source.parameters)
    assert (copy.overflow, copy.updated) == (Overflow.MIDDLE, 5.0)


def test_a_copy_names_what_its_answers_went_without_by_its_own_ids() -> None:
    omitting = replace(TREE.messages[5], omitted_message_ids=(1, 2))
    copy = copy_branch(put_message(TREE, omitting), 6, new_id="new", now=5.0)
    assert copy.messages[3].omitted_message_ids == (1, 2)
    assert copy_branch(TREE, 9, new_id="new", now=5.0).messages[1].omitted_message_ids == ()


def test_a_copied_answer_that_still_grows_is_stopped_in_the_copy() -> None:
    growing = replace(TREE.messages[8], status=MessageStatus.ANSWERING)
    copy = copy_branch(put_message(TREE, growing), 9, new_id="new", now=5.0)
    assert copy.messages[1].status is MessageStatus.STOPPED


def _with(number: int, **fields) -> Conversation:
    message = next(message for message in TREE.messages if message.id == number)
    return put_message(TREE, replace(message, **fields))


def test_an_answer_begins_again_in_its_place() -> None:
    stopped = _with(8, status=MessageStatus.STOPPED, finish_reason="stop")
    again = begin_again(stopped, 8, status=MessageStatus.ANSWERING, now=7.0)
    answer = again.messages[7]
    assert (answer.status, answer.finish_reason) == (MessageStatus.ANSWERING, None)
    assert (again.leaf_id, again.updated) == (8, 7.0)
    assert len(again.messages) == len(TREE.messages)


@pytest.mark.parametrize(
    ("conversation", "number", "words"),
    [
        (_with(8, status=MessageStatus.ANSWERING), 8, "still under way"),
        (TREE, 8, "is complete"),
        (_with(2, status=MessageStatus.STOPPED), 2, "has gone on"),
        (
            _with(8, status=MessageStatus.LENGTH, parameters=SamplingParameters(grammar="x")),
            8,
            "fixed structure",
        ),
    ],
)
def test_an_answer_that_cannot_be_continued_says_why(
    conversation: Conversation, number: int, words: str
) -> None:
    with pytest.raises(Conflict, match=words):
        begin_again(conversation, number, status=MessageStatus.ANSWERING, now=1)


def test_only_answers_can_be_continued() -> None:
    with pytest.raises(BadRequest):
        begin_again(TREE, 7, status=MessageStatus.ANSWERING, now=1)
