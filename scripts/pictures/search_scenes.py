"""The pictures of the search and of the command palette, with a model that knows meaning."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from driver.running_app import RunningApp, running_app
from models.bert import write_bert
from pictures import texts
from pictures.chat_scenes import load, open_chat
from pictures.history import write_history
from pictures.library import write_library
from pictures.stage import Stage, put_mouse_away

_QUERY = "sensor reads high"


def play_search(stage: Stage) -> None:
    """Take them."""
    if not stage.wants("search", "command-palette", "palette-search"):
        return
    data = stage.folder / "search"
    write_history(data)
    model = write_library(stage.folder / "Models")
    with running_app(data) as app:
        app.be_quiet()
        app.invoke("update_settings", passages_open=True)
        app.invoke("add_model_folder", path=str(model.parent))
        know_meaning(app, stage.folder)
        load(app, model)
        stage.take("search", app, _search)
        stage.take("command-palette", app, _open_palette)
        stage.take("palette-search", app, _search_in_palette)


def know_meaning(app: RunningApp, folder: Path) -> None:
    """Choose an embedding model, and wait until every message is prepared for it."""
    path = folder / "nomic-embed-text-v1.5.gguf"
    write_bert(path, "Nomic Embed Text v1.5", meanings=texts.MEANINGS)
    with app.listen("memory") as events:
        app.invoke("update_settings", embedding_model_path=str(path))
        events.until(
            "memory",
            lambda state: (
                state["embedding"]
                and 0 < state["embedding"]["messages_total"] <= state["embedding"]["messages_done"]
            ),
        )


def _search(page: Page) -> None:
    page.get_by_role("textbox", name="Message").wait_for()
    page.keyboard.press("Control+Shift+F")
    field = page.get_by_role("combobox", name="Search all chats")
    for _ in range(5):  # a search does not wait for its model
        field.fill("")
        field.fill(_QUERY)
        page.get_by_role("listbox", name="What was found").get_by_role("option").first.wait_for()
        page.wait_for_timeout(1_500)
        if page.get_by_text("close in meaning").count():
            break
    page.locator("[data-hit]").wait_for()
    put_mouse_away(page)


def _open_palette(page: Page) -> None:
    open_chat(page, texts.SHOWN)
    page.locator(".katex").first.wait_for()
    page.get_by_role("log").hover()
    page.mouse.wheel(0, -9000)
    page.keyboard.press("Control+k")
    page.get_by_role("dialog", name="Command palette").wait_for()
    page.keyboard.type("load")
    page.get_by_role("dialog").get_by_role("option").first.wait_for()
    put_mouse_away(page)


def _search_in_palette(page: Page) -> None:
    _open_palette(page)
    page.get_by_role("dialog").get_by_role("combobox").fill(_QUERY)
    page.keyboard.press("Tab")
    page.get_by_text("Best matches").wait_for()
    put_mouse_away(page)
