"""Titles of conversations. Pure."""

from __future__ import annotations

import re
from typing import Final

from llama_desktop.domain.errors import BadRequest
from llama_desktop.services.clean_text import clean_text

MAX_GIVEN: Final = 200
_MAX_DERIVED: Final = 48
_LOOKED_AT: Final = 2000
"""Characters of a message; a title never needs more, and messages can be megabytes."""
_FENCE_LINE: Final = re.compile(r"^\s*(```|~~~).*$", re.MULTILINE)
_LINE_MARK: Final = re.compile(r"^\s*(#{1,6}\s+|>\s*|[-*+]\s+|\d+[.)]\s+)+", re.MULTILINE)
_NOT_PRINTED: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2069\ufeff\s]+")


def derive_title(message: str) -> str:
    """A single line from a first message: its beginning without Markdown's marks, cut at a word."""
    text = message[:_LOOKED_AT]
    without_marks = _LINE_MARK.sub("", _FENCE_LINE.sub("", text)).replace("`", "")
    line = _one_line(without_marks) or _one_line(text)
    if len(line) <= _MAX_DERIVED:
        return line
    cut = line[: _MAX_DERIVED + 1]
    head, space, _ = cut.rpartition(" ")
    if not space or len(head) < _MAX_DERIVED // 2:  # one very long word, or a script without spaces
        head = line[:_MAX_DERIVED]
    return head.rstrip(" ,;:.-") + "…"


def require_title(title: str) -> str:
    """A title that a person gave, as one line.

    Raises:
        BadRequest: nothing is left of it, or it is too long.
    """
    line = _one_line(clean_text(title))
    if not line:
        raise BadRequest("A title needs at least one character.")
    if len(line) > MAX_GIVEN:
        raise BadRequest(f"A title has at most {MAX_GIVEN} characters.")
    return line


def _one_line(text: str) -> str:
    return _NOT_PRINTED.sub(" ", text).strip()
