"""The search of all chats on the page: found as it is typed, shown in its chat, gone to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from driver.accessibility import find_violations
from driver.kept_chat import write_chat
from driver.running_app import RunningApp, running_app

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]

_SALT = (
    "Saturated table salt settles at **75.3 %**, so the jar is your reference.\n\n"
    "| Sensor | Shows |\n|---|---:|\n| Tent | 77.4 % |\n| Bench | 75.2 % |\n\n"
    "So against the salt test the tent sensor reads 2.1 % high; subtract 2.1 before you use it.\n\n"
    "The bench sensor is inside its tolerance; leave it alone."
)
_CHATS = {
    "salt": ("Calibrating the sensors", _SALT),
    "tent": ("Greenhouse controller", "If a sensor reads above 100 % it is wet, not broken."),
    "code": ("Sorting", "So:\n\n```python\nitems.sort()\n```\n\nIt sorts the high ones last."),
}


def _hits(page: Page) -> Locator:
    return page.get_by_role("listbox", name="What was found").get_by_role("option")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    for name, (title, answer) in _CHATS.items():
        write_chat(tmp_path / "data", name, title=title, answer=answer)
    with running_app(tmp_path / "data") as started:
        yield started


def test_what_was_said_is_found_as_it_is_typed_and_gone_to_and_back(
    app: RunningApp, open_page: OpenPage, picture: Picture
) -> None:
    page = open_page(theme="dark")
    page.keyboard.press("Control+Shift+F")
    field = page.get_by_role("combobox", name="Search all chats")
    expect(field).to_be_focused()
    page.keyboard.type("sensor reeds high")

    hits = _hits(page)
    expect(hits.first).to_contain_text("the tent sensor reads 2.1 % high")
    for word in ("sensor", "reads", "high"):
        expect(hits.first.locator("mark", has_text=word).first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="passages in")).to_be_visible()
    preview = page.get_by_role("region", name="Passage in Calibrating the sensors")
    expect(preview.locator("[data-hit]")).to_contain_text("So against the salt test")
    picture(page, "search-dark")

    page.keyboard.press("ArrowDown")
    expect(hits.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article").nth(1)).to_be_focused()
    expect(page.get_by_role("article").nth(1)).to_contain_text("So against the salt test")
    page.get_by_role("button", name="Back to search").click()
    expect(field).to_have_value("sensor reeds high")
    expect(hits.first).to_have_attribute("aria-selected", "true")


def test_a_message_of_another_branch_is_gone_to_in_its_branch(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    chat = app.invoke("create_conversation")
    with app.listen("answers") as events:
        for words in ("The llama is called Pachacutec", "Something else instead"):
            app.invoke("send_message", conversation_id=chat["id"], content=words, parent_id=None)
            events.until("answers", lambda event: event["type"] == "finished")
    page = open_page()
    page.keyboard.press("Control+Shift+F")
    page.get_by_role("combobox", name="Search all chats").fill("pachacutec")
    expect(_hits(page).first).to_contain_text("The llama is called Pachacutec")
    page.get_by_role("button", name="Open chat").click()

    expect(page.get_by_role("article").first).to_contain_text("The llama is called Pachacutec")
    expect(page.get_by_role("article").first).to_be_focused()
    expect(page.get_by_role("article").first.get_by_text("1/2")).to_be_visible()


def test_filters_leave_out_and_say_so(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{app.base}/#/search")
    page.reload()
    page.get_by_role("combobox", name="Search all chats").fill("high")
    hits = _hits(page)
    expect(hits).to_have_count(2)

    page.get_by_role("button", name="With code").click()
    expect(hits).to_have_count(1)
    expect(hits).to_contain_text("It sorts the high ones last")
    page.get_by_role("button", name="Pinned chats").click()
    expect(page.get_by_text("The filters leave messages out.")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(hits).to_have_count(2)
    page.get_by_role("combobox", name="Said by").select_option("user")
    expect(page.get_by_text("Nothing was found for “high”.")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 480])
def test_axe_finds_nothing_on_the_search_page(
    app: RunningApp, open_page: OpenPage, picture: Picture, theme: str, width: int
) -> None:
    page = open_page(theme=theme, width=width)
    page.keyboard.press("Control+Shift+F")
    expect(page.get_by_role("combobox", name="Search all chats")).to_be_focused()
    found = {"empty": find_violations(page)}
    page.keyboard.type("sensor reads high")
    expect(_hits(page).first).to_be_visible()
    found["hits"] = find_violations(page)
    picture(page, f"search-{theme}-{width}")
    if width == 480:
        _hits(page).first.click()
        expect(page.get_by_role("button", name="Back to what was found")).to_be_visible()
        picture(page, f"search-preview-{theme}-{width}")
        found["preview"] = find_violations(page)
    page.get_by_role("combobox", name="Search all chats").fill("xyzzyplugh")
    page.get_by_role("combobox", name="Search all chats").press("End")
    found["nothing"] = find_violations(page)
    assert {where: one for where, one in found.items() if one} == {}
