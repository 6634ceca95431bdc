"""axe-core on what can be done with a message: versions, editing, menu, dialogs, finding."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp

OpenPage = Callable[..., Page]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 480])
def test_axe_finds_nothing_around_a_turn(
    app: RunningApp, open_page: OpenPage, tiny_model: Path, theme: str, width: int
) -> None:
    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    chat = app.invoke("create_conversation", system_prompt="Be brief.")
    page = open_page(theme=theme, width=width)
    with app.listen("answers") as events:
        ids = app.invoke("send_message", conversation_id=chat["id"], content="Say the words")
        events.until("answers", lambda event: event["type"] == "finished")
        app.invoke("answer_again", conversation_id=chat["id"], message_id=ids["answer_message_id"])
        events.until("answers", lambda event: event["type"] == "finished")
    page.goto(f"{app.base}/#/chat/{chat['id']}")
    page.reload()
    answer = page.get_by_role("article").nth(1)
    expect(answer.get_by_text("2/2")).to_be_visible()
    found = {"versions": find_violations(page)}

    page.get_by_role("article").first.focus()
    page.get_by_role("article").first.get_by_role("button", name="Edit").click()
    found["editing"] = find_violations(page)
    page.keyboard.press("Escape")
    answer.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Show what the model sees").wait_for()
    found["menu"] = find_violations(page)
    page.get_by_role("menuitem", name="Show what the model sees").click()
    expect(page.get_by_role("listitem", name=re.compile("^System prompt, "))).to_be_visible()
    found["prompt"] = find_violations(page)
    page.keyboard.press("Escape")
    answer.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="How this was answered").click()
    page.get_by_role("dialog").wait_for()
    found["details"] = find_violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+f")
    page.get_by_role("textbox", name="Find in this chat").fill("words")
    expect(page.get_by_role("search")).to_contain_text("1 of")
    found["find"] = find_violations(page)
    assert page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )

    assert {place: what for place, what in found.items() if what} == {}
