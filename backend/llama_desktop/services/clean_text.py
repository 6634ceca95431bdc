"""Text that is fit to be kept: cleaned once, where it comes in. Pure."""

from __future__ import annotations

from typing import Final

from llama_desktop.domain.errors import MessageTooLong

MAX_TEXT_BYTES: Final = 2 * 1024 * 1024


def clean_text(text: str) -> str:
    """Without lone surrogates, which no file and no socket can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def require_fitting_text(text: str, what: str) -> str:
    """The clean text.

    Raises:
        MessageTooLong: it has more than `MAX_TEXT_BYTES`.
    """
    cleaned = clean_text(text)
    size = len(cleaned.encode())
    if size > MAX_TEXT_BYTES:
        raise MessageTooLong(
            f"{what} is {size / 1024 / 1024:.1f} MiB long; at most "
            f"{MAX_TEXT_BYTES // 1024 // 1024} MiB are possible. Shorten it or split it up.",
            size_bytes=size,
            max_bytes=MAX_TEXT_BYTES,
        )
    return cleaned
