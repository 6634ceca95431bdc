"""The app in its own native window, driven from outside: by CDP, by X, by its address."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from driver.running_app import DEVELOPMENT, PATIENCE_SECONDS, RunningApp
from driver.screen import Screen

TITLE: Final = "Llama Desktop"


class WindowApp(RunningApp):
    """An app with a window on a screen of the tests' own."""

    debugging: str
    """Where Qt's web engine lets the page be driven; switched on by an environment variable."""


@contextlib.contextmanager
def window_app(
    screen: Screen, data: Path, *, environment: dict[str, str] | None = None
) -> Iterator[WindowApp]:
    """Start the app as a person does; return when its window is on the screen."""
    port = _free_port()
    # One that was killed has left its own, which the next start forgets only after a moment.
    (data / ".instance.json").unlink(missing_ok=True)
    process = subprocess.Popen(
        [*DEVELOPMENT, "--data-dir", str(data)],
        env={
            **screen.environment,
            "QTWEBENGINE_REMOTE_DEBUGGING": str(port),
            **(environment or {}),
        },
    )
    try:
        address = _address(data / ".instance.json", process)
        app = WindowApp(process, address)
        app.debugging = f"http://127.0.0.1:{port}"
        try:
            screen.find_window(TITLE)
            _wait_for(app.debugging, process)
            yield app
        finally:
            app.close()
            if process.poll() is None:
                app.end()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(PATIENCE_SECONDS)


def _address(file: Path, process: subprocess.Popen[bytes]) -> dict[str, object]:
    """What the app tells a second start, as the line that a headless one prints."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, json.JSONDecodeError):
            told = json.loads(file.read_bytes())
            port = int(told["url"].rpartition(":")[2])
            return {
                "url": f"{told['url']}/#token={told['token']}",
                "port": port,
                "token": told["token"],
                "pid": told["pid"],
            }
        time.sleep(0.05)  # a file has no event to wait for
    raise RuntimeError(f"the app told no address (exit code {process.poll()})")


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/json/list") as answer:
            # It answers before the window has a page.
            if any(page["url"].startswith("http://127.0.0.1") for page in json.load(answer)):
                return
        time.sleep(0.05)  # nor has a port
    raise RuntimeError("the window's page cannot be reached")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
