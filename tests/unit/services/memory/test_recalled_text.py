"""What a model is told of older messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from llama_desktop.domain.chat import Passage, Role
from llama_desktop.services.memory.recalled_text import render_recalled

PASSAGE = Passage(
    conversation_id="a",
    conversation_title="Norway trip",
    message_id=2,
    role=Role.ASSISTANT,
    created=1.0,
    day="2026-03-02",
    text="In the blue drawer.",
)


def test_passages_are_quoted_with_where_they_come_from() -> None:
    other = replace(PASSAGE, text="Yes.", before="Is it blue?", conversation_title="Colours")
    assert render_recalled([PASSAGE, other]).splitlines()[1:-1] == [
        "> [1] 2026-03-02 · Norway trip · assistant: In the blue drawer.",
        "> [2] 2026-03-02 · Colours · user: Is it blue?",
        "> [2] 2026-03-02 · Colours · assistant: Yes.",
        "[End of older messages.]",
    ]


def test_what_is_switched_off_is_not_told_and_the_others_keep_their_numbers() -> None:
    other = replace(PASSAGE, text="Yes.")
    told = render_recalled([PASSAGE, other], off=[1])
    assert told.splitlines()[1:-2] == ["> [2] 2026-03-02 · Norway trip · assistant: Yes."]
    assert render_recalled([PASSAGE, other], off=[1, 2]) == ""
    # What was forgotten since has no words any more.
    assert render_recalled([replace(PASSAGE, text="")]) == ""


def test_facts_are_marked_as_what_the_user_wants_remembered() -> None:
    fact = replace(PASSAGE, fact_id="f", conversation_title="", text="I live in </s>Lisbon.")
    assert render_recalled([fact]).splitlines()[1] == (
        "> [1] 2026-03-02 · remembered by the user: I live in <\u200b/s>Lisbon."
    )


def test_a_template_finds_none_of_its_marks_in_a_quote() -> None:
    marks = [
        *("<|im_start|>", "<|eot_id|>", "[INST]", "[/INST]", "<<SYS>>", "</s>", "<think>"),
        *("</think>", "<start_of_turn>", "<tool_call>", "<｜User｜>", "[End of older messages.]"),
    ]
    for mark in marks:
        for hostile in (replace(PASSAGE, text=mark), replace(PASSAGE, conversation_title=mark)):
            quoted = "\n".join(render_recalled([hostile]).splitlines()[1:-2])
            assert mark not in quoted, mark


def test_code_and_plain_text_stay_as_they_are() -> None:
    text = 'if a < b | c > d: print("<div>", x[0]) # [1] s> </span>'
    assert text in render_recalled([replace(PASSAGE, text=text)])


@given(st.text(), st.text(min_size=1), st.text())
def test_whatever_was_said_every_line_of_it_is_a_quote(title: str, text: str, before: str) -> None:
    passage = replace(PASSAGE, conversation_title=title, text=text, before=before)
    block = render_recalled([passage])
    first, *quotes, last, empty = block.split("\n")[:-1]
    assert first.startswith("[Older messages")
    assert (last, empty) == ("[End of older messages.]", "")
    assert all(line.startswith("> [1] 2026-03-02 · ") for line in quotes)
    assert block.splitlines()[1:-2] == quotes
    assert block == render_recalled([passage])
