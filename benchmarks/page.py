"""The chat page in Chromium: a chat of 2,000 messages, and answers that stream into it.

The answers come from a stand-in for llama-server at a set pace, so that what is measured is the
page alone. Frames are counted by the page itself, between its animation frames; beside them stands
what the page's main thread worked for each, which other programs on the machine do not change.
"""

from __future__ import annotations

import gzip
import re
import time
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.chromium import (
    COUNT_FRAMES,
    DIST,
    FRAMES,
    KEYS,
    WATCH_KEYS,
    find_chromium,
    measured_work,
    open_page,
)
from benchmarks.figures import median, milliseconds, percentile
from benchmarks.models import (
    RunningApp,
    long_text,
    running_app,
    write_fake_server,
    write_long_chat,
    write_slow_model,
)
from benchmarks.table import Row

_MESSAGES = 2_000
_FRAME_SECONDS = 1 / 60
_CHARACTERS_PER_TOKEN = 4

_OPEN = """async (messages) => {
    const row = [...document.querySelectorAll('nav button')]
        .find((one) => one.textContent.includes('A long chat'))
    const begin = performance.now()
    row.click()
    await new Promise((done) => {
        const channel = new MessageChannel()
        // A message sent from a frame arrives after that frame has been painted.
        channel.port1.onmessage = done
        function look() {
            const last = document.querySelector(`[data-turn="${messages}"] .prose > *`)
            const seen = last !== null && last.getBoundingClientRect().bottom < innerHeight
            seen ? channel.port2.postMessage(0) : requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
    })
    return (performance.now() - begin) / 1000
}"""
_SCROLL = """async ([pixels, frames]) => {
    const box = document.querySelector('[role=log]').parentElement
    const times = []
    let last = performance.now()
    for (let frame = 0; frame < frames; frame += 1) {
        box.scrollTop -= pixels
        await new Promise(requestAnimationFrame)
        times.push((performance.now() - last) / 1000)
        last = performance.now()
    }
    return times
}"""


