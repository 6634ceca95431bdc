"""What telemetry and the log cost, and whether we tell of an NVIDIA GPU what `nvidia-smi` tells.

`python -m benchmarks.telemetry` asks both at once on a machine with such a GPU. The log comes from
a stand-in for llama-server, at a pace that no real one has.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from itertools import zip_longest
from pathlib import Path
from typing import Final

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
from benchmarks.models import Behaviour, running_app, write_fake_model, write_fake_server
from benchmarks.table import Row
from llama_desktop.infrastructure.llama.log_line import read_log_line
from llama_desktop.infrastructure.metrics.nvidia import NvidiaReader
from llama_desktop.infrastructure.metrics.probe import SystemProbe

_LARGE: Final = "room = bytearray(2_000_000_000); print(1, flush=True); input()"
_LINES: Final = 100_000
_LINES_PER_SECOND: Final = 1_000
_INTERVAL_SECONDS: Final = 2
_RESOURCES: Final = 4
"""GPU, VRAM, CPU and RAM: each has squares and a line."""
_TIME_SAMPLES: Final = """
window.benchSamples = []
const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage')
Object.defineProperty(WebSocket.prototype, 'onmessage', {
    set(handle) {
        set.call(this, async (event) => {
            const begin = performance.now()
            handle(event)
            for (let turn = 0; turn < 5; turn += 1) await null  // until the page is up to date
            document.body.getBoundingClientRect()
            if (event.data.startsWith('[["metrics"')) {
                window.benchSamples.push((performance.now() - begin) / 1000)
            }
        })
    }
})
"""
_TOLERANCES: Final[dict[str, float]] = {
    "name": 0,
    "utilization.gpu": 30,
    "memory.used": 64,
    "memory.total": 1,
    "temperature.gpu": 3,
    "power.draw": 60,
    "clocks.sm": 200,
    "clocks.mem": 1,
    "fan.speed": 5,
}
"""As `nvidia-smi` calls them, and how much each may change between two looks; in its units."""
_MEBIBYTE: Final = 1 << 20


def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Nothing of the page where there is no Chromium, or none has been built."""
    rows = [_measure_sample(3 if quick else 20), _measure_line()]
    chromium = find_chromium()
    if chromium is None or not (DIST / "index.html").exists():
        return rows
    server = write_fake_server(folder / "engine")
    with (
        running_app(folder / "data", "--llama-server", str(server)) as app,
        open_page(chromium, app) as page,
    ):
        page.add_init_script(_TIME_SAMPLES)
        page.reload()
        page.keyboard.press("Control+3")
        quiet = write_fake_model(folder / "quiet.gguf", Behaviour())
        app.invoke("start_llama_server", config={"model_path": str(quiet)})
        rows.append(_measure_graph(page, samples=4 if quick else 20))
        chatty = Behaviour(log_lines_per_second=_LINES_PER_SECOND)
        model = write_fake_model(folder / "chatty.gguf", chatty)
        app.invoke("start_llama_server", config={"model_path": str(model)})
        rows += _measure_log(page, seconds=3 if quick else 10, keys=10 if quick else 60)
    return rows


