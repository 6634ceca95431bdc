"""The search page with an embedding model and a re-ranker: tiny ones, in engines of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from driver.accessibility import find_violations
from driver.kept_chat import write_chat
from driver.running_app import RunningApp, running_app
from models import make

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]
_TRIES = 10
"""A search waits only so long for its models; on a busy machine they may come too late."""
QUESTION = "Which car has the hospital of the doctor?"
_CHATS = {
    "bench": ("Bench notes", QUESTION, "the cat in the red one"),
    "green": ("Greenhouse", "Which food has a doctor?", "bread and apple for the hospital"),
    "cats": ("Cats", "Say it", "a cat and a dog of the hospital"),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """One for all, with both models chosen, every message prepared and the re-ranker awake."""
    data = tmp_path_factory.mktemp("meaning") / "data"
    for name, (title, question, answer) in _CHATS.items():
        write_chat(data, name, title=title, question=question, answer=answer)
    with running_app(data) as started:
        started.be_quiet()
        with started.listen("memory") as events:
            started.invoke(
                "update_settings",
                embedding_model_path=str(make.embedding_model()),
                reranker_model_path=str(make.reranking_model()),
            )
            events.until(
                "memory",
                lambda state: state["embedding"] and state["embedding"]["messages_done"] == 6,
            )
            started.invoke("search_messages", query="hospital ")
            events.until(
                "memory", lambda state: state["reranker"] and state["reranker"]["is_ready"]
            )
        yield started


def _search(page: Page, text: str) -> Locator:
    page.keyboard.press("Control+Shift+F")
    page.get_by_role("combobox", name="Search all chats").fill(text)
    return page.get_by_role("listbox", name="What was found")


def _search_until(page: Page, text: str, there: Locator) -> None:
    """Ask again until the models were in time."""
    field = page.get_by_role("combobox", name="Search all chats")
    for _ in range(_TRIES):
        field.fill("")
        field.fill(text)
        try:
            expect(there).to_be_visible(timeout=5_000)
        except AssertionError:
            continue
        return
    raise AssertionError(f"no search for {text} was in time")


def _reranked(app: RunningApp, query: str, by_words: list[str]) -> list[str]:
    for _ in range(_TRIES):
        found = [hit["snippet"] for hit in app.invoke("search_messages", query=query)]
        if found != by_words:
            return found
    raise AssertionError("the re-ranker was never in time")


@pytest.mark.parametrize(("theme", "width"), [("dark", 1280), ("light", 480)])
def test_an_answer_that_has_none_of_the_words_says_why_it_is_there(
    open_page: OpenPage, picture: Picture, theme: str, width: int
) -> None:
    page = open_page(theme=theme, width=width)
    hits = _search(page, "which car ")
    bench = hits.get_by_role("group", name="Bench notes")
    expect(bench.locator("mark").first).to_be_visible()
    expect(bench.get_by_text("close in meaning")).to_have_count(0)

    page.get_by_role("combobox", name="Said by").select_option("assistant")
    expect(bench.get_by_role("option")).to_have_text(["Tiny the cat in the red one"])
    _search_until(page, "which car ", bench.get_by_text("close in meaning"))
    picture(page, f"search-meaning-{theme}-{width}")
    assert find_violations(page) == []

    page.get_by_role("radio", name="Words only").check()
    expect(bench.get_by_role("option")).to_have_count(1)
    expect(bench.get_by_text("close in meaning")).to_have_count(0)


def test_a_re_ranker_s_order_is_the_one_that_is_shown(app: RunningApp, open_page: OpenPage) -> None:
    found = app.invoke("search_messages", query="hospital", by_meaning=False)
    by_words = [hit["snippet"] for hit in found]
    by_meaning = _reranked(app, "hospital", by_words)
    assert set(by_words) == set(by_meaning)
    assert by_words[0] != by_meaning[0]
    page = open_page()
    first = _search(page, "hospital").get_by_role("option").first
    _search_until(page, "hospital", first.filter(has_text=by_meaning[0]))
    page.get_by_role("radio", name="Words only").check()
    expect(first).to_contain_text(by_words[0])
