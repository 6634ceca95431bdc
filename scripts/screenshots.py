"""Makes the pictures in docs/screenshots: the real page of the real app, on a made-up history.

`npm run screenshots`. The chats are written by the app's own storage; the model that is loaded is
a tiny one of the tests under a real model's name, so that the page has something to show.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "scripts")]

from pictures.pairs import PairMaker
from pictures.scenes import SETS
from pictures.stage import Stage

PICTURES = ROOT / "docs" / "screenshots"
THEMES = ["dark", "light"]
NAMES = {
    "chat-conversation",
    "command-palette",
    "first-run",
    "models",
    "narrow-chat",
    "search",
    "server",
    "settings-memory",
}


def main() -> int:
    """Take every picture in both themes."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    browser_program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program, args=["--no-sandbox"])
        maker = PairMaker(browser)
        for theme in THEMES:
            place = Path(folder) / theme
            place.mkdir()
            stage = Stage(browser, place, place, theme, NAMES)
            for play in SETS:
                play(stage)
            for name, width in stage.taken:
                maker.make([place / f"{name}.png"], PICTURES / f"{name}.webp", width=width)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
