"""Makes docs/design-review: each drawing of the design beside the app in the same state.

`npm run design-review -- --drawings FOLDER [name …]`. The drawings are PNG files called
`NAME-dark.png` and `NAME-light.png`; without them only the app's pictures are made, into
test-results/design-review.
"""

from __future__ import annotations

import argparse
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

TAKEN = ROOT / "test-results" / "design-review"
PAIRS = ROOT / "docs" / "design-review"


def main() -> int:
    """Take what was asked for, in both themes, and lay it beside its drawing."""
    arguments = _parse()
    TAKEN.mkdir(parents=True, exist_ok=True)
    browser_program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program, args=["--no-sandbox"])
        taken: list[tuple[str, int]] = []
        for theme in arguments.themes:
            place = Path(folder) / theme
            place.mkdir()
            stage = Stage(browser, place, TAKEN, theme, set(arguments.names))
            for play in SETS:
                play(stage)
            taken += stage.taken
        if arguments.drawings is not None:
            PAIRS.mkdir(parents=True, exist_ok=True)
            maker = PairMaker(browser)
            for name, width in taken:
                drawing = arguments.drawings / f"{name}.png"
                if drawing.exists():
                    for pair in (PAIRS / f"{name}.webp", TAKEN / f"{name}-pair.png"):
                        maker.make([drawing, TAKEN / f"{name}.png"], pair, width=width)
        browser.close()
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Lay the app beside its drawings.")
    parser.add_argument("names", nargs="*", help="of drawings; none: all")
    parser.add_argument("--drawings", type=Path, help="the folder with the drawings")
    parser.add_argument("--themes", nargs="+", default=["dark", "light"])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
