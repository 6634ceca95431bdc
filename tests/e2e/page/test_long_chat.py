"""A chat of 2,000 messages: it opens at its end, scrolls without a jump, and all of it is found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from driver.long_chat import write_long_chat
from driver.running_app import RunningApp, running_app

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]

_MESSAGES = 2_000

_WATCH_READING = """() => {
    // What stands in the middle of the view moves by what was scrolled, and by nothing else.
    const box = document.querySelector('[role=log]').parentElement
    const middle = box.getBoundingClientRect().top + box.clientHeight / 2
    const turns = [...document.querySelectorAll('[data-turn]')]
    const turn = turns.find((one) => one.getBoundingClientRect().bottom > middle)
    const place = { turn: turn.dataset.turn, top: turn.getBoundingClientRect().top }
    return place
}"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    write_long_chat(tmp_path / "data", "long-chat", messages=_MESSAGES, now=time.time())
    with running_app(tmp_path / "data") as started:
        yield started


def _open(open_page: OpenPage, **window: Any) -> Page:
    page = open_page(**window)
    page.get_by_role("navigation").get_by_text("A long chat").click()
    page.locator(f'[data-turn="{_MESSAGES}"]').wait_for()
    return page


def _settle(page: Page) -> None:
    """Wait until rows stop coming: what is drawn is the same over some frames."""
    page.evaluate(
        """() => new Promise((done) => {
            let same = 0, last = ''
            function look() {
                const now = [...document.querySelectorAll('[data-turn]')]
                    .map((turn) => turn.dataset.turn + turn.offsetHeight).join()
                same = now === last ? same + 1 : 0
                last = now
                same > 10 ? done() : requestAnimationFrame(look)
            }
            look()
        })"""
    )


def _rest(page: Page) -> float:
    rest: float = page.evaluate(
        "() => { const box = document.querySelector('[role=log]').parentElement;"
        " return box.scrollHeight - box.clientHeight - box.scrollTop }"
    )
    return rest


def test_it_opens_at_its_end_with_few_turns_in_the_page(
    open_page: OpenPage, picture: Picture
) -> None:
    page = _open(open_page, theme="dark")
    _settle(page)

    assert _rest(page) <= 1
    assert 4 <= page.get_by_role("article").count() < 60
    picture(page, "chat-long-dark")


def test_what_is_read_stays_in_its_place_while_rows_are_drawn_above_it(
    open_page: OpenPage,
) -> None:
    page = _open(open_page)
    _settle(page)
    page.mouse.move(700, 400)
    for _ in range(25):
        before = page.evaluate(_WATCH_READING)
        page.mouse.wheel(0, -170)
        page.wait_for_function(
            "([turn, top]) => { const one = document.querySelector(`[data-turn='${turn}']`);"
            " return one === null || one.getBoundingClientRect().top !== top }",
            arg=[before["turn"], before["top"]],
        )
        _settle(page)
        top = page.evaluate(
            "(turn) => document.querySelector(`[data-turn='${turn}']`).getBoundingClientRect().top",
            before["turn"],
        )
        assert abs(top - before["top"] - 170) <= 1.5


def test_any_place_can_be_jumped_to_and_end_comes_back(open_page: OpenPage) -> None:
    page = _open(open_page)
    _settle(page)
    scroll_to = "(share) => { const box = document.querySelector('[role=log]').parentElement;"
    for share in (0.5, 0.1, 0.9, 0.0):
        page.evaluate(f"{scroll_to} box.scrollTop = share * box.scrollHeight }}", share)
        _settle(page)
        seen = page.evaluate(_WATCH_READING)
        assert abs(int(seen["turn"]) / _MESSAGES - share) < 0.1

    expect(page.locator('[data-turn="1"]')).to_be_visible()
    page.get_by_role("main").focus()
    page.keyboard.press("End")
    expect(page.locator(f'[data-turn="{_MESSAGES}"]')).to_be_visible()
    _settle(page)
    assert _rest(page) <= 1


def test_turns_are_gone_through_by_keys(open_page: OpenPage) -> None:
    page = _open(open_page)
    for number in range(_MESSAGES, _MESSAGES - 24, -1):
        page.keyboard.press("Control+ArrowUp")
        expect(page.locator(f'[data-turn="{number}"]')).to_be_focused()
        expect(page.locator(f'[data-turn="{number}"]')).to_be_in_viewport()
    page.keyboard.press("Control+ArrowDown")
    expect(page.locator(f'[data-turn="{_MESSAGES - 22}"]')).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(f'[data-turn="{_MESSAGES - 23}"]')).to_be_focused()


@pytest.mark.parametrize("has_highlights", [True, False])
def test_everything_is_found_also_what_is_not_drawn(
    open_page: OpenPage, picture: Picture, *, has_highlights: bool
) -> None:
    page = open_page(theme="dark")
    if not has_highlights:
        page.evaluate("() => { delete CSS.highlights; delete CSS.__proto__.highlights }")
        page.evaluate(
            "() => Object.defineProperty(window, 'CSS', { value: { escape: CSS.escape } })"
        )
    page.get_by_role("navigation").get_by_text("A long chat").click()
    page.locator(f'[data-turn="{_MESSAGES}"]').wait_for()

    page.keyboard.press("Control+f")
    field = page.get_by_role("textbox", name="Find in this chat")
    expect(field).to_be_focused()
    field.fill("QUÉSTION 777:")
    bar = page.get_by_role("search", name="Find in this chat")
    expect(bar).to_contain_text("1 of 1")
    expect(page.locator('[data-turn="777"]')).to_be_in_viewport()

    field.fill("mister.pulse")
    expect(bar).to_contain_text("130 of 333")
    field.press("Enter")
    expect(bar).to_contain_text("131 of 333")
    field.press("Shift+Enter")
    field.press("Shift+F3")
    expect(bar).to_contain_text("129 of 333")
    _settle(page)
    picture(page, f"chat-find-{'engine' if has_highlights else 'boxes'}-dark")
    if has_highlights:
        assert page.evaluate("() => CSS.highlights.get('find-current').size") == 1
        assert page.evaluate("() => CSS.highlights.get('find').size") >= 1
    else:
        # One box for each of the code's colours.
        tops = page.locator("[data-marks] > .find-current").evaluate_all(
            "boxes => boxes.map(box => box.style.top)"
        )
        assert len(set(tops)) == 1
    field.fill("nowhere to be seen")
    expect(bar).to_contain_text("Not found")

    field.press("Escape")
    expect(bar).to_have_count(0)
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_be_focused()
