"""axe-core on every page, in both themes and in a narrow window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp

OpenPage = Callable[..., Page]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 520])
def test_axe_finds_nothing(
    app: RunningApp,
    open_page: OpenPage,
    think_model: Path,
    absurd_models: Path,
    theme: str,
    width: int,
) -> None:
    page = open_page(theme=theme, width=width)
    found = {"empty chat": find_violations(page)}

    page.keyboard.press("Control+2")
    page.get_by_role("heading", name="Models", exact=True).wait_for()
    found["models, empty"] = find_violations(page)
    app.invoke("add_model_folder", path=str(think_model.parent))
    page.get_by_role("button", name="Load tiny-think", exact=True).wait_for()
    found["models"] = find_violations(page)
    page.get_by_role("button", name="Load options for tiny-think").click()
    page.get_by_role("dialog").wait_for()
    found["load options"] = find_violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete tiny-think…").click()
    page.get_by_role("button", name="Move to trash").wait_for()
    found["delete a model"] = find_violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Load template-with-mistake", exact=True).click()
    page.get_by_text("could not be loaded").first.wait_for()
    found["models, load failed"] = find_violations(page)

    app.invoke("start_llama_server", config={"model_path": str(think_model), "threads": 1})
    page.keyboard.press("Control+n")
    page.get_by_role("textbox", name="Message").fill("Hello")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()
    found["chat"] = find_violations(page)
    page.keyboard.press("Control+Shift+m")
    page.get_by_role("combobox", name="Filter models").wait_for()
    found["model list"] = find_violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+/")
    page.get_by_role("dialog").wait_for()
    found["shortcuts"] = find_violations(page)

    assert {place: what for place, what in found.items() if what} == {}


def test_the_page_never_scrolls_sideways(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    page = open_page(width=480, height=560)
    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    page.get_by_role("textbox", name="Message").fill("x" * 400)
    page.keyboard.press("Enter")
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()

    for keys in ("Control+1", "Control+2"):
        page.keyboard.press(keys)
        assert page.evaluate(
            "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
