"""Names of files: for people to read, and for every system to take. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MAX_SHOWN: Final = 120
_MAX_STEM_BYTES: Final = 120
"""Most file systems take 255 bytes; the person may want to add something."""
_BLANK: Final = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp", "Zs"})
"""Control characters, lone surrogates, code points without a character, separators."""
_FORMAT: Final = "Cf"
"""Bidi overrides, which can make `exe` look like `txt`, and what has no width."""
_NOT_ON_WINDOWS: Final = re.compile(r'[<>:"/\\|?*]+')
_DEVICES: Final = re.compile(r"CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]", re.IGNORECASE)


def clean_file_name(name: str) -> str:
    """What a file is called, as one short line without its folders. Never used as a path.

    The end stays where it is too long: it says what kind of file it is.
    """
    last = re.split(r"[/\\]", name.rstrip("/\\ "))[-1]
    line = _one_line(last)
    if len(line) > _MAX_SHOWN:
        line = f"{line[: _MAX_SHOWN - 31]}…{line[-30:]}"
    return line or "file"


def make_file_name(title: str, extension: str) -> str:
    """A name that Windows, macOS and Linux all take; `extension` with its dot."""
    stem = _one_line(_NOT_ON_WINDOWS.sub(" ", title))
    stem = stem.encode()[:_MAX_STEM_BYTES].decode(errors="ignore")
    # Windows drops dots and spaces at the end; at the front, a dot hides the file elsewhere.
    stem = stem.strip(" .")
    if not stem:
        stem = "Conversation"
    if _DEVICES.fullmatch(stem.split(".")[0].rstrip()):
        stem = f"_{stem}"
    return stem + re.sub(r"[^.\w]", "", extension)


def _one_line(text: str) -> str:
    kinds = ((letter, unicodedata.category(letter)) for letter in text)
    seen = "".join(" " if kind in _BLANK else letter for letter, kind in kinds if kind != _FORMAT)
    return " ".join(seen.split())
