"""Every page in a narrow window, with text twice as large, and in the system's own colours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]

_VIEWS = ("chat", "models", "search", "server", "settings")
_OUTSIDE = """() => [...document.querySelectorAll('main button, main input, main select')]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => !one.closest('.visually-hidden, [hidden]'))
    .filter((one) => {
        // What lies in a box of its own that scrolls sideways can be reached.
        for (let box = one.parentElement; box; box = box.parentElement) {
            if (['auto', 'scroll'].includes(getComputedStyle(box).overflowX)
                && box.scrollWidth > box.clientWidth) return false;
        }
        const { left, right, width } = one.getBoundingClientRect();
        return width > 1 && (left < -1 || right > innerWidth + 1);
    })
    .map((one) => one.ariaLabel ?? one.textContent)"""


@pytest.fixture
def page(app: RunningApp, open_page: OpenPage, tiny_model: Path) -> Page:
    """A page of an app that has a model and a chat."""
    app.invoke("add_model_folder", path=str(tiny_model.parent))
    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    page = open_page(theme="light")
    page.get_by_role("textbox", name="Message").fill("Something with a few words in it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()
    return page


def _go_to(page: Page, app: RunningApp, view: str) -> None:
    [chat] = app.invoke("list_conversations")
    page.evaluate("(hash) => { location.hash = hash }", f"#/{view}/{chat['id']}")
    page.reload()
    page.get_by_role("main").wait_for()
    if view == "chat":
        page.get_by_role("article").first.wait_for()
    elif view == "search":
        page.get_by_role("combobox", name="Search all chats").fill("words")
        page.get_by_role("listbox", name="What was found").wait_for()
    else:
        page.get_by_role("main").get_by_role("heading").first.wait_for()


def _sideways(page: Page) -> tuple[int, list[str]]:
    """By how much the page can be scrolled sideways, and which controls are out of sight."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    return max(wide, 0), page.evaluate(_OUTSIDE)


def test_nothing_is_cut_off_with_text_twice_as_large(
    page: Page, app: RunningApp, picture: Picture
) -> None:
    found = {}
    for view in _VIEWS:
        _go_to(page, app, view)
        page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        picture(page, f"twice-{view}")
        found[view] = _sideways(page)
    assert found == {view: (0, []) for view in _VIEWS}


def test_nothing_is_cut_off_in_the_smallest_window(
    page: Page, app: RunningApp, picture: Picture
) -> None:
    page.set_viewport_size({"width": 480, "height": 560})
    found = {}
    for view in _VIEWS:
        _go_to(page, app, view)
        picture(page, f"smallest-{view}")
        found[view] = _sideways(page)
    assert found == {view: (0, []) for view in _VIEWS}


def test_pages_can_be_used_in_the_systems_own_colours(
    page: Page, app: RunningApp, picture: Picture
) -> None:
    page.emulate_media(forced_colors="active")
    found = {}
    for view in _VIEWS:
        _go_to(page, app, view)
        picture(page, f"forced-{view}")
        # The colours are the system's; everything else has to hold as ever.
        found[view] = [one for one in find_violations(page) if not one.startswith("color-contrast")]
    assert found == {view: [] for view in _VIEWS}