def _measure_sample(samples: int) -> Row:
    """Of a large process, in CPU time of our own, at the pace of the app."""
    with subprocess.Popen(
        [sys.executable, "-c", _LARGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        probe = SystemProbe()
        probe.sample(child.pid)
        began = time.process_time()
        for _ in range(samples):
            time.sleep(_INTERVAL_SECONDS)
            probe.sample(child.pid)
        spent = (time.process_time() - began) / samples
        probe.close()
        child.communicate(b"\n")
    cost = milliseconds(spent)
    return Row("CPU of one sample, of a process of 2 GB", cost, "", cost, "< 2 ms", spent < 0.002)


def _measure_line() -> Row:
    line = "0.00.052.367 W srv  stop: cancel task, id_task = 405"
    began = time.process_time()
    for _ in range(_LINES):
        read_log_line(line)
    spent = (time.process_time() - began) / _LINES
    share = f"{spent * _LINES_PER_SECOND:.1%} of a core"
    cost = f"{spent * 1e6:.1f} µs"
    met = spent * _LINES_PER_SECOND < 0.02
    return Row("CPU of reading a line of the log", cost, "", share, "< 2 % at 1,000/s", met)


def _measure_graph(page: Page, *, samples: int) -> Row:
    """What a sample makes the whole page do: script, style and layout, without the painting."""
    page.get_by_role("heading", name="Server", exact=True).wait_for()
    _wait_for_samples(page, 3)
    page.evaluate("window.benchSamples = []")
    with measured_work(page) as work:
        _wait_for_samples(page, samples)
    seconds = median(page.evaluate("window.benchSamples"))
    each = seconds / _RESOURCES
    return Row(
        "a sample on the Server page, per resource",
        milliseconds(each),
        f"painted {milliseconds(work.seconds / samples / _RESOURCES)}",
        milliseconds(each),
        "< 1 ms",
        each < 0.001,
    )


def _wait_for_samples(page: Page, number: int) -> None:
    for _ in range(2 * number + 10):
        if page.evaluate("window.benchSamples.length") >= number:
            return
        page.wait_for_timeout(_INTERVAL_SECONDS * 1_000)
    raise RuntimeError("the page heard of no samples")


def _measure_log(page: Page, *, seconds: float, keys: int) -> list[Row]:
    page.get_by_text("update_slots").first.wait_for()
    page.wait_for_timeout(2_000)
    page.evaluate(COUNT_FRAMES)
    with measured_work(page) as work:
        page.wait_for_timeout(seconds * 1_000)
    frames = page.evaluate(FRAMES)
    page.evaluate(WATCH_KEYS)
    page.get_by_label("Filter the log").focus()
    for number in range(keys):
        page.keyboard.press("slot 123 "[number % 9])
        page.wait_for_timeout(50)
    times = page.evaluate(KEYS)
    tail = percentile(frames, 95)
    key_tail = percentile(times, 95)
    return [
        Row(
            f"frame while {_LINES_PER_SECOND:,} log lines/s come, p95",
            milliseconds(tail),
            f"work {work.seconds / seconds:.0%} of a core",
            milliseconds(tail),
            "<= 20 ms",
            tail <= 0.02,
        ),
        Row(
            "key in its filter meanwhile, p95",
            milliseconds(key_tail),
            f"p50 {milliseconds(median(times))}",
            milliseconds(key_tail),
            "<= 50 ms",
            key_tail <= 0.05,
        ),
    ]


def compare() -> int:
    """Both side by side; 1: they differ by more than a GPU changes between two looks."""
    program = shutil.which("nvidia-smi")
    if program is None:
        print("There is no nvidia-smi on this machine.")
        return 1
    differs = False
    pairs = zip_longest(_ask_nvidia_smi(program), _ask_probe())
    for number, (told, ours) in enumerate(pairs):
        if told is None or ours is None:
            print(f"GPU {number}: only one of both knows it.")
            differs = True
            continue
        for field, tolerance in _TOLERANCES.items():
            agrees = _agree(told[field], ours[field], tolerance)
            differs |= not agrees
            mark = "" if agrees else "  DIFFERS"
            print(f"GPU {number}  {field:18}{told[field]!s:>24}{ours[field]!s:>24}{mark}")
    print("They differ." if differs else "They agree.")
    return int(differs)


Reading = dict[str, str | float | None]


def _ask_nvidia_smi(program: str) -> list[Reading]:
    query = [program, f"--query-gpu={','.join(_TOLERANCES)}", "--format=csv,noheader,nounits"]
    told = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    return [
        dict(zip(_TOLERANCES, map(_read_field, line.split(",")), strict=True))
        for line in told.splitlines()
    ]


def _read_field(text: str) -> str | float | None:
    text = text.strip()
    if text.startswith("["):  # [N/A], [Not Supported]
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _ask_probe() -> list[Reading]:
    reader = NvidiaReader()
    gpus = reader.read(frozenset()) or ()
    reader.close()
    return [
        {
            "name": gpu.name,
            "utilization.gpu": gpu.load_percent,
            "memory.used": _mebibytes(gpu.memory_used_bytes),
            "memory.total": _mebibytes(gpu.memory_total_bytes),
            "temperature.gpu": gpu.temperature_celsius,
            "power.draw": gpu.power_watts,
            "clocks.sm": gpu.clock_megahertz,
            "clocks.mem": gpu.memory_clock_megahertz,
            "fan.speed": gpu.fan_percent,
        }
        for gpu in gpus
    ]


def _mebibytes(size: int | None) -> int | None:
    return None if size is None else size // _MEBIBYTE


def _agree(told: str | float | None, ours: str | float | None, tolerance: float) -> bool:
    if isinstance(told, str) or isinstance(ours, str) or told is None or ours is None:
        return told == ours
    return abs(told - ours) <= tolerance


if __name__ == "__main__":
    sys.exit(compare())
