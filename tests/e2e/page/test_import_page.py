"""Importing chats through the page: the dialog, its keys, and what comes into the list."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]


def _node(parent: str | None, role: str, text: str) -> dict[str, Any]:
    content = {"content_type": "text", "parts": [text]}
    return {"parent": parent, "message": {"author": {"role": role}, "content": content}}


_CHATGPT = [
    {
        "id": "1",
        "title": "Tides",
        "create_time": 1.7e9,
        "current_node": "c",
        "mapping": {
            "a": _node(None, "user", "What is <b>a tide</b>?"),
            "b": _node("a", "assistant", "The sea rising."),
            "c": _node("a", "assistant", "The pull of the moon."),
        },
    },
    {"id": "2", "title": "Circle", "mapping": {"x": _node("x", "user", "round")}},
]
_WEB_UI_MESSAGES = {
    "a": {"id": "a", "parentId": None, "role": "user", "content": "How long do I knead?"},
    "b": {"id": "b", "parentId": "a", "role": "assistant", "content": "Ten minutes.", "model": "m"},
}
_WEB_UI = [
    {
        "id": "x",
        "title": "Bread",
        "created_at": 1_700_000_000,
        "chat": {"title": "Bread", "history": {"currentId": "b", "messages": _WEB_UI_MESSAGES}},
    }
]


def _open_dialog(page: Page) -> Locator:
    # From now on no chooser is Chromium's own: one that opens before it is awaited would stay.
    page.on("filechooser", lambda _: None)
    page.get_by_role("button", name="Import chats").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Import chats")
    expect(dialog.get_by_role("button", name="Choose a file")).to_be_focused()
    return dialog


def _import(dialog: Locator, name: str, content: bytes) -> None:
    choose = dialog.get_by_role("button", name="Choose a file")
    expect(choose).to_be_enabled()
    choose.focus()
    with dialog.page.expect_file_chooser() as chooser:
        dialog.page.keyboard.press("Enter")
    file: FilePayload = {"name": name, "mimeType": "application/json", "buffer": content}
    chooser.value.set_files(file)


def _kept(app: RunningApp) -> dict[str, Any]:
    """Every chat with its messages, by its title."""
    ids = [one["id"] for one in app.invoke("list_conversations")]
    chats = [app.invoke("get_conversation", conversation_id=one) for one in ids]
    return {one["title"]: one for one in chats}


def test_chats_of_other_apps_come_in_once_and_go_out_and_in_again_without_loss(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()
    dialog = _open_dialog(page)
    _import(dialog, "conversations.json", json.dumps(_CHATGPT).encode())
    expect(dialog.get_by_text("1 chat imported")).to_be_visible()
    expect(dialog.get_by_text("1 chat could not be taken:")).to_be_visible()
    expect(dialog.get_by_role("listitem").filter(has_text="Circle")).to_be_visible()
    _import(dialog, "conversations.json", json.dumps(_CHATGPT).encode())
    expect(dialog.get_by_text("1 chat was here already.")).to_be_visible()
    _import(dialog, "chats-export.json", json.dumps(_WEB_UI).encode())
    expect(dialog.get_by_text("1 chat imported")).to_be_visible()
    before = _kept(app)
    assert sorted(before) == ["Bread", "Tides"]

    exported = app.invoke(
        "export_conversations",
        conversation_ids=[one["id"] for one in before.values()],
        export_format="json",
    )
    app.invoke("delete_all_data")
    assert _kept(app) == {}
    _import(dialog, exported["name"], exported["text"].encode())
    expect(dialog.get_by_text("2 chats imported")).to_be_visible()
    assert _kept(app) == before

    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Import chats")).to_be_focused()
    page.get_by_role("button", name=re.compile("^Tides")).first.click()
    expect(page.get_by_text("What is <b>a tide</b>?")).to_be_visible()
    expect(page.get_by_text("The pull of the moon.")).to_be_visible()
    expect(page.get_by_role("article").nth(1).get_by_text("2/2")).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 480)])
def test_axe_finds_nothing_in_the_dialog_and_a_hostile_file_is_refused_with_a_sentence(
    app: RunningApp, open_page: OpenPage, picture: Picture, theme: str, width: int
) -> None:
    page = open_page(theme=theme, width=width)
    if width == 480:
        page.get_by_role("button", name="Show sidebar").click()
    dialog = _open_dialog(page)
    picture(page, f"import-{theme}-{width}")
    found = {"opened": find_violations(page)}

    _import(dialog, "photo.json", b"\x89PNG")
    expect(dialog.get_by_text("photo.json is no JSON, or damaged.")).to_be_visible()
    picture(page, f"import-refused-{theme}-{width}")
    found["refused"] = find_violations(page)
    _import(dialog, "deep.json", b"[" * 200_000)
    expect(dialog.get_by_text("deep.json")).to_be_visible()

    _import(dialog, "conversations.json", json.dumps(_CHATGPT).encode())
    expect(dialog.get_by_text("1 chat imported")).to_be_visible()
    expect(dialog.get_by_text("The import has not worked")).to_be_hidden()
    picture(page, f"import-done-{theme}-{width}")
    found["done"] = find_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert {where: one for where, one in found.items() if one} == {}
