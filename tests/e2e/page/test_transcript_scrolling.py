"""How the chat scrolls: the question goes to the top, the answer grows, the reader is let alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from driver.running_app import RunningApp

OpenPage = Callable[..., Page]

_PLACES = """() => {
    const log = document.querySelector('[role=log]')
    const scroller = log.parentElement
    const view = scroller.getBoundingClientRect()
    const question = [...document.querySelectorAll('article')].at(-2).getBoundingClientRect()
    return {
        question: Math.round(question.top - view.top),
        top: Math.round(scroller.scrollTop),
        rest: Math.round(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop),
    }
}"""


def _places(page: Page) -> dict[str, int]:
    # What a frame changes is measured after the next one.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")
    places: dict[str, int] = page.evaluate(_PLACES)
    return places


def _ask(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Message")
    field.fill(text)
    field.press("Enter")


def _open_long_answer(app: RunningApp, open_page: OpenPage, model: Path, **window: Any) -> Page:
    app.invoke("start_llama_server", config={"model_path": str(model), "threads": 1})
    page = open_page(**window)
    _ask(page, "Go on for long")
    expect(page.get_by_role("article").nth(1)).to_contain_text(re.compile(r"\w+ \w+"))
    return page


def test_a_question_moves_to_the_top_and_stays_while_there_is_room(
    app: RunningApp, open_page: OpenPage, slow_endless_model: Path
) -> None:
    page = _open_long_answer(app, open_page, slow_endless_model, height=1400)

    assert _places(page)["question"] == 16
    length = len(page.get_by_role("article").nth(1).inner_text())
    page.wait_for_function(
        "(length) => document.querySelectorAll('article')[1].innerText.length > length + 100",
        arg=length,
    )

    assert _places(page) == {"question": 16, "top": 0, "rest": 0}


def test_the_end_is_followed_until_the_reader_goes_up(
    app: RunningApp, open_page: OpenPage, slow_endless_model: Path
) -> None:
    page = _open_long_answer(app, open_page, slow_endless_model, height=560)
    page.wait_for_function(
        "() => document.querySelector('[role=log]').parentElement.scrollTop > 200", timeout=60_000
    )
    assert _places(page)["rest"] <= 1

    page.mouse.move(700, 250)
    page.mouse.wheel(0, -120)
    page.wait_for_function(
        "() => { const box = document.querySelector('[role=log]').parentElement;"
        " return box.scrollHeight - box.clientHeight - box.scrollTop > 100 }"
    )
    stays = _places(page)["top"]
    page.get_by_role("button", name="Jump to latest").wait_for()
    length = len(page.get_by_role("article").nth(1).inner_text())
    page.wait_for_function(
        "(length) => document.querySelectorAll('article')[1].innerText.length > length + 100",
        arg=length,
    )
    assert _places(page)["top"] == stays

    page.get_by_role("button", name="Jump to latest").click()
    assert _places(page)["rest"] <= 1
    expect(page.get_by_role("button", name="Jump to latest")).to_have_count(0)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("article").nth(1)).to_contain_text("stopped")
    assert _places(page)["rest"] <= 1


def test_the_question_stands_in_one_line_over_its_own_long_answer(
    app: RunningApp, open_page: OpenPage, slow_endless_model: Path
) -> None:
    page = _open_long_answer(app, open_page, slow_endless_model, height=560)
    back = page.get_by_role("button", name="Go to your message")
    back.wait_for(timeout=60_000)

    back.click()

    assert _places(page)["question"] == 16
    page.get_by_role("button", name="Stop").click()
