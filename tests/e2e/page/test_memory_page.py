"""Memory on the page: told in one chat, asked for in another, seen, cited, switched off, gone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp, running_app

OpenPage = Callable[..., Page]
FACT = "My passport lies in the blue drawer of the hallway."
MISTYPED = "In which drawer of the halway is my pasport?"
_TRIES = 10
"""A question does not wait for memory; on a busy machine it may have come too late."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, citing_model: Path) -> Iterator[RunningApp]:
    """One for all: each test has chats of its own."""
    with running_app(tmp_path_factory.mktemp("memory") / "data") as started:
        started.be_quiet()
        started.invoke("start_llama_server", config={"model_path": str(citing_model), "threads": 1})
        yield started


def _send(page: Page, text: str) -> None:
    message = page.get_by_role("textbox", name="Message")
    message.fill(text)
    message.press("Enter")
    # Of an answer that is whole, the actions are there.
    expect(page.get_by_role("button", name="Answer again", exact=True).last).to_be_visible(
        timeout=30_000
    )


def _tell(page: Page, fact: str = FACT) -> None:
    page.keyboard.press("Control+n")
    _send(page, fact)


def _ask(page: Page, question: str = MISTYPED) -> None:
    """In a chat of its own, until memory was in time."""
    strip = page.get_by_role("button", name=re.compile("^Memory .*passage"))
    opened = page.get_by_role("group", name="Memory", exact=True)
    for _ in range(_TRIES):
        page.keyboard.press("Control+n")
        _send(page, question)
        if strip.or_(opened).count() > 0:
            return
    raise AssertionError("nothing was ever recalled in time")


def _last(app: RunningApp) -> tuple[str, list[dict[str, Any]]]:
    chat = app.invoke("list_conversations")[0]["id"]
    return chat, app.invoke("get_conversation", conversation_id=chat)["messages"]


def _prompt(app: RunningApp, chat: str, message: dict[str, Any]) -> str:
    """What the engine was given for an answer, as its template makes it."""
    view = app.invoke("get_prompt", conversation_id=chat, message_id=message["id"])
    return "".join(part["text"] for part in view["parts"])


def _open_strip(page: Page) -> None:
    shut = page.get_by_role("button", name=re.compile("^Memory .*passage"))
    if shut.count() > 0:
        shut.last.click()
    expect(page.get_by_role("group", name="Memory", exact=True).last).to_be_visible()


def test_a_fact_is_found_by_a_typo_cited_switched_off_and_gone_from_the_request(
    app: RunningApp, open_page: OpenPage, picture: Callable[[Page, str], None]
) -> None:
    page = open_page()
    _tell(page)
    _ask(page)
    chat, (question, answer) = _last(app)
    assert FACT in _prompt(app, chat, answer)
    assert re.search(r"notes \[1\]", answer["content"])

    _open_strip(page)
    strip = page.get_by_role("group", name="Memory", exact=True)
    # The fact, and what was answered to it.
    expect(strip).to_contain_text("2 passages from past chats")
    fact = strip.locator("q").first
    expect(fact).to_contain_text(FACT)
    expect(fact.locator("b")).to_have_text(["passport", "drawer", "hallway"])
    citation = page.get_by_role("button", name="Source 1")
    citation.focus()
    popover = page.get_by_role("group", name="Source 1")
    expect(popover).to_contain_text(FACT)
    picture(page, "memory-cited-light")
    page.keyboard.press("Escape")
    expect(popover).to_have_count(0)

    strip.get_by_role("switch", name="Use passage 1").click()
    expect(strip).to_contain_text("1 of 2 passages used")
    strip.get_by_role("button", name="Answer again without it").click()
    expect(page.get_by_text("2/2")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.get_by_role("button", name="Source 1")).to_have_count(0)
    _, (_, first, second) = _last(app)
    assert FACT not in _prompt(app, chat, second)
    assert "[2] " in _prompt(app, chat, second)
    assert FACT in _prompt(app, chat, first)
    assert question["recalled"][0]["message_id"] == 1
    picture(page, "memory-off-light")


