"""The page of all components in their states, which Vite serves and no build contains."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from playwright.sync_api import Page

from pictures.stage import Stage

_ROOT: Final = Path(__file__).resolve().parents[2]
_VITE: Final = _ROOT / "node_modules" / "vite" / "bin" / "vite.js"
_START_SECONDS: Final = 60
_MARK_CONTROLS: Final = """
for (const shown of document.querySelectorAll('[data-shown]')) {
    const states = shown.dataset.shown;
    const controls = 'button, input, textarea';
    const control = shown.matches(controls) ? shown : shown.querySelector(controls);
    control.dataset.forced = states;
    if (states.includes('focus') && !shown.contains(document.activeElement)) {
        for (let one = control.parentElement; shown.contains(one); one = one.parentElement) {
            one.dataset.forced = 'focus-within';
        }
    }
}
"""


@dataclass(frozen=True)
class _Gallery:
    url: str


def play_gallery(stage: Stage) -> None:
    """Take the board."""
    if stage.wants("components"):
        with _serve() as url:
            stage.take("components", _Gallery(url), _pose, size=(1280, 2600))


@contextmanager
def _serve() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    node = shutil.which("node") or "node"
    config = _ROOT / "frontend" / "vite.config.ts"
    command = [node, _VITE, "--config", config, "--port", str(port), "--strictPort"]
    vite = subprocess.Popen([*command, "--host", "127.0.0.1"], cwd=_ROOT)
    url = f"http://127.0.0.1:{port}/gallery.html"
    try:
        _wait_for(url)
        yield url
    finally:
        vite.terminate()
        vite.wait()


def _wait_for(url: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            httpx.get(url).raise_for_status()
            return
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _pose(page: Page) -> None:
    page.get_by_role("menuitem").nth(1).focus()
    page.get_by_text("tokens", exact=False).first.wait_for()
    _force_states(page)
    page.locator("[data-tooltip] button").hover()
    page.get_by_role("tooltip", include_hidden=True).wait_for()


def _force_states(page: Page) -> None:
    """There is one pointer and one focus, and the board shows many."""
    page.evaluate(_MARK_CONTROLS)
    tools = page.context.new_cdp_session(page)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    root = tools.send("DOM.getDocument")["root"]["nodeId"]
    marked = tools.send("DOM.querySelectorAll", {"nodeId": root, "selector": "[data-forced]"})
    for node in marked["nodeIds"]:
        named = tools.send("DOM.getAttributes", {"nodeId": node})["attributes"]
        states = dict(zip(named[::2], named[1::2], strict=True))["data-forced"].split()
        tools.send("CSS.forcePseudoState", {"nodeId": node, "forcedPseudoClasses": states})