def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Nothing where there is no Chromium, or no page has been built."""
    chromium = find_chromium()
    if chromium is None or not (DIST / "index.html").exists():
        return []
    data = folder / "data"
    write_long_chat(data, "long-chat", messages=_MESSAGES, now=time.time())
    server = write_fake_server(folder / "engine")
    rows = [_entry_size()]
    with (
        running_app(data, "--llama-server", str(server)) as app,
        open_page(chromium, app) as page,
    ):
        page.get_by_role("navigation").get_by_text("A long chat").wait_for()
        rows += _measure_long_chat(page, opens=3 if quick else 9, frames=200 if quick else 900)
        _load(app, folder, tokens_per_second=150, characters=8_000 if quick else 24_000)
        rows.append(_measure_keys(page, keys=20 if quick else 120))
        characters = 8_000 if quick else 40_000
        _load(app, folder, tokens_per_second=200, characters=characters)
        rows += _measure_streaming(page, characters, answers=1 if quick else 2)
    return rows


def _entry_size() -> Row:
    """What a page must have before it shows anything, as it would travel."""
    index = (DIST / "index.html").read_text(encoding="utf-8")
    names = re.findall(r'(?:src|href)="\./(assets/[^"]+\.(?:js|css))"', index)
    sizes = {name: len(gzip.compress((DIST / name).read_bytes(), 9)) for name in names}
    script = sum(size for name, size in sizes.items() if name.endswith(".js"))
    style = sum(sizes.values()) - script
    return Row(
        "entry script, gzip",
        f"{script / 1000:.1f} kB",
        f"{style / 1000:.1f} kB (style)",
        f"{script / 1000:.1f} kB",
        "<= 160 kB",
        script <= 160_000,
    )


def _load(app: RunningApp, folder: Path, *, tokens_per_second: int, characters: int) -> None:
    """The same model file under another name is another model, with another pace."""
    text = long_text(characters)
    pieces = tuple(
        text[at : at + _CHARACTERS_PER_TOKEN] for at in range(0, len(text), _CHARACTERS_PER_TOKEN)
    )
    model = write_slow_model(folder / f"pace-{tokens_per_second}.gguf", pieces, tokens_per_second)
    app.invoke("start_llama_server", config={"model_path": str(model)})


def _measure_long_chat(page: Page, *, opens: int, frames: int) -> list[Row]:
    seconds = []
    for _ in range(opens):
        seconds.append(page.evaluate(_OPEN, _MESSAGES))
        page.wait_for_timeout(500)
        page.keyboard.press("Control+n")
        page.get_by_role("heading", name="New chat").wait_for()
    page.evaluate(_OPEN, _MESSAGES)
    page.wait_for_timeout(1_000)
    with measured_work(page) as work:
        times = page.evaluate(_SCROLL, [60, frames])
    tail = percentile(times, 95)
    return [
        Row(
            f"open {_MESSAGES:,} messages to the last one painted",
            milliseconds(median(seconds)),
            f"first {milliseconds(seconds[0])}",
            milliseconds(median(seconds)),
            "<= 300 ms",
            median(seconds) <= 0.3,
        ),
        Row(
            "frame while scrolling through them, p95",
            milliseconds(tail),
            f"work {milliseconds(work.seconds / frames)}",
            milliseconds(tail),
            "<= 20 ms",
            tail <= 0.02,
        ),
    ]


def _ask(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Message", exact=True)
    field.fill(text)
    field.press("Enter")
    page.get_by_role("button", name="Stop").wait_for()


def _measure_keys(page: Page, *, keys: int) -> Row:
    page.keyboard.press("End")
    _ask(page, "Talk while I write")
    page.wait_for_timeout(1_000)
    page.evaluate(WATCH_KEYS)
    page.get_by_role("textbox", name="Message", exact=True).focus()
    for number in range(keys):
        page.keyboard.press("abcdefgh "[number % 9])
        page.wait_for_timeout(40)
    times = page.evaluate(KEYS)
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Message", exact=True).fill("")
    page.get_by_role("button", name="Stop").wait_for(state="detached")
    tail = percentile(times, 95)
    return Row(
        "key to paint while 150 tokens/s stream, p95",
        milliseconds(tail),
        f"p50 {milliseconds(median(times))}",
        milliseconds(tail),
        "<= 50 ms",
        tail <= 0.05,
    )


def _measure_streaming(page: Page, characters: int, *, answers: int) -> list[Row]:
    frames: list[float] = []
    heaps: list[float] = []
    streamed = worked = 0.0
    for number in range(answers + 1):
        # The first answer warms up: what it leaves behind is not growth.
        _ask(page, f"Tell story number {number}")
        begin = time.perf_counter()
        page.evaluate(COUNT_FRAMES)
        with measured_work(page) as work:
            page.get_by_role("button", name="Stop").wait_for(state="detached", timeout=600_000)
        counted = page.evaluate(FRAMES)
        if number > 0:
            frames += counted
            streamed += time.perf_counter() - begin
            worked += work.seconds
        heaps.append(_heap_bytes(page))
    dropped = sum(max(0, round(seconds / _FRAME_SECONDS) - 1) for seconds in frames)
    share = dropped / (dropped + len(frames))
    growth = (heaps[-1] - heaps[0]) / streamed * 3_600
    return [
        Row(
            f"dropped frames, 200 tokens/s over {characters // 1000} kB",
            f"{share:.1%}",
            f"work {milliseconds(worked / len(frames))}",
            f"{share:.1%}",
            "< 2 %",
            share < 0.02,
        ),
        Row(
            "growth of the page's heap in an hour of streaming",
            f"{growth / 1e6:.1f} MB",
            f"from {streamed:.0f} s",
            f"{growth / 1e6:.1f} MB",
            "<= 20 MB",
            growth <= 20e6,
        ),
    ]


def _heap_bytes(page: Page) -> float:
    """What is still used after everything that can be freed was freed."""
    page.wait_for_timeout(500)
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used