def test_a_question_that_nothing_fits_says_so_and_one_without_memory_says_nothing(
    app: RunningApp, open_page: OpenPage, picture: Callable[[Page, str], None]
) -> None:
    page = open_page()
    _tell(page)
    nothing = page.get_by_text(re.compile(r"^nothing relevant in \d+ past chats?$"))
    # Each time other words: those of the last time would be found.
    for question in (
        "Quokkas juggle turquoise xylophones",
        "Zeppelins admire pickled rhubarb",
        "Ferrets tessellate marzipan quietly",
        "Oboes hibernate beneath umbrellas",
        "Glaciers yodel for sceptical botanists",
        "Walruses embroider velvet sextants",
    ):
        page.keyboard.press("Control+n")
        _send(page, question)
        if nothing.count() > 0:
            break
    expect(nothing).to_have_count(1)
    chat, (question, _) = _last(app)
    others = [one for one in app.invoke("list_conversations") if one["id"] != chat]
    assert question["searched_chats"] == len(others)
    picture(page, "memory-nothing-light")

    page.keyboard.press("Control+n")
    _send(page, "Thanks")
    expect(nothing).to_have_count(0)


def test_a_source_opens_at_its_place_in_its_branch_and_leads_back(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()
    fact = "The spare key of the allotment hangs behind the yellow watering can."
    _tell(page, fact)
    source, (told, _) = _last(app)
    # The chat goes on in another branch: the fact is no longer what is shown.
    app.invoke("send_message", conversation_id=source, content="Never mind.", parent_id=None)
    page.keyboard.press("Control+n")
    _ask(page, "Where is the spare key of the allotment hanging?")
    _open_strip(page)
    page.get_by_role("button", name="Source 1").last.press("Enter")
    turn = page.locator(f"[data-turn='{told['id']}']")
    expect(turn).to_contain_text(fact)
    expect(turn).to_be_focused()
    page.get_by_role("button", name=re.compile("^Back to ")).click()
    expect(page.get_by_role("group", name="Memory", exact=True).last).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Back to "))).to_have_count(0)

    # What was recalled stays, also when its chat goes and after a reload.
    app.invoke("delete_conversations", conversation_ids=[source])
    page.reload()
    strip = page.get_by_role("group", name="Memory", exact=True).last
    expect(strip).to_contain_text("chat deleted")
    expect(strip).to_contain_text(fact)
    strip.get_by_role("button", name=re.compile("at this place$")).first.click()
    expect(page.get_by_text("This chat was deleted.")).to_be_visible()


def test_memory_is_switched_in_the_composer_by_keys_and_in_the_panel(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()
    page.keyboard.press("Control+n")
    toggle = page.get_by_role("button", name="Memory", exact=True)
    expect(toggle).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+Shift+K")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    _send(page, FACT)
    chat, _ = _last(app)
    assert app.invoke("get_conversation", conversation_id=chat)["memory"] is False
    page.get_by_role("button", name="Chat settings").click()
    panel = page.get_by_role("region", name="Chat settings")
    panel.get_by_role("radio", name=re.compile("^Usual")).check(force=True)
    page.keyboard.press("Escape")
    expect(toggle).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("dark", 480)])
