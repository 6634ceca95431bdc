"""Attachments, drafts, presets, pins, trash and export, as a page asks for them over the wire."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver.running_app import CommandFailed, RunningApp, running_app

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x09\0\0\0\x08"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    with running_app(tmp_path / "data") as started:
        yield started


def _add(app: RunningApp, name: str, data: bytes, **size: int) -> dict[str, str]:
    attachment: dict[str, str] = app.invoke(
        "add_attachment", name=name, data=base64.b64encode(data).decode(), **size
    )
    return attachment


def test_drafts_with_files_presets_and_pins_are_there_after_a_restart(tmp_path: Path) -> None:
    with running_app(tmp_path / "data") as app:
        chat = app.invoke("create_conversation", title="Plans")
        other = app.invoke("create_conversation", title="Other")
        text = _add(app, "C:\\notes\\a.txt", "größer\n".encode())
        image = _add(app, "a.png", PNG, width=9, height=8)
        app.invoke(
            "save_draft",
            conversation_id=chat["id"],
            content="half a thought",
            attachment_ids=[text["id"], image["id"]],
        )
        app.invoke("save_draft", conversation_id=None, content="another")
        app.invoke("save_preset", preset={"id": "p", "name": "Code", "parameters": {"top_k": 4}})
        app.invoke("pin_conversation", conversation_id=chat["id"], is_pinned=True)
        app.kill()

    with running_app(tmp_path / "data") as again:
        drafts = {draft["conversation_id"]: draft for draft in again.invoke("get_drafts")}
        assert drafts[None]["content"] == "another"
        assert drafts[chat["id"]]["content"] == "half a thought"
        assert drafts[chat["id"]]["attachments"] == [text, image]
        assert text["name"] == "a.txt"
        content = again.invoke("get_attachment", attachment_id=text["id"])
        assert (content["text"], content["data"]) == ("größer\n", None)
        content = again.invoke("get_attachment", attachment_id=image["id"])
        assert base64.b64decode(content["data"]).startswith(b"\x89PNG")
        [preset] = again.invoke("get_settings")["presets"]
        assert (preset["name"], preset["parameters"]["top_k"]) == ("Code", 4)
        pinned = {one["id"]: one["is_pinned"] for one in again.invoke("list_conversations")}
        assert pinned == {chat["id"]: True, other["id"]: False}
        assert again.invoke("delete_preset", preset_id="p")["presets"] == []


def test_files_that_cannot_be_used_are_refused_with_a_reason(app: RunningApp) -> None:
    for name, data, reason in (
        ("a.txt", b"", "empty"),
        ("a.txt", bytes(20), "neither a text nor an image"),
        ("big.txt", b"a" * (1024 * 1024 + 1), "1 MiB"),
        ("big.gif", b"GIF89a".ljust(8 * 1024 * 1024 + 1), "8 MiB"),
    ):
        with pytest.raises(CommandFailed, match=reason) as refused:
            _add(app, name, data)
        assert refused.value.code == "attachment_unusable"
    with pytest.raises(CommandFailed) as refused:
        app.invoke("add_attachment", name="a", data="no base64!")
    assert refused.value.code == "bad_request"
    with pytest.raises(CommandFailed) as refused:
        app.invoke("get_attachment", attachment_id="../settings")
    assert refused.value.code == "attachment_unusable"
    for command, arguments in (
        ("pick_attachments", {}),
        ("save_file", {"name": "a.md", "text": "text"}),
    ):
        with pytest.raises(CommandFailed) as refused:
            app.invoke(command, **arguments)
        assert refused.value.code == "no_window"


def test_the_largest_image_fits_through_the_wire(app: RunningApp) -> None:
    image = _add(app, "a.gif", b"GIF89a".ljust(8 * 1024 * 1024, b"\x01"))
    assert image["kind"] == "image"


def test_a_chat_with_files_is_deleted_restored_branched_and_exported(
    app: RunningApp, tiny_model: Path
) -> None:
    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    chat = app.invoke("create_conversation")
    file = _add(app, "main.py", b"x = 1\n")
    assert int(file["token_count"]) > 3
    with app.listen("answers") as events:
        events.next()
        ids = app.invoke(
            "send_message",
            conversation_id=chat["id"],
            content="",
            attachment_ids=[file["id"]],
        )
        events.until("answers", lambda event: event["type"] in ("finished", "failed"))

    app.invoke("delete_conversations", conversation_ids=[chat["id"]])
    [trashed] = app.invoke("list_trash")
    assert (trashed["id"], trashed["title"]) == (chat["id"], "main.py")
    [restored] = app.invoke("restore_conversations", conversation_ids=[chat["id"]])
    assert restored["message_count"] == 2
    copy = app.invoke(
        "branch_conversation",
        conversation_id=chat["id"],
        message_id=ids["answer_message_id"],
    )
    app.invoke("delete_conversations", conversation_ids=[chat["id"]])
    assert app.invoke("get_attachment", attachment_id=file["id"])["text"] == "x = 1\n"

    exported = app.invoke(
        "export_conversations", conversation_ids=[copy["id"]], export_format="markdown"
    )
    assert exported["name"].endswith(".md")
    assert "File: main.py\n```\nx = 1\n```" in exported["text"]
    exported = app.invoke(
        "export_conversations", conversation_ids=[copy["id"]], export_format="json"
    )
    [chat] = json.loads(exported["text"])["conversations"]
    assert chat["messages"][0]["attachments"][0]["text"] == "x = 1\n"
