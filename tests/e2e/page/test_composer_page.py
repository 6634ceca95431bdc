"""The composer: drafts, files, images, messages that wait, what is counted."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from driver.answers import await_words
from driver.running_app import PATIENCE_SECONDS, RunningApp, running_app

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]

LONG_TEXT = "\n".join(f"line {number}" for number in range(100))
_PASTE = """([field, kind, text]) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    field.dispatchEvent(new ClipboardEvent(kind, { clipboardData: data, bubbles: true }));
}"""
_DROP = """([name, type, bytes, kinds]) => {
    const data = new DataTransfer();
    const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    data.items.add(new File([content], name, { type }));
    const main = document.querySelector('main header');
    for (const kind of kinds) {
        const options = { dataTransfer: data, bubbles: true, cancelable: true };
        main.dispatchEvent(new DragEvent(kind, options));
    }
}"""
_MAKE_IMAGE = """async ([width, height, type]) => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext('2d');
    const shade = pen.createLinearGradient(0, 0, width, height);
    shade.addColorStop(0, 'gold');
    shade.addColorStop(1, 'navy');
    pen.fillStyle = shade;
    pen.fillRect(0, 0, width, height);
    return canvas.toDataURL(type).split(',')[1];
}"""


def _load(app: RunningApp, model: Path, **config: Any) -> dict[str, Any]:
    state: dict[str, Any] = app.invoke(
        "start_llama_server", config={"model_path": str(model), "threads": 1, **config}
    )
    return state


def _message(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def _send(page: Page, text: str) -> None:
    _message(page).fill(text)
    _message(page).press("Enter")


def _drop(page: Page, name: str, media_type: str, data: bytes, *kinds: str) -> None:
    encoded = base64.b64encode(data).decode()
    page.evaluate(_DROP, [name, media_type, encoded, list(kinds or ("dragover", "drop"))])


def _paste(page: Page, text: str) -> None:
    page.evaluate(_PASTE, [_message(page).element_handle(), "paste", text])


def _kept(app: RunningApp, index: int = 0) -> dict[str, Any]:
    chat = app.invoke("list_conversations")[index]
    kept: dict[str, Any] = app.invoke("get_conversation", conversation_id=chat["id"])
    return kept


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline


def _files(page: Page) -> Locator:
    return page.locator("form").get_by_role("list", name="Attached files")


def _holds(drafts: list[dict[str, Any]], *words: str) -> bool:
    return all(word in str(drafts) for word in words)


def test_drafts_of_every_chat_survive_a_restart_of_the_app(
    tmp_path: Path, browser: Any, tiny_model: Path
) -> None:
    with running_app(tmp_path / "data") as app:
        app.be_quiet()
        _load(app, tiny_model)
        page = browser.new_page()
        page.goto(app.url)
        _send(page, "Kept chat")
        expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()
        _message(page).fill("half a question")
        page.keyboard.press("Control+n")
        _message(page).fill("a new thought")
        _drop(page, "notes.txt", "text/plain", b"some notes")
        expect(_files(page).get_by_role("button", name="Remove notes.txt")).to_be_visible()
        # Left at once, without the pause after the last key.
        page.goto("about:blank")
        _until(lambda: _holds(app.invoke("get_drafts"), "a new thought", "notes.txt"))
        page.close()
        app.kill()
    with running_app(tmp_path / "data") as app:
        page = browser.new_page()
        page.goto(app.url)

        expect(_message(page)).to_have_value("a new thought")
        expect(_files(page)).to_contain_text("notes.txt")
        page.get_by_role("navigation").get_by_text("Kept chat").click()
        expect(_message(page)).to_have_value("half a question")
        page.close()


def test_a_sent_message_leaves_no_draft(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    _load(app, tiny_model)
    page = open_page()
    _send(page, "Gone with Enter")
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()

    page.reload()

    expect(page.get_by_role("article")).to_have_count(2)
    expect(_message(page)).to_have_value("")
    assert app.invoke("get_drafts") == []


def test_a_text_file_is_dropped_sent_and_shown_with_its_question(
    app: RunningApp, open_page: OpenPage, tiny_model: Path, picture: Picture
) -> None:
    _load(app, tiny_model)
    page = open_page()
    _drop(page, "tent-log-march.csv", "text/csv", b"time,rh\n1,80\n2,81\n", "dragover")
    expect(_message(page)).to_have_attribute("placeholder", "Drop to attach")
    picture(page, "composer-dragging")
    _drop(page, "tent-log-march.csv", "text/csv", b"time,rh\n1,80\n2,81\n", "drop")
    expect(_files(page)).to_contain_text(re.compile(r"tent-log-march\.csv\s*\d+ tokens"))
    _message(page).fill("Which nights were too dry?")
    expect(page.get_by_text(re.compile("≈ [1-9].* tokens"))).to_be_visible()
    picture(page, "composer-file")

    _message(page).press("Enter")

    question = page.get_by_role("article").first
    expect(question).to_contain_text("tent-log-march.csv")
    expect(_files(page)).to_have_count(0)
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()
    assert [one["name"] for one in _kept(app)["messages"][0]["attachments"]] == [
        "tent-log-march.csv"
    ]
    question.get_by_role("button", name="Open tent-log-march.csv").click()
    expect(page.get_by_role("dialog")).to_contain_text("time,rh")
    picture(page, "composer-file-open")
    page.keyboard.press("Escape")
    expect(question.get_by_role("button", name="Open tent-log-march.csv")).to_be_focused()


def test_a_file_is_chosen_by_the_button_and_removed_again(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files(
        [
            {"name": "one.py", "mimeType": "text/x-python", "buffer": b"print(1)\n"},
            {"name": "two.md", "mimeType": "text/markdown", "buffer": b"# Two\n"},
        ]
    )
    expect(_files(page).get_by_role("listitem")).to_have_count(2)

    page.get_by_role("button", name="Remove one.py").click()

    expect(_files(page).get_by_role("listitem")).to_have_count(1)
    expect(_files(page)).to_contain_text("two.md")


def test_a_file_that_is_no_text_is_refused_in_words(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page()
    _drop(page, "program.exe", "application/octet-stream", b"MZ\x90\x00\x03\x00\x00\x00")
    expect(page.get_by_role("status").filter(has_text="program.exe")).to_be_visible()
    expect(_files(page)).to_have_count(0)

    _drop(page, "huge.log", "text/plain", b"x" * (1024 * 1024 + 1))

    expect(page.get_by_text("huge.log is 1.0 MB large. A text can have")).to_be_visible()


def test_long_pasted_text_becomes_a_file_and_can_become_text_again(
    app: RunningApp, open_page: OpenPage, picture: Picture
) -> None:
    page = open_page()
    _message(page).fill("Before ")

    _paste(page, LONG_TEXT)

    expect(_files(page)).to_contain_text("Pasted text.txt")
    expect(_message(page)).to_have_value("Before ")
    picture(page, "composer-pasted")
    page.get_by_role("button", name="Paste as text").click()
    expect(_message(page)).to_have_value(f"Before {LONG_TEXT}")
    expect(_files(page)).to_have_count(0)
    expect(_message(page)).to_be_focused()


def test_control_shift_v_pastes_any_text_as_a_file(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("() => navigator.clipboard.writeText('short')")
    _message(page).press("Control+V")
    expect(_message(page)).to_have_value("short")

    _message(page).press("Control+Shift+V")

    expect(_message(page)).to_have_value("short")
    expect(_files(page)).to_contain_text("Pasted text.txt")


def test_an_image_needs_a_model_that_sees(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    _load(app, tiny_model)
    page = open_page()
    page.get_by_placeholder(re.compile("^Message ")).wait_for()
    image = base64.b64decode(page.evaluate(_MAKE_IMAGE, [20, 20, "image/png"]))

    _drop(page, "photo.png", "image/png", image)

    expect(page.get_by_text(re.compile("cannot see images"))).to_be_visible()
    expect(_files(page)).to_have_count(0)


def test_an_image_is_made_smaller_and_sent_with_the_question(
    app: RunningApp, open_page: OpenPage, tiny_model: Path, vision_projector: Path, picture: Picture
) -> None:
    _load(app, tiny_model, mmproj_path=str(vision_projector))
    page = open_page()
    page.get_by_placeholder(re.compile("^Message ")).wait_for()
    image = base64.b64decode(page.evaluate(_MAKE_IMAGE, [4000, 1000, "image/jpeg"]))

    _drop(page, "wide.jpeg", "image/jpeg", image)

    expect(_files(page)).to_contain_text("1568 \N{MULTIPLICATION SIGN} 392")
    expect(_files(page).locator("img")).to_be_visible()
    _message(page).fill("What is this?")
    picture(page, "composer-image")
    _message(page).press("Enter")
    expect(page.get_by_role("article").first.locator("img")).to_be_visible()
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()
    attachment = _kept(app)["messages"][0]["attachments"][0]
    assert (attachment["width"], attachment["height"]) == (1568, 392)
    page.reload()
    expect(page.get_by_role("article").first.locator("img")).to_be_visible()


def test_messages_wait_for_the_answer_in_their_order(
    app: RunningApp, open_page: OpenPage, heavy_model: Path, picture: Picture
) -> None:
    _load(app, heavy_model)
    # Every answer takes its time, and ends by itself.
    grammar = 'root ::= ("word "){100}'
    app.invoke("create_conversation", title="Slow", parameters={"grammar": grammar})
    page = open_page()
    page.get_by_role("navigation").get_by_role("button", name="Slow", exact=True).click()
    _send(page, "First question")
    waiting = page.get_by_role("region", name="Waiting messages")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    _send(page, "Second question")
    _send(page, "Third question")
    expect(waiting.get_by_role("listitem")).to_have_count(2)
    expect(waiting).to_contain_text("Sent after this answer")
    picture(page, "composer-queue")

    questions = page.get_by_role("article", name="You")
    expect(questions).to_have_count(3, timeout=60_000)

    expect(waiting).to_have_count(0)
    asked = [m["content"] for m in _kept(app)["messages"] if m["role"] == "user"]
    assert asked == ["First question", "Second question", "Third question"]


def test_waiting_messages_stay_after_a_stop_and_over_a_restart(
    app: RunningApp, open_page: OpenPage, slow_endless_model: Path, picture: Picture
) -> None:
    _load(app, slow_endless_model)
    page = open_page()
    _send(page, "Talk on")
    await_words(page.get_by_role("article").nth(1))
    _send(page, "Wait for me")
    _message(page).fill("and me")

    page.get_by_role("button", name="Stop").click()

    waiting = page.get_by_role("region", name="Waiting messages")
    expect(waiting).to_contain_text("Not sent: the answer was stopped.")
    picture(page, "composer-queue-held")
    assert len(_kept(app)["messages"]) == 2
    page.reload()
    expect(_message(page)).to_have_value("Wait for me\n\nand me")


def test_a_waiting_message_is_taken_back_to_be_changed(
    app: RunningApp, open_page: OpenPage, slow_endless_model: Path
) -> None:
    _load(app, slow_endless_model)
    page = open_page()
    _send(page, "Talk on")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    _send(page, "Not quite right")
    waiting = page.get_by_role("region", name="Waiting messages")

    waiting.get_by_role("button", name="Edit the waiting message").click()

    expect(_message(page)).to_have_value("Not quite right")
    expect(waiting).to_have_count(0)
    _message(page).press("Enter")
    waiting.get_by_role("button", name="Remove the waiting message").click()
    expect(waiting).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(waiting).to_contain_text("Not quite right")


def test_up_in_the_empty_composer_edits_the_last_question(
    app: RunningApp, open_page: OpenPage, tiny_model: Path
) -> None:
    _load(app, tiny_model)
    page = open_page()
    _send(page, "Ask better")
    expect(page.get_by_role("article").nth(1).get_by_text("to first token")).to_be_visible()

    _message(page).press("ArrowUp")

    expect(page.get_by_role("article").first.get_by_role("textbox")).to_have_value("Ask better")


def test_more_than_the_window_holds_is_said_before_it_is_sent(
    app: RunningApp, open_page: OpenPage, tiny_model: Path, picture: Picture
) -> None:
    _load(app, tiny_model, context_size=512)
    page = open_page()
    page.get_by_placeholder(re.compile("^Message ")).wait_for()

    _message(page).fill("word " * 2000)

    expect(page.get_by_text("more than the whole context holds")).to_be_visible()
    picture(page, "composer-too-long")


def test_the_composer_grows_to_twelve_lines_and_no_further(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()

    def lines() -> float:
        height: float = page.evaluate(
            "() => document.querySelector('form textarea').getBoundingClientRect().height"
        )
        return (height - 17) / 24

    one = lines()
    _message(page).fill("\n".join("abcdefghijklmnop"[:12]))
    twelve = lines()
    _message(page).fill("\n".join(str(number) for number in range(40)))

    assert round(one) == 1
    assert round(twelve) == 12
    assert lines() == pytest.approx(twelve, abs=0.1)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 480])
def test_the_composer_as_it_is_drawn(
    app: RunningApp,
    open_page: OpenPage,
    think_model: Path,
    picture: Picture,
    theme: str,
    width: int,
) -> None:
    _load(app, think_model)
    page = open_page(theme=theme, width=width)
    page.get_by_placeholder(re.compile("^Message ")).wait_for()
    picture(page, f"chat-empty-{theme}-{width}")
    _message(page).fill("And how would I log this to a CSV every minute")
    expect(page.get_by_text(re.compile("≈ [1-9].* tokens"))).to_be_visible()
    picture(page, f"composer-{theme}-{width}")
    expect(page.get_by_role("button", name="Think", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