def test_axe_finds_nothing_in_strip_and_popover(
    open_page: OpenPage, picture: Callable[[Page, str], None], theme: str, width: int
) -> None:
    page = open_page(theme=theme, width=width)
    _tell(page)
    _ask(page)
    _open_strip(page)
    page.get_by_role("button", name="Source 1").focus()
    expect(page.get_by_role("group", name="Source 1")).to_be_visible()
    picture(page, f"memory-{theme}-{width}")
    assert find_violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_what_is_remembered_goes_with_the_next_chat_and_can_be_changed_and_deleted(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()
    _tell(page, "I am allergic to hazelnuts, by the way.")
    page.locator("[data-turn='1']").hover()
    page.locator("[data-turn='1']").get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Remember this").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("I am allergic to hazelnuts.")
    dialog.get_by_role("button", name="Remember", exact=True).click()
    expect(page.get_by_text("Remembered", exact=True)).to_be_visible()
    page.keyboard.press("Control+n")
    _send(page, "Hello!")
    chat, (question, answer) = _last(app)
    assert [one["text"] for one in question["recalled"]] == ["I am allergic to hazelnuts."]
    assert "remembered by the user: I am allergic" in _prompt(app, chat, answer)
    page.keyboard.press("Control+,")
    page.get_by_role("button", name="Memory").click()
    page.get_by_role("button", name=re.compile("^Change: I am allergic")).click()
    dialog.get_by_role("textbox").fill("I am allergic to walnuts.")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Delete: I am allergic to walnuts.").click()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("I am allergic to walnuts.")).to_be_visible()
    page.get_by_role("button", name="Delete: I am allergic to walnuts.").click()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()


def test_a_chat_is_left_out_from_its_passage_and_taken_back_in_the_settings(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()
    _tell(page, "The combination of the bicycle lock is the year of the moon landing.")
    source, _ = _last(app)
    question = "What is the combination of the bicycle lock?"
    _ask(page, question)
    asked, _ = _last(app)
    app.invoke("delete_conversations", conversation_ids=[asked])
    _ask(page, question)
    _open_strip(page)
    row = page.get_by_role("group", name="Memory", exact=True).get_by_role("listitem").first
    row.hover()
    row.get_by_role("button", name="More about passage 1").click()
    page.get_by_role("menuitem", name="Never use this chat").click()
    expect(page.get_by_text("Never recalled from now on.")).to_be_visible()
    assert [one["conversation_id"] for one in app.invoke("list_left_out")] == [source]
    page.get_by_role("button", name="Memory settings").click()
    page.get_by_role("button", name=re.compile("^Use in memory again")).click()
    expect(page.get_by_text("Choose “Leave out of memory”")).to_be_visible()
    assert app.invoke("list_left_out") == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 480)])
def test_the_memory_settings_change_what_is_kept_and_axe_finds_nothing(
    app: RunningApp,
    open_page: OpenPage,
    picture: Callable[[Page, str], None],
    theme: str,
    width: int,
) -> None:
    page = open_page(theme=theme, width=width)
    page.goto(f"{app.base}/#/settings/memory")
    page.reload()
    page.get_by_role("button", name="More passages").click()
    expect(page.get_by_role("status", name="Passages per answer")).to_have_text("6")
    tokens = page.get_by_role("textbox", name="Most tokens")
    tokens.fill("7")
    expect(page.get_by_text("A whole number from 100 to 8,000.")).to_be_visible()
    tokens.fill("1200")
    slider = page.get_by_role("slider", name="Only when clearly related")
    slider.press("ArrowRight")
    page.get_by_role("button", name="Reset “Passages per answer”").click()
    expect(page.get_by_role("status", name="Passages per answer")).to_have_text("5")
    kept = app.invoke("get_settings")
    assert (kept["memory_tokens"], kept["memory_passages"]) == (1200, 5)
    assert kept["memory_strictness"] == pytest.approx(0.55)
    page.get_by_role("button", name="Rebuild").click()
    expect(page.get_by_text("up to date")).to_be_visible(timeout=15_000)
    picture(page, f"memory-settings-{theme}-{width}")
    assert find_violations(page) == []
    for name in ("memory_tokens", "memory_strictness"):
        app.invoke("reset_setting", name=name)


def test_days_are_forgotten_once_it_is_told_how_much_that_is_and_typed(
    app: RunningApp, open_page: OpenPage, picture: Callable[[Page, str], None]
) -> None:
    page = open_page()
    _tell(page, "The alarm code is seven times eleven.")
    chat, _ = _last(app)
    page.keyboard.press("Control+,")
    page.get_by_role("button", name="Memory").click()
    page.get_by_role("button", name="Forget…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Choose a first day, a last day, or both.")
    dialog.get_by_label("Last day").fill("2001-01-01")
    expect(dialog).to_contain_text("Nothing was said in that time.")
    dialog.get_by_label("Last day").fill("")
    dialog.get_by_label("First day").fill(time.strftime("%Y-%m-%d", time.localtime(0)))
    expect(dialog.get_by_role("status")).to_contain_text(
        re.compile(r"\d+ messages in \d+ chats? go")
    )
    button = dialog.get_by_role("button", name="Forget for good")
    expect(button).to_be_disabled()
    dialog.get_by_label("Type “forget” to go on").fill("forget")
    picture(page, "memory-forget-light")
    assert find_violations(page) == []
    button.click()
    expect(dialog).to_have_count(0)
    assert chat not in [one["id"] for one in app.invoke("list_conversations")]
    assert app.invoke("search_messages", query="alarm code") == []
    page.keyboard.press("Control+1")
    expect(page.get_by_role("article")).to_have_count(0)
