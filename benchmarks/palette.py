"""The command palette over 10,000 chats: what a key costs until its results are painted."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.chromium import DIST, KEYS, WATCH_KEYS, find_chromium, measured_work, open_page
from benchmarks.figures import median, milliseconds, percentile
from benchmarks.models import running_app, write_many_chats
from benchmarks.table import Row

_CHATS = 10_000
_KEY_SECONDS = 0.030
_QUERIES = ("garden", "set theme", "brd hydrtn", "xylophone 77", "wrtng")
"""Words that are there, two of them, a slip in each, hardly any, and none."""


def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Nothing where there is no Chromium, or no page has been built."""
    chromium = find_chromium()
    if chromium is None or not (DIST / "index.html").exists():
        return []
    count = _CHATS // 10 if quick else _CHATS
    write_many_chats(folder / "data", count, now=time.time())
    with running_app(folder / "data") as app, open_page(chromium, app) as page:
        app.be_quiet()
        page.get_by_role("navigation").get_by_text("number").first.wait_for()
        return [_measure_keys(page, count, rounds=1 if quick else 4)]


def _measure_keys(page: Page, count: int, *, rounds: int) -> Row:
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    field.wait_for()
    page.evaluate(WATCH_KEYS)
    with measured_work(page) as work:
        for query in _QUERIES * rounds:
            for key in query:
                page.keyboard.press("Space" if key == " " else key)
                page.wait_for_timeout(30)
            field.fill("")
    times = page.evaluate(KEYS)
    tail = percentile(times, 95)
    return Row(
        f"key to results in the palette, {count:,} chats, p95",
        milliseconds(tail),
        f"p50 {milliseconds(median(times))}",
        f"work {milliseconds(work.seconds / len(times))}",
        f"<= {milliseconds(_KEY_SECONDS)}",
        tail <= _KEY_SECONDS,
    )
