"""What is read can be quoted, copied and followed; chats are selected, deleted and brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driver.kept_chat import write_chat
from driver.running_app import RunningApp, running_app

OpenPage = Callable[..., Page]

_ANSWER = """Aim for **0.4 kPa**, with $x^2$.[^1]

A second paragraph to quote from.

[^1]: What the note says
"""

_SELECT = """(text) => {
    const walker = document.createTreeWalker(document.querySelector('[data-turn="2"]'), 4)
    while (walker.nextNode()) {
        const at = walker.currentNode.data.indexOf(text)
        if (at >= 0) {
            const node = walker.currentNode
            getSelection().setBaseAndExtent(node, at, node, at + text.length)
            return
        }
    }
}"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    for number in range(4):
        write_chat(
            tmp_path / "data", f"chat-{number}", title=f"Chat number {number}", answer=_ANSWER
        )
    with running_app(tmp_path / "data") as started:
        yield started


def _open(open_page: OpenPage) -> Page:
    page = open_page()
    page.get_by_role("button", name="Chat number 3", exact=True).click()
    page.locator(".katex").first.wait_for()
    return page


def test_what_is_selected_is_quoted_into_the_message(open_page: OpenPage) -> None:
    page = _open(open_page)
    page.evaluate(_SELECT, "paragraph to quote")

    page.get_by_role("button", name="Quote").click()

    message = page.get_by_role("textbox", name="Message")
    expect(message).to_have_value("> paragraph to quote\n\n")
    expect(message).to_be_focused()
    expect(page.get_by_role("button", name="Quote")).to_have_count(0)


def test_an_answer_is_copied_as_rich_text_that_is_clean(open_page: OpenPage) -> None:
    page = _open(open_page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="More", exact=False).last.click()
    page.get_by_role("menuitem", name="Copy as rich text").click()
    expect(page.get_by_text("Copied")).to_be_visible()

    kinds: dict[str, str] = page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read()
            const read = async (kind) => await (await item.getType(kind)).text()
            return { html: await read('text/html'), text: await read('text/plain') }
        }"""
    )

    assert "<strong>0.4 kPa</strong>" in kinds["html"]
    assert "$x^2$" in kinds["html"]
    assert "class=" not in kinds["html"]
    assert "0.4 kPa" in kinds["text"]


def test_a_footnote_is_reached_by_key_and_left_again(open_page: OpenPage) -> None:
    page = _open(open_page)
    number = page.get_by_role("button", name="Footnote 1", exact=True)
    number.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-note-text='1']")).to_be_focused()
    expect(page.locator("[data-note-text='1']")).to_contain_text("What the note says")

    page.get_by_role("button", name="Back from footnote 1").press("Enter")

    expect(number).to_be_focused()


def test_several_chats_go_to_the_trash_and_come_back(app: RunningApp, open_page: OpenPage) -> None:
    page = _open(open_page)
    page.get_by_role("button", name="Chat number 3", exact=True).focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("group", name="Selected chats")).to_contain_text("2 selected")
    page.keyboard.press("Delete")
    expect(page.get_by_text("2 chats deleted")).to_be_visible()
    assert len(app.invoke("list_conversations")) == 2

    page.get_by_role("button", name="Trash").click()
    page.get_by_role("button", name="Restore Chat number 3").click()
    page.get_by_role("button", name="Back to the chats").click()

    expect(page.get_by_role("button", name="Chat number 3", exact=True)).to_be_visible()
    assert len(app.invoke("list_conversations")) == 3


def test_a_pinned_chat_stands_first(open_page: OpenPage) -> None:
    page = _open(open_page)
    page.get_by_role("button", name="Chat number 0", exact=True).click(button="right")
    page.get_by_role("menuitem", name="Pin").click()

    pinned = page.get_by_role("list", name="Pinned")
    expect(pinned.get_by_role("button", name="Chat number 0", exact=True)).to_be_visible()
