"""Which script a word is written in, as far as searching it differs. Pure."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Script(Enum):
    """Scripts that are taken apart, or stemmed, in ways of their own."""

    LATIN = "latin"
    CYRILLIC = "cyrillic"
    GREEK = "greek"
    ARMENIAN = "armenian"
    HEBREW = "hebrew"
    ARABIC = "arabic"
    DEVANAGARI = "devanagari"
    TAMIL = "tamil"
    UNSPACED = "unspaced"
    """Chinese, Japanese, Thai, Lao, Khmer, Burmese: no spaces between words.

    Korean too: it has spaces, but hangs its particles on the words.
    """
    OTHER = "other"


_RANGES: Final = (
    (0x0041, 0x024F, Script.LATIN),
    (0x0370, 0x03FF, Script.GREEK),
    (0x0400, 0x052F, Script.CYRILLIC),
    (0x0531, 0x058F, Script.ARMENIAN),
    (0x0591, 0x05FF, Script.HEBREW),
    (0x0600, 0x06FF, Script.ARABIC),
    (0x0750, 0x077F, Script.ARABIC),
    (0x08A0, 0x08FF, Script.ARABIC),
    (0x0900, 0x097F, Script.DEVANAGARI),
    (0x0B80, 0x0BFF, Script.TAMIL),
    (0x0E00, 0x0EFF, Script.UNSPACED),  # Thai, Lao
    (0x1000, 0x109F, Script.UNSPACED),  # Burmese
    (0x1100, 0x11FF, Script.UNSPACED),  # Hangul, in letters
    (0x1780, 0x17FF, Script.UNSPACED),  # Khmer
    (0x1E00, 0x1EFF, Script.LATIN),
    (0x1F00, 0x1FFF, Script.GREEK),
    (0x3005, 0x3007, Script.UNSPACED),
    (0x3040, 0x30FF, Script.UNSPACED),  # Kana
    (0x3100, 0x312F, Script.UNSPACED),  # Bopomofo
    (0x3400, 0x4DBF, Script.UNSPACED),
    (0x4E00, 0x9FFF, Script.UNSPACED),
    (0xAC00, 0xD7AF, Script.UNSPACED),  # Hangul
    (0xF900, 0xFAFF, Script.UNSPACED),
    (0x20000, 0x323AF, Script.UNSPACED),
)


def script_of(character: str) -> Script:
    """The script of one character; digits and what is not listed are `OTHER`."""
    code = ord(character)
    if code < 0x41:
        return Script.OTHER
    for first, last, script in _RANGES:
        if code < first:
            break
        if code <= last:
            return script
    return Script.OTHER
