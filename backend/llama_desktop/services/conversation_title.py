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


_MAX_TITLE: Final = 80
_NO_TEXT: Final = "\ufffd"
"""What stands for bytes that are no character."""
_MARKUP: Final = re.compile(r"[`*]+|(?<!\w)_+|_+(?!\w)")
_HTML_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->")
_LABEL: Final = re.compile(r"^(chat )?title\s*[:\-\u2013\u2014]\s*", re.IGNORECASE)
_QUOTES: Final = (
    "\"\" '' () [] \u201c\u201d \u201e\u201c \u2018\u2019 "
    "\u00ab\u00bb \u00bb\u00ab \u300c\u300d \u300a\u300b"
)
_CLOSING: Final = {pair[0]: pair[1] for pair in _QUOTES.split()}
"""Quotes and brackets that models put around a title."""


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


def read_title(said: str, *, is_cut: bool = False) -> str:
    """A title out of what a model said when it was asked for one; nothing if there is none.

    The first line that says something, without Markdown, a label before it or quotes around it.
    A line that is far too long, was cut (`is_cut`: the end of all that was said), or holds bytes
    that are no text is no title: the model did not do what it was asked.
    """
    lines = clean_text(said[:_LOOKED_AT]).splitlines()
    for raw in lines[:-1] if is_cut else lines:
        line = _one_line(_MARKUP.sub("", _LINE_MARK.sub("", _HTML_TAG.sub("", raw))))
        line = _LABEL.sub("", line)
        while len(line) > 1 and line.endswith(_CLOSING.get(line[0], "\0")):
            line = line[1:-1].strip()
        line = line.rstrip(" .,;:")
        if any(character.isalnum() for character in line):
            return line if len(line) <= _MAX_TITLE and _NO_TEXT not in line else ""
    return ""


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


def shorten_title(title: str) -> str:
    """A title of another app as one line, cut where it is too long; it may be empty."""
    return _one_line(clean_text(title[:_LOOKED_AT]))[:MAX_GIVEN].strip()


def _one_line(text: str) -> str:
    return _NOT_PRINTED.sub(" ", text).strip()
