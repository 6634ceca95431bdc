"""A rendered prompt by where its stretches come from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.domain.chat import PromptOrigin
from llama_desktop.infrastructure.llama.chat_request import ChatMessage
from llama_desktop.services.chat.prompt import PromptMessage, Segment
from llama_desktop.services.chat.prompt_parts import mark_prompt, split_rendered

Template = Callable[[tuple[ChatMessage, ...]], str]


def _plain(messages: tuple[ChatMessage, ...]) -> str:
    return "".join(f"<|{m.role}|>\n{m.content}<|end|>\n" for m in messages) + "<|assistant|>\n"


def _trimming(messages: tuple[ChatMessage, ...]) -> str:
    return "".join(f"[{m.role}] {m.content.strip()}\n" for m in messages)


def _system_last(messages: tuple[ChatMessage, ...]) -> str:
    system = "".join(m.content for m in messages if m.role == "system")
    *others, last = [m for m in messages if m.role != "system"]
    told = "".join(f"[INST]{m.content}[/INST]" for m in others)
    return f"{told}[INST]{system}\n\n{last.content}[/INST]"


def _split(parts: list[PromptMessage], template: Template) -> list[Segment]:
    marked = mark_prompt(parts)
    sent = tuple(part.as_sent() for part in parts)
    return split_rendered(template(sent), template(marked.messages), marked.segments)


def _chat(system: str, file: str, question: str) -> list[PromptMessage]:
    return [
        PromptMessage("system", (Segment(PromptOrigin.SYSTEM, system),)),
        PromptMessage(
            "user",
            (Segment(PromptOrigin.FILE, file, 1), Segment(PromptOrigin.USER, question, 1)),
        ),
    ]


@pytest.mark.parametrize("template", [_plain, _trimming, _system_last])
def test_each_text_is_found_where_the_template_puts_it(template: Template) -> None:
    stretches = _split(_chat("Be kind.", "File: a\n\n", "user"), template)
    found = {stretch.origin: stretch.text for stretch in stretches}
    assert found[PromptOrigin.SYSTEM] == "Be kind."
    assert found[PromptOrigin.FILE] == "File: a\n\n"
    assert found[PromptOrigin.USER] == "user"


_text = st.text(st.sampled_from("<|user>end \nab[]"), max_size=12)


@given(_text, _text, _text, st.sampled_from([_plain, _trimming]))
def test_the_stretches_are_always_the_whole_prompt(
    system: str, file: str, question: str, template: Template
) -> None:
    parts = _chat(system, file, question)
    rendered = template(tuple(part.as_sent() for part in parts))
    assert "".join(stretch.text for stretch in _split(parts, template)) == rendered


@given(_text, _text, _text)
def test_what_looks_like_the_template_is_still_the_persons(
    system: str, file: str, question: str
) -> None:
    stretches = _split(_chat(system, file, question), _plain)
    told = {stretch.origin: stretch.text for stretch in stretches}
    assert told.get(PromptOrigin.SYSTEM, "") == system
    assert told.get(PromptOrigin.FILE, "") == file
    assert told.get(PromptOrigin.USER, "") == question


def test_a_template_that_changes_a_text_does_not_hide_it() -> None:
    def shouting(messages: tuple[ChatMessage, ...]) -> str:
        return "".join(f"<{m.role}>{m.content.replace('x', 'XX')}</>" for m in messages)

    stretches = _split(_chat("ax", "", "bx"), shouting)
    assert [(stretch.origin.value, stretch.text) for stretch in stretches] == [
        ("template", "<system>"),
        ("system", "aXX"),
        ("template", "</><user>"),
        ("user", "bXX"),
        ("template", "</>"),
    ]


def test_a_template_that_drops_a_message_is_told_as_one_stretch() -> None:
    def forgetful(messages: tuple[ChatMessage, ...]) -> str:
        return messages[-1].content

    (only,) = _split(_chat("Be kind.", "", "Hello"), forgetful)
    assert (only.origin, only.text) == (PromptOrigin.TEMPLATE, "Hello")
