"""Time to a painted window, beside an empty window with the same toolkit, on a screen of its own.

Painted is what the screen shows, read from the frame buffer of Xvfb: a page has many colours, a
window that still waits for its page has one, and those of the pointer.
"""

from __future__ import annotations

import mmap
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from benchmarks.app import program
from benchmarks.figures import median, milliseconds
from benchmarks.table import Row

_LARGEST_RATIO = 1.3
_COLOURS = 100
"""More than the pointer has, 25; fewer than any of the two pages, 300."""
_PATIENCE_SECONDS = 60
_EVERY = 31
"""A pixel of so many is looked at: no divisor of the width, so that no column is favoured; and few
enough that looking takes no core from the app."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen without a window manager: whatever has colours there is the page."""

    display: str
    pixels: np.ndarray

    def colours(self) -> int:
        """How many different ones it shows."""
        return len(np.unique(self.pixels[::_EVERY]))


def measure(folder: Path, *, count: int) -> list[Row]:
    """Nothing where there is no Xvfb."""
    if shutil.which("Xvfb") is None:
        return []
    app, empty = [], []
    with _screen(folder) as screen:
        for number in range(count + 1):
            data = ("--data-dir", str(folder / "data"))
            one = _seconds_to_paint(screen, (*program(), *data))
            other = _seconds_to_paint(
                screen, (sys.executable, str(Path(__file__).with_name("empty_window.py")), "qt")
            )
            if number > 0:
                app.append(one)
                empty.append(other)
    ratio = median(app) / median(empty)
    return [
        Row(
            "process start to painted window (Qt)",
            milliseconds(median(app)),
            f"{milliseconds(median(empty))} (empty)",
            f"{ratio:.2f}",
            f"<= {_LARGEST_RATIO}",
            ratio <= _LARGEST_RATIO,
        )
    ]


def _seconds_to_paint(screen: Screen, command: Sequence[str]) -> float:
    environment = {
        **os.environ,
        "DISPLAY": screen.display,
        "QT_QPA_PLATFORM": "xcb",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
    }
    environment.pop("WAYLAND_DISPLAY", None)
    _until(lambda: screen.colours() < _COLOURS)
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until(lambda: screen.colours() >= _COLOURS or process.poll() is not None)
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} ended with code {process.returncode}")
        return time.perf_counter() - begin
    finally:
        _end_tree(process)


def _until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("The screen did not change.")
        time.sleep(0.005)


def _end_tree(process: subprocess.Popen[bytes]) -> None:
    """The empty window knows no good end; its helpers would stay on the screen."""
    children = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for child in children:
        if child.is_running():
            child.kill()


@contextmanager
def _screen(folder: Path) -> Iterator[Screen]:
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            *("Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"),
            *("-screen", "0", "1280x900x24", "-fbdir", str(folder)),
        ],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            display = f":{answer.readline().strip()}"
        with (folder / "Xvfb_screen0").open("rb") as file:
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        yield Screen(display, np.frombuffer(memory, dtype=np.uint32)[-1280 * 900 :])
    finally:
        server.terminate()
        server.wait()
