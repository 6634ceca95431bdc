"""A chat's own settings, its presets, its context gauge and its menu."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]


def _load(app: RunningApp, model: Path, **config: Any) -> None:
    app.invoke("start_llama_server", config={"model_path": str(model), "threads": 1, **config})


def _send(page: Page, text: str) -> None:
    message = page.get_by_role("textbox", name="Message")
    message.fill(text)
    message.press("Enter")


def _open_settings(page: Page) -> Locator:
    page.get_by_role("button", name="Chat settings", exact=True).click()
    panel = page.get_by_role("region", name="Chat settings")
    panel.wait_for()
    return panel


def _kept(app: RunningApp) -> dict[str, Any]:
    chat = app.invoke("list_conversations")[0]
    kept: dict[str, Any] = app.invoke("get_conversation", conversation_id=chat["id"])
    return kept


def _answered(page: Page, count: int = 1) -> None:
    expect(
        page.get_by_role("article").nth(2 * count - 1).get_by_text("to first token")
    ).to_be_visible()


def test_a_new_chat_begins_with_what_was_set_for_it(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    _load(app, tiny_model)
    page = open_page()
    panel = _open_settings(page)
    panel.get_by_role("textbox", name="System prompt").fill("Answer in rhymes.")
    panel.get_by_role("textbox", name="Temperature").fill("0.3")
    panel.get_by_role("textbox", name="Longest answer").fill("5")
    panel.get_by_role("radio", name="Middle").check()

    _send(page, "Begin")

    _answered(page)
    kept = _kept(app)
    assert kept["system_prompt"] == "Answer in rhymes."
    assert kept["overflow"] == "middle"
    assert kept["parameters"]["temperature"] == 0.3
    answer = kept["messages"][-1]
    assert answer["parameters"]["max_tokens"] == 5
    assert answer["stats"]["generated_tokens"] == 5
    page.keyboard.press("Control+n")
    expect(panel.get_by_role("textbox", name="Temperature")).to_have_value("")


def test_changes_count_from_the_next_answer_on_and_stay(
    app: RunningApp, open_page: OpenPage, endless_model: Path
) -> None:
    _load(app, endless_model)
    page = open_page()
    panel = _open_settings(page)
    panel.get_by_role("textbox", name="Longest answer").fill("8")
    _send(page, "One")
    _answered(page)

    panel.get_by_role("textbox", name="Longest answer").fill("3")
    # Without waiting for the pause after which it is kept.
    _send(page, "Two")
    _answered(page, 2)

    lengths = [m["stats"]["generated_tokens"] for m in _kept(app)["messages"] if m["stats"]]
    assert lengths == [8, 3]
    page.reload()
    panel = _open_settings(page)
    expect(panel.get_by_role("textbox", name="Longest answer")).to_have_value("3")
    panel.get_by_role("button", name="Reset Longest answer").click()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.get_by_role("button", name="Chat settings", exact=True)).to_be_focused()
    page.wait_for_function(
        """async ([token, id]) => {
            const answer = await fetch('/api/invoke/get_conversation', {
                method: 'POST',
                headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
                body: JSON.stringify({ conversation_id: id }),
            });
            return (await answer.json()).value.parameters.max_tokens === null;
        }""",
        arg=[app.token, _kept(app)["id"]],
    )


def test_numbers_are_checked_and_move_with_their_slider(
    app: RunningApp, open_page: OpenPage
) -> None:
    panel = _open_settings(open_page())
    field = panel.get_by_role("textbox", name="Top-p")

    field.fill("7")
    expect(panel.get_by_role("alert")).to_contain_text("A number from 0 to 1")
    field.fill("0.5")
    expect(panel.get_by_role("slider", name="Top-p")).to_have_value("0.5")
    panel.get_by_role("slider", name="Top-p").press("ArrowRight")

    expect(field).to_have_value("0.51")
    panel.get_by_role("button", name="Reset Top-p").click()
    expect(field).to_have_value("")


def test_a_schema_is_checked_before_it_is_sent(
    app: RunningApp, open_page: OpenPage, tiny_model: Path, picture: Picture
) -> None:
    _load(app, tiny_model)
    page = open_page()
    _send(page, "Begin")
    _answered(page)
    panel = _open_settings(page)
    panel.get_by_role("radio", name="JSON schema").check()
    schema = panel.get_by_role("textbox", name="JSON schema")
    schema.fill('{"type": ')
    expect(panel.get_by_text("This is not JSON yet.")).to_be_visible()
    picture(page, "settings-schema")

    schema.fill(json.dumps({"enum": ["yes", "no"]}))
    _send(page, "Is it so?")

    _answered(page, 2)
    assert _kept(app)["messages"][-1]["content"].strip() in ('"yes"', '"no"')
    panel.get_by_role("radio", name="Grammar").check()
    panel.get_by_role("textbox", name="Grammar").fill("this is no grammar")
    expect(panel.get_by_role("alert")).to_be_visible()


def test_presets_are_saved_chosen_renamed_and_deleted(
    app: RunningApp, open_page: OpenPage, picture: Picture
) -> None:
    page = open_page()
    panel = _open_settings(page)
    presets = panel.get_by_role("combobox", name="Preset")
    menu = panel.get_by_role("button", name="Actions for presets")
    panel.get_by_role("textbox", name="Temperature").fill("0.1")
    expect(presets).to_have_value("custom")
    menu.click()
    page.get_by_role("menuitem", name="Save as a preset").click()
    page.get_by_role("dialog").get_by_role("textbox", name="Name of the preset").fill("Precise")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("option", name="Precise")).to_have_count(1)

    presets.select_option("Default")
    expect(panel.get_by_role("textbox", name="Temperature")).to_have_value("")
    presets.select_option("Precise")
    expect(panel.get_by_role("textbox", name="Temperature")).to_have_value("0.1")

    menu.click()
    page.get_by_role("menuitem", name="Rename Precise").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Exact")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("option", name="Exact")).to_have_count(1)
    assert [one["name"] for one in app.invoke("get_settings")["presets"]] == ["Exact"]
    menu.click()
    picture(page, "settings-preset-menu")
    page.get_by_role("menuitem", name="Delete Exact").click()
    expect(panel.get_by_role("option", name="Exact")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("option", name="Exact")).to_have_count(1)


def test_thinking_is_switched_off_in_the_composer(
    app: RunningApp, open_page: OpenPage, think_model: Path
) -> None:
    _load(app, think_model)
    page = open_page()
    toggle = page.get_by_role("button", name="Think", exact=True)
    expect(toggle).to_have_attribute("aria-pressed", "true")

    toggle.click()
    _send(page, "Say it at once")
    _answered(page)

    assert _kept(app)["parameters"]["thinking"] is False
    panel = _open_settings(page)
    expect(
        panel.get_by_role("radiogroup", name="Thinking").get_by_role("radio", name="Off")
    ).to_be_checked()


def test_the_gauge_tells_what_fills_the_context(
    app: RunningApp, open_page: OpenPage, tiny_model: Path, picture: Picture
) -> None:
    _load(app, tiny_model)
    page = open_page()
    panel = _open_settings(page)
    panel.get_by_role("textbox", name="System prompt").fill("Be brief.")
    page.keyboard.press("Escape")
    _send(page, "How full is it?")
    _answered(page)

    page.get_by_role("button", name=re.compile("^Context: ")).click()

    split = page.get_by_role("dialog", name="Context")
    expect(split).to_contain_text(re.compile(r"System prompt\s*\d+"))
    picture(page, "gauge-split")
    usage = app.invoke("get_context_usage", conversation_id=_kept(app)["id"])
    for part in ("system", "turns", "answer"):
        assert usage[part] > 0
        expect(split).to_contain_text(str(usage[part]))
    expect(split).to_contain_text(f"{usage['total']:,} of {usage['window']:,} tokens")


def test_the_menu_pins_exports_renames_and_deletes(
    app: RunningApp, open_page: OpenPage, tiny_model: Path, picture: Picture
) -> None:
    _load(app, tiny_model)
    page = open_page()
    _send(page, "Greenhouse")
    _answered(page)
    more = page.get_by_role("main").get_by_role("button", name="More", exact=True).first

    more.click()
    picture(page, "chat-menu")
    page.get_by_role("menuitem", name="Pin").click()
    more.click()
    expect(page.get_by_role("menuitem", name="Unpin")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Export as Markdown").click()
    assert "Greenhouse" in Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename.endswith(".md")

    more.click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Tomatoes")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tomatoes")).to_be_attached()
    more.click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_text("Chat deleted")).to_be_visible()
    assert app.invoke("list_conversations") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 480])
def test_axe_finds_nothing_in_panel_gauge_and_menu(
    app: RunningApp,
    open_page: OpenPage,
    think_model: Path,
    picture: Picture,
    theme: str,
    width: int,
) -> None:
    _load(app, think_model)
    page = open_page(theme=theme, width=width)
    if width < 600:
        page.get_by_role("main").get_by_role("button", name="More", exact=True).click()
        page.get_by_role("menuitem", name="Chat settings").click()
    else:
        page.get_by_role("button", name="Chat settings", exact=True).click()
    panel = page.get_by_role("region", name="Chat settings")
    panel.get_by_role("textbox", name="Temperature").fill("0.7")
    picture(page, f"settings-{theme}-{width}")
    panel.get_by_role("heading", name="When the context is full").scroll_into_view_if_needed()
    picture(page, f"settings-end-{theme}-{width}")
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Context: ")).click()
    page.get_by_role("dialog", name="Context").wait_for()
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    _send(page, "Greenhouse")
    _answered(page)
    page.get_by_role("main").get_by_role("button", name="More", exact=True).first.click()
    page.get_by_role("menu").wait_for()
    picture(page, f"chat-menu-{theme}-{width}")
    assert find_violations(page) == []
