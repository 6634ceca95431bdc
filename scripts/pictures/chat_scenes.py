"""The pictures of chats: one app with a loaded model."""

from __future__ import annotations

import os
import re
import signal
from functools import partial
from typing import Final

from playwright.sync_api import Page

from driver.running_app import RunningApp, running_app
from pictures import texts
from pictures.history import write_history
from pictures.library import write_library
from pictures.stage import NARROW, Stage, put_mouse_away

_NAMES: Final = (
    "chat-empty",
    "chat-conversation",
    "chat-conversation-full",
    "chat-streaming",
    "chat-reading",
    "narrow-chat",
    "narrow-sidebar",
)


def play_chats(stage: Stage) -> None:
    """Take them."""
    if not stage.wants(*_NAMES):
        return
    data = stage.folder / "chats"
    write_history(data)
    model = write_library(stage.folder / "Models")
    with running_app(data) as app:
        app.be_quiet()
        app.invoke("update_settings", passages_open=True)
        app.invoke("add_model_folder", path=str(model.parent))
        load(app, model)
        stage.take("chat-empty", app, _open_new)
        stage.take("chat-conversation", app, _write_next)
        stage.take("chat-conversation-full", app, _open_shown, size=(1280, 1490), scale=1)
        app.invoke("update_settings", passages_open=False)
        for name, pose in (("chat-streaming", _go_on), ("chat-reading", _read)):
            stage.take(name, app, partial(pose, app))
            end_answers(app)
        stage.take("narrow-chat", app, _open_narrow, size=NARROW)
        stage.take("narrow-sidebar", app, _open_drawer, size=NARROW)


def load(app: RunningApp, model: os.PathLike[str], **config: object) -> None:
    """Load a model with the window that the drawings have."""
    wanted = {"model_path": str(model), "threads": 1, "context_size": 16_384, **config}
    app.invoke("start_llama_server", config=wanted)


def open_chat(page: Page, title: str) -> None:
    """Click it in the list, which is a drawer in a narrow window."""
    show = page.get_by_role("button", name="Show sidebar")
    page.get_by_role("textbox", name="Message").wait_for()
    if show.is_visible():
        show.click()
    page.get_by_role("navigation").get_by_text(title, exact=True).click()
    page.get_by_role("navigation").locator("*").evaluate_all(
        "all => all.forEach((one) => (one.scrollTop = 0))"
    )
    put_mouse_away(page)


def _open_new(page: Page) -> None:
    page.get_by_role("textbox", name="Message").wait_for()
    page.get_by_role("heading", name="New chat").wait_for()


def _open_shown(page: Page) -> None:
    open_chat(page, texts.SHOWN)
    page.locator(".katex").first.wait_for()
    page.get_by_text("68.4 tok/s").wait_for()


def _write_next(page: Page) -> None:
    _open_shown(page)
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Control+ArrowUp")
    message = page.get_by_role("textbox", name="Message")
    message.fill("And how would I log this to a CSV every minute")
    page.get_by_text(re.compile(r"^[≈~]? ?\d+ tokens$")).last.wait_for()


def _open_narrow(page: Page) -> None:
    _open_shown(page)
    page.get_by_role("textbox", name="Message").fill("")
    page.get_by_role("log").hover()
    page.mouse.wheel(0, -9000)
    page.get_by_role("textbox", name="Message").blur()
    put_mouse_away(page)


def _open_drawer(page: Page) -> None:
    _open_narrow(page)
    page.get_by_role("button", name="Show sidebar").click()
    put_mouse_away(page)


def freeze(app: RunningApp) -> None:
    """Hold the server, so that the page stands still in the middle of an answer."""
    os.kill(app.invoke("get_server_state")["pid"], signal.SIGSTOP)


def thaw(app: RunningApp) -> None:
    """Let it go on."""
    os.kill(app.invoke("get_server_state")["pid"], signal.SIGCONT)


def _go_on(app: RunningApp, page: Page) -> None:
    """In the middle of an answer, with its end out of view."""
    open_chat(page, texts.LOGGING)
    page.get_by_role("button", name="Continue", exact=True).click()
    page.get_by_text("curl young").wait_for()
    freeze(app)
    page.get_by_role("log").hover()
    page.mouse.wheel(0, -40)
    put_mouse_away(page)


def _read(app: RunningApp, page: Page) -> None:
    """While a long question is read."""
    open_chat(page, texts.WEEK)
    page.locator("input[type=file]").set_input_files(
        [
            {"name": "tent-log-march.csv", "mimeType": "text/csv", "buffer": _log_file(3_532)},
            {"name": "mister.csv", "mimeType": "text/csv", "buffer": _log_file(556)},
        ]
    )
    message = page.get_by_role("textbox", name="Message")
    message.fill(texts.WEEK_QUESTION)
    page.get_by_text("mister.csv").first.wait_for()
    message.press("Enter")
    page.get_by_text(re.compile(r"^[1-9][\d,]* of [\d,]+ tokens$")).wait_for()
    freeze(app)
    put_mouse_away(page)


def _log_file(size: int) -> bytes:
    rows = (f"2026-03-{day:02}T{hour:02}:00,24.1,{70 + hour % 9}" for day in range(9, 30)
            for hour in range(24))  # fmt: skip
    return ("time,temp_c,rh\n" + "\n".join(rows)).encode()[:size]


def end_answers(app: RunningApp) -> None:
    """Of all chats, with the server awake again."""
    thaw(app)
    for chat in app.invoke("list_conversations"):
        kept = app.invoke("get_conversation", conversation_id=chat["id"])
        for message in kept["messages"]:
            if message["status"] in ("waiting", "answering"):
                app.invoke("stop_answer", conversation_id=chat["id"], message_id=message["id"])
