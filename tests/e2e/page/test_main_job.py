"""The whole main job, as a person does it: with the mouse, and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from driver.running_app import RunningApp, running_app

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]


def test_the_main_job_with_the_mouse(
    tmp_path: Path, app: RunningApp, open_page: OpenPage, picture: Picture, tiny_model: Path
) -> None:
    page = open_page(theme="dark")
    expect(page.get_by_role("heading", name="New chat")).to_be_visible()
    picture(page, "chat-empty-dark")

    page.get_by_role("button", name="Models", exact=True).first.click()
    page.get_by_role("button", name="Add folder").first.click()
    page.get_by_role("textbox", name="Path of the folder").fill(str(tiny_model.parent))
    page.get_by_role("dialog").get_by_role("button", name="Add folder").click()
    page.get_by_role("button", name="Load tiny-fast", exact=True).click()
    expect(page.get_by_role("button", name="Eject tiny-fast")).to_be_visible()
    picture(page, "models-dark")

    page.get_by_role("button", name="New chat").first.click()
    message = page.get_by_role("textbox", name="Message")
    expect(message).to_be_focused()
    message.fill("Hello, who are you?")
    page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("article").nth(1)
    expect(answer.get_by_text("to first token")).to_be_visible()
    expect(answer.get_by_text(re.compile("to first token"))).to_be_visible()
    expect(page.get_by_role("article").first).to_contain_text("Hello, who are you?")
    said = answer.inner_text()
    picture(page, "chat-answered-dark")

    page.reload()
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()
    assert page.get_by_role("article").nth(1).inner_text() == said

    page.context.close()
    app.end()
    with running_app(tmp_path / "data") as again:
        [chat] = again.invoke("list_conversations")
        assert chat["title"] == "Hello, who are you?"


def test_the_main_job_by_keyboard_alone(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    page = open_page()
    keys = page.keyboard

    keys.press("Control+2")
    _tab_to(page, "Add folder")
    keys.press("Enter")
    expect(page.get_by_role("textbox", name="Path of the folder")).to_be_focused()
    keys.type(str(tiny_model.parent))
    keys.press("Enter")
    page.get_by_role("button", name="Load tiny-fast", exact=True).wait_for()
    _tab_to(page, "Load tiny-fast")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Eject tiny-fast")).to_be_visible()

    keys.press("Control+n")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    keys.type("First line")
    keys.press("Shift+Enter")
    keys.type("second line")
    keys.press("Enter")
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()
    [chat] = app.invoke("list_conversations")
    kept = app.invoke("get_conversation", conversation_id=chat["id"])
    assert kept["messages"][0]["content"] == "First line\nsecond line"

    _tab_to(page, "Answer again")
    keys.press("Enter")
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()
    keys.press("Control+Shift+m")
    expect(page.get_by_role("combobox", name="Filter models")).to_be_focused()
    keys.press("Escape")
    keys.press("Control+n")
    expect(page.get_by_role("heading", name="New chat")).to_be_visible()
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the control with this name has the focus."""
    named = """() => document.activeElement.getAttribute('aria-label')
        ?? document.activeElement.innerText"""
    for _ in range(150):
        if page.evaluate(named).strip() == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {name!r}")
