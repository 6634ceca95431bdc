"""An answer wider than its column: each box that scrolls is named and reached by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driver.accessibility import find_violations
from driver.kept_chat import write_chat
from driver.running_app import RunningApp, running_app

OpenPage = Callable[..., Page]

_WIDE = "wide " * 100
_ROW = "| column " * 40 + "|"
_TABLE = "\n".join([_ROW, "|---" * 40 + "|", _ROW])

# Of each kind of box that scrolls sideways two in one answer.
_WIDE_ANSWER = "\n\n".join(
    [
        f"```\n{_WIDE}\n```\n\nThen\n\n```\n{_WIDE}\n```",
        f"{_TABLE}\n\nThen\n\n{_TABLE}",
        f"$${'a + b = ' * 100}c$$\n\nThen\n\n$${'d + e = ' * 100}f$$",
        "A note[^1].\n\n[^1]: It is kept.",
    ]
)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    write_chat(tmp_path / "data", "wide", title="Wide", answer=_WIDE_ANSWER)
    with running_app(tmp_path / "data") as started:
        yield started


def test_axe_finds_nothing_in_an_answer_of_boxes_that_scroll(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("navigation").get_by_text("Wide").click()
    answer = page.locator('[data-turn="2"]')
    answer.locator(".katex").last.wait_for()
    expect(answer.locator('[role][tabindex="0"]')).to_have_count(6)

    assert find_violations(page) == []
