"""The settings and the command palette, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp

OpenPage = Callable[..., Page]
SECTIONS = (
    "General",
    "Appearance",
    "Engine",
    "Chat defaults",
    "Data & privacy",
    "Shortcuts",
    "About",
)


def _open_section(page: Page, name: str) -> None:
    page.keyboard.press("Control+,")
    page.locator("#settings-title").wait_for()
    show = page.get_by_role("button", name="Show sidebar")
    if show.is_visible():
        show.click()
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 480)])
def test_axe_finds_nothing_in_the_settings(open_page: OpenPage, theme: str, width: int) -> None:
    page = open_page(theme=theme, width=width)
    found = {}
    for name in SECTIONS:
        _open_section(page, name)
        page.locator("main h2").first.wait_for()
        found[name] = find_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("set")
    expect(page.get_by_role("option").first).to_be_visible()
    found["palette"] = find_violations(page)

    assert found == {name: [] for name in (*SECTIONS, "palette")}


def test_looks_change_at_once_go_back_by_themselves_and_outlive_a_reload(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()
    _open_section(page, "Appearance")
    root = page.locator("html")
    row = page.get_by_role("group", name="Text size", exact=True)
    expect(row.get_by_role("button", name="Reset")).to_have_count(0)

    page.get_by_role("slider", name="Text size").fill("20")
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("radio", name="Wide").check()
    page.get_by_role("radio", name="Compact").check()
    page.get_by_role("switch", name="Glow").click()

    expect(root).to_have_attribute("data-theme", "dark")
    expect(root).to_have_attribute("data-glow", "off")
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    page.wait_for_function(f"() => {size} > 21")
    measure = "getComputedStyle(document.documentElement).getPropertyValue('--measure').trim()"
    assert page.evaluate(measure) == "50rem"
    assert app.invoke("get_settings")["text_size"] == 20

    page.reload()
    expect(page.get_by_role("heading", name="Appearance", level=1)).to_be_visible()
    expect(root).to_have_attribute("data-density", "compact")
    assert page.evaluate(f"() => {size}") > 21

    row.get_by_role("button", name="Reset").click()
    page.wait_for_function(f"() => {size} === 16")
    expect(row.get_by_role("button", name="Reset")).to_have_count(0)


def test_a_setting_is_found_by_its_name_and_has_the_focus(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("Control+,")
    page.get_by_role("textbox", name="Find a setting").fill("cont siz")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Engine", level=1)).to_be_visible()
    expect(page.get_by_role("textbox", name="Context size")).to_be_focused()


@pytest.mark.parametrize(("theme", "width"), [("dark", 1280), ("light", 480)])
def test_a_snapshot_brings_a_chat_back_and_everything_is_deleted_by_a_typed_word(
    app: RunningApp, open_page: OpenPage, theme: str, width: int
) -> None:
    chat = app.invoke("create_conversation")["id"]
    app.invoke("rename_conversation", conversation_id=chat, title="Bread")
    page = open_page(theme=theme, width=width)
    page.goto(f"{app.base}/#/settings/data")
    page.reload()
    found = {}

    page.get_by_role("button", name="Make one now").click()
    expect(page.get_by_text("Snapshot of 1 chat made")).to_be_visible()
    app.invoke("delete_conversations", conversation_ids=[chat])
    app.invoke("update_settings", chat_system_prompt="Be brief.")
    page.get_by_role("button", name="Restore…").click()
    found["restore"] = find_violations(page)
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(page.get_by_text("1 chat and settings restored to the snapshot")).to_be_visible()
    assert app.invoke("get_settings")["chat_system_prompt"] == ""
    assert [one["title"] for one in app.invoke("list_conversations")] == ["Bread"]

    page.get_by_role("button", name="Import…").click()
    expect(page.get_by_role("dialog", name="Import chats")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete all chats")
    expect(dialog.get_by_text("Deleted for good: 1 chat and 2 snapshots.")).to_be_visible()
    found["delete"] = find_violations(page)
    dialog.get_by_role("textbox").fill("delete")
    page.keyboard.press("Enter")
    expect(page.get_by_text("All chats deleted", exact=True)).to_be_visible()
    assert app.invoke("list_conversations") == []
    assert app.invoke("list_snapshots") == []
    expect(page.get_by_text("There is no snapshot yet.")).to_be_visible()
    assert found == {"restore": [], "delete": []}


def test_the_licences_of_all_parts_are_shown(open_page: OpenPage) -> None:
    page = open_page()
    _open_section(page, "About")
    page.get_by_role("group", name="Licences").get_by_role("button", name="Show").click()
    dialog = page.get_by_role("dialog", name="Licences of the parts")
    for name in ("Python", "httpx", "xllamacpp", "svelte", "katex"):
        expect(dialog.locator("summary b", has_text=re.compile(f"^{name}$"))).to_be_visible()
    tinydb = dialog.locator("details", has=page.locator("b", has_text=re.compile("^tinydb$")))
    tinydb.locator("summary").click()
    expect(tinydb.get_by_text("Permission is hereby granted")).to_be_visible()
    assert find_violations(page) == []


def test_a_message_is_sent_with_the_key_that_was_chosen(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    page = open_page()
    _open_section(page, "General")
    page.get_by_role("radio", name="Ctrl Enter", exact=True).check()
    page.get_by_role("button", name="Back to chats").click()
    field = page.get_by_role("textbox", name="Message", exact=True)
    field.fill("first line")
    field.press("Enter")
    field.press_sequentially("second line")
    expect(field).to_have_value("first line\nsecond line")
    field.press("Control+Enter")
    expect(page.get_by_role("article").first).to_contain_text("second line")
    [chat] = app.invoke("list_conversations")
    kept = app.invoke("get_conversation", conversation_id=chat["id"])
    assert kept["messages"][0]["content"] == "first line\nsecond line"
