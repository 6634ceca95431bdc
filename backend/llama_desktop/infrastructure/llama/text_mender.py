"""Makes the model's text valid Unicode. Pure."""

from __future__ import annotations


class TextMender:
    """Replaces lone surrogates; holds back half of a pair until its other half may have come."""

    def __init__(self) -> None:
        self._half = ""

    def mend(self, text: str) -> str:
        """The text so far, sound; empty when it is held back."""
        if not self._half and (text.isascii() or _is_sound(text)):
            return text
        text = self._half + text
        self._half = ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            self._half, text = text[-1], text[:-1]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def flush(self) -> str:
        """What is still held back: a half without its other half."""
        half, self._half = self._half, ""
        return "\ufffd" if half else ""


def _is_sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
