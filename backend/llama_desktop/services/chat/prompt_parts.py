"""Tells of each stretch of a rendered prompt where it comes from. Pure.

A chat template may put a message anywhere and trim it, and what a person writes may look like the
template's own marks. So the template is rendered a second time with a mark that nothing else
contains in the place of each text: what stands between the marks is the template's.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.chat import PromptOrigin
from llama_desktop.infrastructure.llama.chat_request import ChatMessage
from llama_desktop.services.chat.prompt import PromptMessage, Segment


class MarkedPrompt(Struct, frozen=True):
    """The messages with marks, and what each mark stands for."""

    messages: tuple[ChatMessage, ...]
    segments: dict[str, Segment]


def mark_prompt(parts: Sequence[PromptMessage]) -> MarkedPrompt:
    """Marks in the place of every text of these messages."""
    nonce = secrets.token_hex(8)
    segments: dict[str, Segment] = {}
    messages: list[ChatMessage] = []
    for part in parts:
        marked: list[Segment] = []
        for segment in part.segments:
            if segment.text:
                mark = f"[{nonce}-{len(segments)}]"
                segments[mark] = segment
                marked.append(replace(segment, text=mark))
        messages.append(replace(part, segments=tuple(marked)).as_sent())
    return MarkedPrompt(tuple(messages), segments)


def split_rendered(rendered: str, marked: str, segments: dict[str, Segment]) -> list[Segment]:
    """The rendered prompt in stretches that together are the whole of it.

    What cannot be told apart is said to be the template's own.
    """
    places = sorted((marked.find(mark), mark) for mark in segments)
    if any(place < 0 or marked.count(mark) != 1 for place, mark in places):
        return [Segment(PromptOrigin.TEMPLATE, rendered)]
    stretches: list[Segment] = []
    at = end = 0
    for number, (place, mark) in enumerate(places):
        before = marked[end:place]
        end = place + len(mark)
        next_place = places[number + 1][0] if number + 1 < len(places) else len(marked)
        after = marked[end:next_place]
        found = _find_text(rendered, at, before, segments[mark].text, after)
        if found is None:
            break
        stretches += [
            Segment(PromptOrigin.TEMPLATE, before),
            replace(segments[mark], text=found),
        ]
        at += len(before) + len(found)
    stretches.append(Segment(PromptOrigin.TEMPLATE, rendered[at:]))
    return [stretch for stretch in stretches if stretch.text]


def _find_text(rendered: str, at: int, before: str, text: str, after: str) -> str | None:
    """The text as it stands there, between what the template puts around it."""
    if not rendered.startswith(before, at):
        return None
    at += len(before)
    for candidate in (text, text.strip(), text.lstrip(), text.rstrip()):
        if rendered.startswith(candidate + after, at):
            return candidate
    # The template has changed the text itself; it still ends where the template goes on.
    end = rendered.find(after, at) if after else -1
    return None if end < 0 else rendered[at:end]
