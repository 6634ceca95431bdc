"""A Chromium-like browser in app mode: a window of its own where no toolkit is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from llama_desktop.domain.settings import WindowGeometry
from llama_desktop.infrastructure.environment import foreign_environment

_ON_PATH: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "brave-browser",
    "brave",
    "vivaldi",
)
_ON_WINDOWS: Final = (
    "Microsoft/Edge/Application/msedge.exe",
    "Google/Chrome/Application/chrome.exe",
)
_ON_MAC: Final = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Chromium.app/Contents/MacOS/Chromium",
)


def find_browser() -> Path | None:
    """The first browser that knows app mode; None: there is none."""
    return next(_candidates(), None)


def show_in_browser(
    browser: Path, url: str, *, profile: Path, geometry: WindowGeometry
) -> subprocess.Popen[bytes]:
    """Open the page in a window of the browser. Its process ends when the window is closed."""
    command = [
        str(browser),
        f"--app={url}",
        f"--user-data-dir={profile}",
        f"--window-size={geometry.width},{geometry.height}",
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-sync",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    if sys.platform.startswith("linux") and os.geteuid() == 0:
        command.append("--no-sandbox")  # its sandbox refuses to work for root
    return subprocess.Popen(
        command,
        env=foreign_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _candidates() -> Iterator[Path]:
    for name in _ON_PATH:
        found = shutil.which(name)
        if found:
            yield Path(found)
    if sys.platform == "win32":
        for variable in ("PROGRAMFILES(X86)", "PROGRAMFILES", "LOCALAPPDATA"):
            root = os.environ.get(variable)
            if root:
                yield from (path for end in _ON_WINDOWS if (path := Path(root, end)).is_file())
    if sys.platform == "darwin":
        for root in ("/Applications", str(Path("~/Applications").expanduser())):
            yield from (path for end in _ON_MAC if (path := Path(root, end)).is_file())
