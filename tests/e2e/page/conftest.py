"""A real Chromium on the page of a real app."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from driver.running_app import RunningApp, running_app

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
RESULTS = Path(__file__).resolve().parents[3] / "test-results"

OpenPage = Callable[..., Page]

# A busy machine is slow, and no failure of ours.
expect.set_options(timeout=20_000)


# Not for the whole session: its event loop would run on, and every later test with one would fail.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program,
            args=[
                "--no-sandbox",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield started
        started.close()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    with running_app(tmp_path / "data") as started:
        started.be_quiet()
        yield started


@pytest.fixture
def open_page(browser: Browser, app: RunningApp) -> Iterator[OpenPage]:
    """Opens the app's page; at the end no page may have complained or left the machine."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # A command that fails has a status that says so, and Chromium reports each.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            complaints.append(f"console: {message.text}")

    def open_one(
        *,
        theme: str = "light",
        width: int = 1280,
        height: int = 832,
        url: str = "",
        before: Callable[[Page], None] | None = None,
    ) -> Page:
        """`url`: of another app; `before` is done before the page is there."""
        base = url.partition("/#")[0] or app.base
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", on_console)
        page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((base, "data:", "blob:"))
                else complaints.append(f"request: {request.url}")
            ),
        )
        if before is not None:
            before(page)
        page.goto(url or app.url)
        page.get_by_role("textbox", name="Message").wait_for()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a screenshot for a person to look at."""

    def take(page: Page, name: str) -> None:
        RESULTS.mkdir(exist_ok=True)
        page.screenshot(path=RESULTS / f"{name}.png")

    return take
