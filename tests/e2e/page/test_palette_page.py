"""The command palette and the recorder of shortcuts, in a real Chromium. One app for all."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from driver.running_app import RunningApp, running_app

OpenPage = Callable[..., Page]
PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[RunningApp]:
    folder = tmp_path_factory.mktemp("palette")
    models = folder / "models"
    models.mkdir()
    shutil.copy(tiny_model, models / "quokka-tiny.gguf")
    with running_app(folder / "data") as started:
        started.be_quiet()
        started.invoke("add_model_folder", path=str(models))
        yield started


def _chat(app: RunningApp, title: str) -> str:
    made: dict[str, Any] = app.invoke("create_conversation")
    app.invoke("rename_conversation", conversation_id=made["id"], title=title)
    return str(made["id"])


def _titles(app: RunningApp) -> list[str]:
    return [one["title"] for one in app.invoke("list_conversations")]


def _open_palette(page: Page, query: str) -> Locator:
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Type a command, a chat, a model or a setting")
    expect(field).to_be_focused(timeout=PATIENCE_MS)
    field.fill(query)
    return page.get_by_role("dialog", name="Command palette")


def _meant(palette: Locator) -> Locator:
    return palette.get_by_role("option", selected=True)


def _run(page: Page, query: str, title: str | re.Pattern[str]) -> None:
    """What Enter runs for these letters must be the one that is wanted."""
    palette = _open_palette(page, query)
    expect(_meant(palette)).to_contain_text(title)
    page.keyboard.press("Enter")
    expect(palette).to_be_hidden()


def test_commands_chats_models_and_settings_are_run_by_a_few_letters(
    app: RunningApp, open_page: OpenPage
) -> None:
    _chat(app, "Über Brötchen und Hefe")
    page = open_page()

    _run(page, "serv", "Server")
    expect(page.get_by_role("heading", name="Server", level=1)).to_be_visible(timeout=PATIENCE_MS)
    _run(page, "brotchen", "Über Brötchen und Hefe")
    expect(page.get_by_role("heading", name="Über Brötchen und Hefe", level=1)).to_be_attached()
    _run(page, "contxet size", "Context size")
    expect(page.get_by_role("textbox", name="Context size")).to_be_focused(timeout=PATIENCE_MS)
    with app.listen("server_state") as events:
        _run(page, "load quok", "Load quokka-tiny")
        states = events.until("server_state", lambda state: state["type"] == "running")
    assert states[-1]["config"]["model_path"].endswith("quokka-tiny.gguf")

    palette = _open_palette(page, "")
    recent = palette.get_by_role("group", name="Recent").get_by_role("option")
    expect(recent.first).to_contain_text("Load quokka-tiny")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()


def test_arrows_go_round_and_the_focus_goes_back_to_where_it_was(open_page: OpenPage) -> None:
    page = open_page()
    message = page.get_by_role("textbox", name="Message")
    message.focus()

    palette = _open_palette(page, "theme")
    options = palette.get_by_role("option")
    first = options.first.inner_text()
    page.keyboard.press("ArrowUp")
    expect(_meant(palette)).to_contain_text("Search all chats for “theme”")
    page.keyboard.press("ArrowDown")
    assert _meant(palette).inner_text() == first
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    field = palette.get_by_role("combobox")
    expect(field).to_have_attribute("aria-activedescendant", options.nth(1).get_attribute("id"))
    page.keyboard.press("Control+k")

    expect(palette).to_be_hidden()
    expect(message).to_be_focused()


def test_the_open_chat_is_renamed_exported_and_deleted_from_the_palette(
    app: RunningApp, open_page: OpenPage
) -> None:
    _chat(app, "Plan of the garden")
    page = open_page()
    _run(page, "plan gar", "Plan of the garden")

    _run(page, "rename chat", "Rename this chat")
    dialog = page.get_by_role("dialog", name="Rename")
    dialog.get_by_role("textbox").fill("Plan of the roof")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Plan of the roof", level=1)).to_be_attached()
    with page.expect_download(timeout=PATIENCE_MS) as download:
        _run(page, "markdown", "Export this chat as Markdown")
    assert download.value.suggested_filename.endswith(".md")
    _run(page, "delete this", "Delete this chat")

    expect(page.get_by_text("Chat deleted")).to_be_visible()
    assert "Plan of the roof" not in _titles(app)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Plan of the roof", level=1)).to_be_attached()


def test_what_cannot_be_done_is_not_offered(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page()
    palette = _open_palette(page, "this chat")
    expect(palette.get_by_role("option", name="Settings of this chat")).to_be_visible()
    expect(palette.get_by_role("option", name="Delete this chat")).to_have_count(0)


def test_words_are_found_in_messages_and_opened_at_their_place(
    app: RunningApp, open_page: OpenPage
) -> None:
    chat = _chat(app, "Birds")
    config = {"model_path": app.invoke("list_models")[0]["path"], "threads": 1}
    app.invoke("start_llama_server", config=config)
    with app.listen("answers") as events:
        app.invoke("send_message", conversation_id=chat, content="The kingfisher sits still")
        events.until("answers", lambda event: event["type"] == "finished")
    page = open_page()

    palette = _open_palette(page, "kingfisher")
    page.keyboard.press("Tab")
    expect(palette.get_by_role("option", name="Birds").first).to_be_visible(timeout=PATIENCE_MS)
    expect(palette.locator("mark").first).to_have_text("kingfisher")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Birds", level=1)).to_be_attached()
    expect(page.get_by_text("The kingfisher sits still").first).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("dark", 480)])
def test_the_palette_looks_as_it_should(
    open_page: OpenPage, picture: Callable[[Page, str], None], theme: str, width: int
) -> None:
    page = open_page(theme=theme, width=width)
    palette = _open_palette(page, "set")
    expect(palette.get_by_role("option").first).to_be_visible()
    picture(page, f"palette-{theme}-{width}")
    box = palette.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_a_shortcut_is_recorded_works_at_once_and_is_reset(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()
    _run(page, "shortcuts new chat", "New chat")
    row = page.get_by_role("group", name="New chat", exact=True)
    recorder = row.get_by_role("button", name="Change the keys")
    expect(recorder).to_be_focused(timeout=PATIENCE_MS)

    page.keyboard.press("Enter")
    expect(recorder).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+k")
    expect(row).to_contain_text("Ctrl K is already")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("a")
    expect(row).to_contain_text("Hold Ctrl or Alt")
    page.keyboard.press("Control+c")
    expect(row).to_contain_text("Ctrl C means the same in every program")
    page.keyboard.press("Control+Alt+n")
    expect(recorder).to_have_text(re.compile(r"Ctrl\s*Alt\s*N"))
    assert app.invoke("get_settings")["shortcuts"] == {"newChat": "Mod+Alt+N"}

    page.keyboard.press("Control+n")
    expect(page.get_by_role("heading", name="Shortcuts", level=1)).to_be_visible()
    page.keyboard.press("Control+Alt+n")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()

    page.keyboard.press("Control+,")
    row.get_by_role("button", name="Reset").click()
    expect(recorder).to_have_text(re.compile(r"Ctrl\s*N$"))
    expect(recorder).to_be_focused()
    assert app.invoke("get_settings")["shortcuts"] == {}


def test_a_recording_is_left_by_escape_and_keys_are_taken_away_by_backspace(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()
    _run(page, "shortcuts sidebar", "sidebar")
    row = page.get_by_role("group", name=re.compile("sidebar", re.IGNORECASE)).first
    recorder = row.get_by_role("button", name="Change the keys")
    expect(recorder).to_be_focused(timeout=PATIENCE_MS)
    before = recorder.inner_text()
    recorder.press("Enter")
    page.keyboard.press("Escape")
    expect(recorder).to_have_attribute("aria-pressed", "false")
    assert recorder.inner_text() == before

    recorder.press("Enter")
    page.keyboard.press("Backspace")
    expect(recorder).to_contain_text("None")
    page.reload()
    expect(recorder).to_contain_text("None", timeout=PATIENCE_MS)
    row.get_by_role("button", name="Reset").click()
    expect(recorder).not_to_contain_text("None")
    assert app.invoke("get_settings")["shortcuts"] == {}
