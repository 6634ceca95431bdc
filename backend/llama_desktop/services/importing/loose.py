"""Reads values of any shape out of foreign JSON: what is not what it should be is empty. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

_MILLISECONDS: Final = 1e11
"""A time above this, in seconds, would be in the year 5138."""


def text(value: Any) -> str:
    """A text, else nothing."""
    return value if isinstance(value, str) else ""


def key(value: Any) -> str | None:
    """What names something: a text or a whole number."""
    if isinstance(value, str) and value:
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def items(value: Any) -> Sequence[Any]:
    """A list, else nothing."""
    return value if isinstance(value, list) else ()


def mapping(value: Any) -> Mapping[str, Any]:
    """An object, else nothing."""
    return value if isinstance(value, dict) else {}


def number(value: Any) -> int:
    """A whole number, else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def time(value: Any) -> float:
    """Seconds since the epoch, of seconds, milliseconds or ISO 8601; 0: not known."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).timestamp()
        except (ValueError, OverflowError, OSError):
            return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        seconds = float(value)
    except OverflowError:
        return 0.0
    while _MILLISECONDS < seconds < float("inf"):  # milli-, micro- and nanoseconds
        seconds /= 1000
    return seconds


def joined_parts(value: Any) -> str:
    """A text, or the texts of a list of parts: `{"type": "text", "text": …}`."""
    if isinstance(value, str):
        return value
    found = []
    for part in items(value):
        if isinstance(part, str):
            found.append(part)
        elif mapping(part).get("type") in ("text", "output_text", "input_text"):
            said = mapping(part).get("text")
            found.append(text(said) or text(mapping(said).get("value")))
    return "\n\n".join(one for one in found if one)
