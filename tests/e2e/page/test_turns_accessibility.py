"""axe-core on what can be done with a message: versions, editing, menu, dialogs, finding."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driver.running_app import RunningApp

OpenPage = Callable[..., Page]
AXE = Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js"


def _violations(page: Page) -> list[str]:
    # Evaluated and not added as a script: the page's policy allows no foreign script.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run()")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


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
    found = {"versions": _violations(page)}

    page.get_by_role("article").first.focus()
    page.get_by_role("article").first.get_by_role("button", name="Edit").click()
    found["editing"] = _violations(page)
    page.keyboard.press("Escape")
    answer.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Show what the model sees").wait_for()
    found["menu"] = _violations(page)
    page.get_by_role("menuitem", name="Show what the model sees").click()
    expect(page.get_by_role("listitem", name=re.compile("^System prompt, "))).to_be_visible()
    found["prompt"] = _violations(page)
    page.keyboard.press("Escape")
    answer.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="How this was answered").click()
    page.get_by_role("dialog").wait_for()
    found["details"] = _violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+f")
    page.get_by_role("textbox", name="Find in this chat").fill("words")
    expect(page.get_by_role("search")).to_contain_text("1 of")
    found["find"] = _violations(page)
    assert page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )

    assert {place: what for place, what in found.items() if what} == {}
