"""What a model says is hostile: in a real browser nothing of it runs, asks, or leaves the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from driver.kept_chat import write_chat
from driver.running_app import RunningApp, running_app

OpenPage = Callable[..., Page]

_LIST = Path(__file__).parents[3] / "frontend" / "src" / "testing" / "hostile.json"

_FOREIGN = """() => [...document.querySelectorAll('[data-turn="2"] *')]
    .filter((one) =>
        ['SCRIPT', 'IMG', 'IFRAME', 'OBJECT', 'EMBED', 'FORM', 'STYLE', 'LINK', 'META', 'BASE',
         'VIDEO', 'AUDIO', 'DIALOG', 'TEMPLATE'].includes(one.tagName)
        || [...one.attributes].some((attribute) => /^on|^srcdoc$|^formaction$/.test(attribute.name))
        || /^(?!https?:|mailto:)./.test(one.getAttribute('href') ?? ''))
    .map((one) => one.outerHTML.slice(0, 200))"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    everything: dict[str, list[str]] = json.loads(_LIST.read_text("utf-8"))
    answer = "\n\n".join(f"{name}\n\n" + "\n\n".join(pieces) for name, pieces in everything.items())
    write_chat(tmp_path / "data", "hostile", title="Hostile", answer=answer + "\n\nThe end.")
    with running_app(tmp_path / "data") as started:
        yield started


def test_nothing_of_a_hostile_answer_runs_asks_or_leaves(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.context.on("page", lambda other: dialogs.append(other.url))
    # `open_page` fails besides when any request leaves for elsewhere, or the page complains.
    asked: list[str] = []
    page.get_by_role("navigation").get_by_text("Hostile").click()
    answer = page.locator('[data-turn="2"]')
    expect(answer).to_contain_text("The end.")
    answer.locator(".katex").first.wait_for()
    page.on("request", lambda request: asked.append(request.url))
    title = page.title()

    for element in answer.locator("p, li, td, a").all()[:400]:
        element.dispatch_event("mouseover")
        element.dispatch_event("pointerenter")
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")

    assert page.evaluate(_FOREIGN) == []
    assert dialogs == []
    assert [url for url in asked if not url.startswith(app.base)] == []
    assert page.title() == title
    assert page.url.startswith(app.base)
    assert _ids(page) == len(set(page.evaluate(_ALL_IDS)))


_ALL_IDS = "() => [...document.querySelectorAll('[id]')].map((one) => one.id)"


def _ids(page: Page) -> int:
    ids: list[Any] = page.evaluate(_ALL_IDS)
    return len(ids)
