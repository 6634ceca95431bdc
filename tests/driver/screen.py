"""A screen of the tests' own: an X server, a window manager, mouse and keyboard by xdotool."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest

_PROGRAMS: Final = ("Xvfb", "openbox", "xdotool", "xclip")
_FIND_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Screen:
    """A running X server."""

    display: str

    @property
    def environment(self) -> dict[str, str]:
        """Ours, but on this screen."""
        ours = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
        return {**ours, "DISPLAY": self.display}

    def run(self, *command: str, text: str | None = None) -> str:
        """Run a program on this screen to its end; its output."""
        result = subprocess.run(
            command,
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        return result.stdout.strip()

    def find_window(self, title: str) -> str:
        """The id of a window that is, or will be, shown with this title."""
        deadline = time.monotonic() + _FIND_SECONDS
        while True:
            try:
                return self.run(
                    "xdotool", "search", "--sync", "--onlyvisible", "--name", f"^{title}$"
                )
            except subprocess.CalledProcessError:
                # xdotool ends by an error when some window goes while it looks at it.
                if time.monotonic() > deadline:
                    raise


@contextlib.contextmanager
def screen() -> Iterator[Screen]:
    """Start an X server with a window manager; skip the test where there is none to start."""
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader, encoding="ascii") as numbers:
        display = Screen(f":{numbers.readline().strip()}")
    manager = subprocess.Popen(
        ["openbox"],
        env=display.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield display
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait(30)
