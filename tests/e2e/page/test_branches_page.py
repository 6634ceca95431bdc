"""Versions of questions and answers on the page: nothing is overwritten, everything is reached."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from driver.answers import await_more, await_words
from driver.running_app import RunningApp

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]


def _load(app: RunningApp, model: Path) -> None:
    app.invoke("start_llama_server", config={"model_path": str(model), "threads": 1})


def _ask(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Message", exact=True)
    field.fill(text)
    field.press("Enter")


def _turn(page: Page, index: int) -> Locator:
    return page.get_by_role("article").nth(index)


def _await_answer(page: Page, index: int = 1) -> None:
    expect(_turn(page, index).get_by_text("to first token")).to_be_visible()


def _kept(app: RunningApp) -> dict[str, Any]:
    [chat] = app.invoke("list_conversations")
    kept: dict[str, Any] = app.invoke("get_conversation", conversation_id=chat["id"])
    return kept


def test_an_edited_question_stands_beside_the_old_one(
    app: RunningApp, open_page: OpenPage, picture: Picture, tiny_model: Path
) -> None:
    _load(app, tiny_model)
    page = open_page(theme="dark")
    _ask(page, "First words")
    _await_answer(page)
    old = _turn(page, 1).inner_text()

    _turn(page, 0).hover()
    _turn(page, 0).get_by_role("button", name="Edit").click()
    field = page.get_by_role("textbox", name="Your message, being changed")
    expect(field).to_be_focused()
    expect(field).to_have_value("First words")
    picture(page, "chat-editing-dark")
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(_turn(page, 0)).to_be_focused()

    _turn(page, 0).get_by_role("button", name="Edit").click()
    field.fill("Other words")
    field.press("Enter")
    expect(_turn(page, 0)).to_contain_text("Other words")
    _await_answer(page)
    expect(_turn(page, 0).get_by_text("2/2")).to_be_visible()
    picture(page, "chat-versions-dark")
    roots = [one for one in _kept(app)["messages"] if one["parent_id"] is None]
    assert [one["content"] for one in roots] == ["First words", "Other words"]

    _turn(page, 0).get_by_role("button", name="Previous version").click()
    expect(_turn(page, 0)).to_contain_text("First words")
    expect(_turn(page, 0).get_by_role("button", name="Previous version")).to_be_focused()
    assert _turn(page, 1).inner_text() == old
    page.reload()
    expect(_turn(page, 0)).to_contain_text("First words")
    page.keyboard.press("Alt+ArrowRight")
    expect(_turn(page, 0)).to_contain_text("Other words")


def test_an_answer_has_versions_and_one_can_be_deleted_and_brought_back(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    _load(app, tiny_model)
    page = open_page()
    _ask(page, "Once more")
    _await_answer(page)
    page.keyboard.press("Control+r")
    expect(_turn(page, 1).get_by_text("2/2")).to_be_visible()
    _await_answer(page)

    page.keyboard.press("Alt+ArrowLeft")
    expect(_turn(page, 1).get_by_text("1/2")).to_be_visible()
    page.keyboard.press("Alt+ArrowLeft")
    expect(_turn(page, 1).get_by_text("1/2")).to_be_visible()

    _turn(page, 1).get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete this version").click()
    expect(page.get_by_text("Answer deleted")).to_be_visible()
    expect(page.get_by_role("group", name="Versions")).to_have_count(0)
    answers = [one for one in _kept(app)["messages"] if one["role"] == "assistant"]
    assert [one["is_deleted"] for one in answers] == [True, False]

    page.get_by_role("button", name="Undo").click()
    expect(_turn(page, 1).get_by_text("1/2")).to_be_visible()
    assert not any(one["is_deleted"] for one in _kept(app)["messages"])


def test_an_answer_is_asked_for_again_from_another_model_with_settings_of_its_own(
    app: RunningApp, open_page: OpenPage, picture: Picture, tmp_path: Path, tiny_model: Path
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("first", "second"):
        shutil.copyfile(tiny_model, folder / f"{name}.gguf")
    app.invoke("add_model_folder", path=str(folder))
    _load(app, folder / "first.gguf")
    page = open_page(theme="dark")
    _ask(page, "Who are you?")
    _await_answer(page)

    _turn(page, 1).get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Answer again with …").click()
    dialog = page.get_by_role("dialog", name="Answer again with")
    dialog.get_by_role("textbox", name="Temperature").fill("1.5")
    picture(page, "chat-again-with-dark")
    dialog.get_by_role("combobox", name="Model").select_option(index=1)
    dialog.get_by_role("button", name=re.compile("^Load .* and answer again$")).click()

    expect(_turn(page, 1).get_by_text("2/2")).to_be_visible()
    _await_answer(page)
    kept = _kept(app)
    first, second = (one for one in kept["messages"] if one["role"] == "assistant")
    assert (first["model"]["file"], second["model"]["file"]) == ("first.gguf", "second.gguf")
    assert second["parameters"]["temperature"] == 1.5
    assert first["parameters"]["temperature"] is None
    assert kept["parameters"]["temperature"] is None


def test_a_stopped_answer_goes_on_where_it_stopped(
    app: RunningApp, open_page: OpenPage, slow_endless_model: Path
) -> None:
    _load(app, slow_endless_model)
    page = open_page()
    _ask(page, "Talk slowly")
    await_words(_turn(page, 1))
    page.get_by_role("button", name="Stop").click()
    expect(_turn(page, 1)).to_contain_text("stopped")
    before = _kept(app)["messages"][-1]["content"]

    _turn(page, 1).get_by_role("button", name="Continue").click()

    page.get_by_role("button", name="Stop").wait_for()
    await_more(page, _turn(page, 1))
    page.get_by_role("button", name="Stop").click()
    expect(_turn(page, 1)).to_contain_text("stopped")
    messages = _kept(app)["messages"]
    assert len(messages) == 2
    assert messages[-1]["content"].startswith(before)
    assert len(messages[-1]["content"]) > len(before)
    expect(page.get_by_role("article")).to_have_count(2)


def test_a_branch_becomes_a_chat_of_its_own(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    _load(app, tiny_model)
    page = open_page()
    _ask(page, "One")
    _await_answer(page)
    _ask(page, "Two")
    _await_answer(page, 3)

    _turn(page, 1).hover()
    _turn(page, 1).get_by_role("button", name="Branch into new chat").click()

    expect(page.get_by_role("article")).to_have_count(2)
    expect(_turn(page, 0)).to_contain_text("One")
    chats = app.invoke("list_conversations")
    assert sorted(chat["message_count"] for chat in chats) == [2, 4]


def test_what_the_model_sees_is_shown_with_its_parts(
    app: RunningApp, open_page: OpenPage, picture: Picture, tiny_model: Path
) -> None:
    _load(app, tiny_model)
    page = open_page()
    _ask(page, "A question to be seen")
    _await_answer(page)

    _turn(page, 1).get_by_role("button", name="More").click()
    picture(page, "chat-menu-light")
    page.get_by_role("menuitem", name="Show what the model sees").click()

    dialog = page.get_by_role("dialog", name="What the model sees")
    expect(dialog.get_by_role("listitem", name=re.compile("^You, "))).to_contain_text(
        "A question to be seen"
    )
    expect(dialog.get_by_text(re.compile(r"^\d+ tokens for "))).to_be_visible()
    picture(page, "chat-prompt-light")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(_turn(page, 1).get_by_role("button", name="More")).to_be_focused()

    _turn(page, 1).get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="How this was answered").click()
    expect(page.get_by_role("dialog")).to_contain_text("tok/s")
    picture(page, "chat-details-light")


def test_thinking_stays_as_the_person_left_it(
    app: RunningApp, open_page: OpenPage, think_model: Path
) -> None:
    _load(app, think_model)
    page = open_page()
    _ask(page, "Think")
    _await_answer(page)
    thought = page.get_by_role("button", name=re.compile("^Thought"))
    expect(thought).to_have_attribute("aria-expanded", "false")
    thought.click()

    _ask(page, "Think again")
    _await_answer(page, 3)

    expect(thought.first).to_have_attribute("aria-expanded", "true")
    expect(thought.nth(1)).to_have_attribute("aria-expanded", "false")
