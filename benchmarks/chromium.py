"""Chromium on the app's page, and what its main thread does there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from benchmarks.models import RunningApp

DIST: Final = Path(__file__).parents[1] / "frontend" / "dist"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")

WATCH_KEYS: Final = """() => {
    window.benchKeys = []
    addEventListener('keydown', (event) => {
        const channel = new MessageChannel()
        channel.port1.onmessage = () =>
            window.benchKeys.push((performance.now() - event.timeStamp) / 1000)
        requestAnimationFrame(() => channel.port2.postMessage(0))
    }, true)
}"""
KEYS: Final = "() => window.benchKeys"
"""Seconds from each key to the frame that shows what it did."""

COUNT_FRAMES: Final = """() => {
    window.benchFrames = []
    let last = performance.now()
    function next() {
        const now = performance.now()
        window.benchFrames.push((now - last) / 1000)
        last = now
        window.benchRequest = requestAnimationFrame(next)
    }
    window.benchRequest = requestAnimationFrame(next)
}"""
FRAMES: Final = "() => { cancelAnimationFrame(window.benchRequest); return window.benchFrames }"
"""Seconds between the animation frames that were counted."""


def find_chromium() -> str | None:
    """Where Chromium is; `None`: nowhere."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)


@contextmanager
def open_page(chromium: str, app: RunningApp) -> Iterator[Page]:
    """The app's page at its usual size."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-quic", "--enable-precise-memory-info"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 832})
        page.goto(app.url)
        yield page
        browser.close()


@dataclass(slots=True)
class Work:
    """What a thread worked; known when the block has ended."""

    seconds: float = 0.0


@contextmanager
def measured_work(page: Page) -> Iterator[Work]:
    """What the page's main thread worked meanwhile, in time of its own."""

    def worked() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        seconds: float = next(one["value"] for one in metrics if one["name"] == "TaskDuration")
        return seconds

    work = Work()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    begin = worked()
    try:
        yield work
    finally:
        work.seconds = worked() - begin
        session.detach()
