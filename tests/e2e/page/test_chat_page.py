"""Answers on the page: reloaded, switched, stopped, cut short, side by side."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Page, expect

from driver.answers import await_more, await_words, text_of
from driver.running_app import RunningApp

OpenPage = Callable[..., Page]


def _load(app: RunningApp, model: Path, **config: Any) -> dict[str, Any]:
    state: dict[str, Any] = app.invoke(
        "start_llama_server", config={"model_path": str(model), "threads": 1, **config}
    )
    return state


def _send(page: Page, text: str) -> None:
    message = page.get_by_role("textbox", name="Message")
    message.fill(text)
    message.press("Enter")


def _answer_text(app: RunningApp, index: int = 0) -> str:
    chat = app.invoke("list_conversations")[index]
    kept = app.invoke("get_conversation", conversation_id=chat["id"])
    return str(kept["messages"][-1]["content"])


def test_a_reload_in_the_middle_shows_the_answer_whole_and_goes_on(
    app: RunningApp, open_page: OpenPage, slow_endless_model: Path
) -> None:
    _load(app, slow_endless_model)
    page = open_page()
    _send(page, "Talk slowly")
    answer = page.get_by_role("article").nth(1)
    await_words(answer)
    before = " ".join(text_of(answer).inner_text().split()[:3])

    page.reload()

    expect(text_of(answer)).to_contain_text(before, use_inner_text=True)
    await_more(page, answer)
    page.get_by_role("button", name="Stop").click()
    expect(answer).to_contain_text("stopped")


def test_switching_chats_in_the_middle_mixes_nothing(
    app: RunningApp, open_page: OpenPage, slow_endless_model: Path
) -> None:
    _load(app, slow_endless_model)
    page = open_page()
    _send(page, "First question")
    await_words(page.get_by_role("article").nth(1))
    page.keyboard.press("Control+n")
    _send(page, "Second question")
    await_words(page.get_by_role("article").nth(1))
    expect(page.get_by_role("article").first).to_have_text(re.compile("Second question"))

    page.get_by_role("navigation").get_by_text("First question").click()

    expect(page.get_by_role("article").first).to_have_text(re.compile("First question"))
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("article").nth(1)).to_contain_text("stopped")
    page.get_by_role("navigation").get_by_text("Second question").click()
    expect(page.get_by_role("article").first).to_have_text(re.compile("Second question"))
    page.get_by_role("textbox", name="Message").press("Escape")
    expect(page.get_by_role("article").nth(1)).to_contain_text("stopped")

    chats = {
        chat["title"]: app.invoke("get_conversation", conversation_id=chat["id"])["messages"]
        for chat in app.invoke("list_conversations")
    }
    assert [message["role"] for message in chats["First question"]] == ["user", "assistant"]
    assert [message["status"] for message in chats["Second question"]] == ["complete", "stopped"]


def test_an_answer_that_the_engine_cannot_finish_is_kept_and_marked(
    app: RunningApp, open_page: OpenPage, slow_endless_model: Path
) -> None:
    pid = _load(app, slow_endless_model)["pid"]
    page = open_page()
    _send(page, "Talk until you die")
    answer = page.get_by_role("article").nth(1)
    await_words(answer)

    psutil.Process(pid).kill()

    expect(page.get_by_text("llama-server stopped in the middle of this answer")).to_be_visible()
    expect(answer).to_contain_text("cut short")
    assert _answer_text(app)
    page.get_by_role("button", name="What happened").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("SIGKILL")


def test_a_model_that_cannot_be_loaded_says_why_and_keeps_the_draft(
    app: RunningApp, open_page: OpenPage, absurd_models: Path
) -> None:
    page = open_page()
    message = page.get_by_role("textbox", name="Message")
    message.fill("My precious question")
    broken = absurd_models / "template-with-mistake.gguf"
    app.invoke("add_model_folder", path=str(absurd_models))
    page.keyboard.press("Control+2")
    page.get_by_role("button", name=f"Load {broken.stem}", exact=True).click()
    expect(page.get_by_text(f"{broken.stem} could not be loaded").first).to_be_visible()

    page.keyboard.press("Control+1")

    expect(page.get_by_text(f"{broken.stem} could not be loaded").first).to_be_visible()
    expect(message).to_have_value("My precious question")


def test_deleting_a_chat_can_be_undone(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    _load(app, tiny_model)
    page = open_page()
    _send(page, "Keep me")
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()
    entry = page.get_by_role("navigation").get_by_role("button", name="Keep me", exact=True)

    entry.focus()
    entry.press("Delete")
    expect(page.get_by_text("Chat deleted")).to_be_visible()
    assert app.invoke("list_conversations") == []
    page.get_by_role("button", name="Undo").click()

    expect(entry).to_be_visible()
    assert [chat["title"] for chat in app.invoke("list_conversations")] == ["Keep me"]


def test_thinking_is_shown_apart_from_the_answer(
    app: RunningApp, open_page: OpenPage, think_model: Path
) -> None:
    _load(app, think_model)
    page = open_page()
    _send(page, "Think first")
    answer = page.get_by_role("article").nth(1)
    expect(answer.get_by_text("to first token")).to_be_visible()

    expect(answer.get_by_role("button", name=re.compile("^Thought"))).to_be_visible()
    chat = app.invoke("list_conversations")[0]
    kept = app.invoke("get_conversation", conversation_id=chat["id"])["messages"][-1]
    assert kept["reasoning"]
    assert "<think>" not in kept["content"]
