"""The Server page in a real browser, on a real engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp

OpenPage = Callable[..., Page]
PATIENCE_MS = 20_000


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 480)])
def test_a_running_server_is_shown_with_figures_slots_and_log_and_stopped_by_keyboard(
    app: RunningApp, open_page: OpenPage, tiny_model: Path, theme: str, width: int
) -> None:
    page = open_page(theme=theme, width=width)
    page.keyboard.press("Control+3")
    steps = page.get_by_role("list", name="Server state")
    expect(steps.locator("[aria-current=step]")).to_have_text(re.compile("Stopped"))
    stopped = find_violations(page)

    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    expect(steps.locator("[aria-current=step]")).to_have_text(re.compile("Running"))
    usage = page.get_by_role("region", name="Usage of llama-server")
    expect(usage).to_contain_text(re.compile(r"RAM.*\d+.MB"), timeout=PATIENCE_MS)
    expect(page.get_by_text("Idle").first).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("model loaded")
    process = page.get_by_role("region", name="The process").get_by_text("Uptime")
    disclosure = page.get_by_role("button", name="The process")
    if width == 480:
        expect(process).to_be_hidden()
        disclosure.press("Enter")
    else:
        expect(disclosure).to_be_hidden()
    expect(process).to_be_visible()
    running = find_violations(page)

    page.get_by_role("radio", name=re.compile("Errors")).check()
    expect(page.get_by_text("No line matches.")).to_be_visible()
    assert page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    stop = page.get_by_role("button", name="Stop", exact=True)
    stop.focus()
    page.keyboard.press("Enter")
    expect(steps.locator("[aria-current=step]")).to_have_text(re.compile("Stopped"))
    assert (stopped, running) == ([], [])


def test_a_restart_loads_the_same_model_in_a_new_process(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    before = app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    page = open_page()
    page.keyboard.press("Control+3")
    with app.listen("server_state") as events:
        page.get_by_role("button", name="Restart").first.click()
        events.until("server_state", lambda state: state["type"] == "stopping")
        states = events.until("server_state", lambda state: state["type"] == "running")
    assert states[-1]["config"] == before["config"]
    assert states[-1]["pid"] != before["pid"]


def test_an_idle_slot_says_which_chat_it_answered_last_also_to_a_page_that_comes_later(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    config = {"model_path": str(tiny_model), "threads": 1, "parallel": 2}
    app.invoke("start_llama_server", config=config)
    page = open_page()
    page.keyboard.press("Control+3")
    expect(page.get_by_text("not used yet")).to_have_count(2)
    chat = app.invoke("create_conversation")
    app.invoke("send_message", conversation_id=chat["id"], content="Marmots in winter")
    said = page.get_by_text(re.compile(r"^\d+.s, Marmots in winter$"))
    expect(said).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("not used yet")).to_have_count(1)
    page.reload()
    expect(said).to_be_visible()


def test_the_report_names_the_model_and_tells_no_key_and_no_text_of_a_chat(
    app: RunningApp, tiny_model: Path
) -> None:
    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    chat = app.invoke("create_conversation")
    with app.listen("answers") as events:
        app.invoke("send_message", conversation_id=chat["id"], content="xylophone secrets")
        events.until("answers", lambda event: event["type"] == "finished")
    report = app.invoke("get_server_report")
    assert tiny_model.stem in report
    assert "model loaded" in report
    assert "xylophone" not in report
    assert "api" not in report.lower().replace("invalid api key", "")
