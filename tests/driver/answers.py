"""Waits for an answer that streams: how it is cut into paragraphs is the model's affair."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


def text_of(turn: Locator) -> Locator:
    """What was answered, without the figures below it."""
    return turn.locator("[data-findable]")


def await_words(turn: Locator) -> None:
    """Until there are three words."""
    expect(text_of(turn)).to_contain_text(re.compile(r"\S+\s+\S+\s+\S"), use_inner_text=True)


def await_more(page: Page, turn: Locator) -> None:
    """Until the answer has grown by some words more."""
    text = text_of(turn)
    page.wait_for_function(
        "([text, length]) => text.innerText.length > length + 40",
        arg=[text.element_handle(), len(text.inner_text())],
    )
