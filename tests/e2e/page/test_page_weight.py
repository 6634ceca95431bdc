"""How much the page loads before it can be used, and what it leaves for later."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

_DIST = Path(__file__).parents[3] / "frontend" / "dist"
_LARGEST_ENTRY = 160_000


def _entry_files() -> list[Path]:
    index = (_DIST / "index.html").read_text("utf-8")
    return [_DIST / name for name in re.findall(r'"\./(assets/[^"]+\.(?:js|css))"', index)]


def test_the_page_starts_with_160_kilobytes() -> None:
    files = _entry_files()

    sizes = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in files}

    assert files
    assert sum(sizes.values()) <= _LARGEST_ENTRY, sizes


def test_formulas_languages_and_menus_come_when_they_are_needed() -> None:
    entry = "".join(file.read_text("utf-8") for file in _entry_files() if file.suffix == ".js")
    later = {path.name.split("-")[0] for path in (_DIST / "assets").glob("*.js")}

    assert {"katex", "haskell", "python", "core", "MenuLayer"} <= later
    assert "KaTeX parse error" not in entry


def test_fonts_are_of_one_kind() -> None:
    kinds = {path.suffix for path in (_DIST / "assets").iterdir()}

    assert kinds == {".js", ".css", ".woff2"}
