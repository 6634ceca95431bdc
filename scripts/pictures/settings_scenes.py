"""The pictures of the settings."""

from __future__ import annotations

from functools import partial
from typing import Final

from playwright.sync_api import Page

from driver.running_app import running_app
from pictures.chat_scenes import load
from pictures.history import write_history
from pictures.library import write_library
from pictures.stage import Stage, put_mouse_away

_SECTIONS: Final = ("Appearance", "Memory")
_KEEP: Final = """
page => {
    for (const input of page.querySelectorAll('input')) {
        input.setAttribute('value', input.value);
        input.toggleAttribute('checked', input.checked);
    }
    for (const option of page.querySelectorAll('option')) {
        option.toggleAttribute('selected', option.selected);
    }
    return page.outerHTML;
}
"""
"""What is written and chosen is no attribute by itself."""


def play_settings(stage: Stage) -> None:
    """Take them."""
    if not stage.wants("settings-appearance", "settings-memory", "settings-all"):
        return
    data = stage.folder / "settings"
    write_history(data)
    model = write_library(stage.folder / "Models")
    with running_app(data) as app:
        app.be_quiet()
        app.invoke("update_settings", theme="system")
        app.invoke("add_model_folder", path=str(model.parent))
        load(app, model)
        chats = app.invoke("list_conversations")
        landlord = next(one["id"] for one in chats if one["title"] == "Letter to the landlord")
        app.invoke("leave_out_of_memory", conversation_id=landlord, is_left_out=True)
        for name in _SECTIONS:
            stage.take(f"settings-{name.lower()}", app, partial(_open_section, name))
        stage.take("settings-all", app, _lay_below_each_other, size=(1280, 6210), scale=1)


def _open_section(name: str, page: Page) -> None:
    page.get_by_role("textbox", name="Message").wait_for()
    page.keyboard.press("Control+,")
    page.locator("#settings-title").wait_for()
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_role("heading", name=name, level=1).wait_for()
    page.locator("main h2").first.wait_for()
    put_mouse_away(page)


def _lay_below_each_other(page: Page) -> None:
    """The app shows one section at a time: what each looks like is kept, and shown as one."""
    page.get_by_role("textbox", name="Message").wait_for()
    page.keyboard.press("Control+,")
    page.locator("#settings-title").wait_for()
    names = page.get_by_role("navigation").get_by_role("button").all_inner_texts()
    kept = ""
    for name in names[1:-1]:
        page.get_by_role("navigation").get_by_role("button", name=name, exact=True).click()
        page.get_by_role("heading", name=name, level=1).wait_for()
        page.locator("main h2").first.wait_for()
        page.wait_for_timeout(300)
        kept += page.locator("main .page").first.evaluate(_KEEP)
    page.get_by_role("navigation").get_by_role("button").nth(1).click()
    page.locator("main .page").first.evaluate("(page, html) => { page.outerHTML = html }", kept)
