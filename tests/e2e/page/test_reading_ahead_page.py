"""The model reads what is written in the composer before it is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from driver.running_app import RunningApp

OpenPage = Callable[..., Page]

_FACT = "The key of the blue house lies in the third drawer."
_QUESTION = "In which drawer of the blue house is the key?"
_NOTES = b"What the notes say. " * 100
_FEW_TOKENS = 30
"""More than what a template adds to the end of a question."""
_MANY_TOKENS = 300
"""Fewer than the notes have."""


@pytest.mark.parametrize("is_wanted", [True, False])
def test_a_question_with_its_file_and_memory_is_read_before_it_is_sent(
    app: RunningApp, open_page: OpenPage, tiny_model: Path, is_wanted: bool
) -> None:
    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    app.invoke("save_fact", fact={"id": "key", "text": _FACT, "created": 0})
    app.invoke("update_settings", read_ahead=is_wanted)
    page = open_page()
    page.get_by_placeholder("Message tiny-fast").wait_for()

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach files").click()
    with app.listen("log") as log, page.expect_request(_asks_to_read) as asked:
        chooser.value.set_files({"name": "n.txt", "mimeType": "text/plain", "buffer": _NOTES})
        page.get_by_role("textbox", name="Message").fill(_QUESTION)
        if is_wanted:
            log.until("log", _tells_reading)
    response = asked.value.response()
    assert response is not None
    assert response.ok
    page.get_by_role("textbox", name="Message").press("Enter")
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()

    chat = app.invoke("list_conversations")[0]["id"]
    question, answer = app.invoke("get_conversation", conversation_id=chat)["messages"]
    assert [passage["text"] for passage in question["recalled"]] == [_FACT]
    read = answer["stats"]["prompt_tokens"] - answer["stats"]["cached_tokens"]
    assert answer["stats"]["prompt_tokens"] > _MANY_TOKENS
    assert (read < _FEW_TOKENS) is is_wanted


def test_a_question_that_is_changed_is_read_where_it_stands(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    chat = app.invoke("create_conversation")
    with app.listen("answers") as events:
        app.invoke("send_message", conversation_id=chat["id"], content="Say it")
        events.until("answers", lambda event: event["type"] == "finished")
    page = open_page()
    page.get_by_role("navigation").get_by_text("Say it").click()
    question = page.get_by_role("article").first
    question.hover()
    question.get_by_role("button", name="Edit").click()

    with page.expect_request("**/api/invoke/read_ahead") as asked:
        question.get_by_role("textbox").fill("Say it again")
    with page.expect_request(_asks_for_nothing):
        page.keyboard.press("Escape")

    assert asked.value.post_data_json == {
        "conversation_id": chat["id"],
        "content": "Say it again",
        "parent_id": None,
        "attachment_ids": [],
    }


def _asks_for_nothing(request: Request) -> bool:
    is_asked = request.url.endswith("/api/invoke/read_ahead")
    return is_asked and request.post_data_json["content"] == ""


def _asks_to_read(request: Request) -> bool:
    """The whole question with its file."""
    if not request.url.endswith("/api/invoke/read_ahead"):
        return False
    draft = request.post_data_json
    return draft["content"] == _QUESTION and len(draft["attachment_ids"]) == 1


def _tells_reading(event: Any) -> bool:
    """Whether the engine has let go of a long prompt."""
    return any(
        int(tokens) > _MANY_TOKENS
        for line in event["lines"]
        for tokens in re.findall(r"stop processing: n_tokens = (\d+)", line["text"])
    )
