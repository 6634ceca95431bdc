"""What a file is, by its bytes and never by its name; and its text, if it has one. Pure.

| the bytes                                     | taken as                                        |
|-----------------------------------------------|-------------------------------------------------|
| the first ones of PNG, JPEG or GIF            | an image of this type                           |
| those of WebP                                 | refused: llama-server fails at it               |
| a mark of UTF-8, UTF-16 or UTF-32, then such  | text                                            |
| UTF-8                                         | text                                            |
| other, nearly all letters of Windows-1252     | text; the media type says that this was assumed |
| anything else                                 | refused                                         |
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from msgspec import Struct

from llama_desktop.domain.errors import AttachmentUnusable
from llama_desktop.services.image_size import read_image_size

MAX_TEXT_BYTES: Final = 1024 * 1024
MAX_IMAGE_BYTES: Final = 8 * 1024 * 1024
MAX_PIXELS: Final = 64_000_000
"""A few kilobytes can unfold to gigabytes of pixels, in the memory of the engine."""
PLAIN: Final = "text/plain"
ASSUMED: Final = "text/plain; charset=windows-1252"

_IMAGES: Final = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/gif", re.compile(rb"GIF8[79]a")),
)
_WEBP: Final = re.compile(rb"RIFF....WEBP", re.DOTALL)
_MARKS: Final = (  # UTF-32's begins like UTF-16's, so it is looked for first
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS: Final = re.compile(r"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]")
"""Not in texts: line ends, tabs, form feeds, backspaces and escapes of terminals are."""
_MAX_CONTROL_SHARE: Final = 0.005
_MAX_FOREIGN_SHARE: Final = 0.3
"""Of bytes outside ASCII in a text of Western Europe; other eight-bit scripts have more."""


class CheckedText(Struct, frozen=True):
    """A file that can be read as text."""

    text: str
    media_type: str


class CheckedImage(Struct, frozen=True):
    """A file that begins as an image does."""

    media_type: str
    width: int
    height: int


def check_file(name: str, data: bytes) -> CheckedText | CheckedImage:
    """What this file is.

    Raises:
        AttachmentUnusable: empty, too large, or neither a text nor an image.
    """
    if not data:
        raise AttachmentUnusable(f"{name} is empty.", name=name)
    for media_type, beginning in _IMAGES:
        if beginning.match(data):
            require_size(name, len(data), is_image=True)
            return CheckedImage(media_type, *_require_pixels(name, media_type, data))
    if _WEBP.match(data):
        raise AttachmentUnusable(
            f"{name} is a WebP image, which the engine cannot read. "
            "Drop it on the chat instead, which converts it, or save it as PNG or JPEG.",
            name=name,
        )
    require_size(name, len(data), is_image=False)
    return _read_text(name, data)


def is_image(beginning: bytes) -> bool:
    """Whether a file begins as an image does; 16 bytes are enough."""
    return any(pattern.match(beginning) for _, pattern in _IMAGES)


def require_size(name: str, size: int, *, is_image: bool) -> None:
    """Raises AttachmentUnusable: it is larger than such a file may be."""
    most = MAX_IMAGE_BYTES if is_image else MAX_TEXT_BYTES
    if size > most:
        kind = "An image" if is_image else "A text"
        raise AttachmentUnusable(
            f"{name} is {size / 1024 / 1024:.1f} MiB large. "
            f"{kind} can have {most // 1024 // 1024} MiB.",
            name=name,
            size_bytes=size,
            max_bytes=most,
        )


def _require_pixels(name: str, media_type: str, data: bytes) -> tuple[int, int]:
    size = read_image_size(media_type, data)
    if size is None:
        raise AttachmentUnusable(f"{name} is a damaged image.", name=name)
    width, height = size
    if width * height > MAX_PIXELS:
        raise AttachmentUnusable(
            f"{name} has {width * height / 1e6:.0f} million pixels. "
            f"An image can have {MAX_PIXELS / 1e6:.0f} million.",
            name=name,
        )
    return size


def _read_text(name: str, data: bytes) -> CheckedText:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return CheckedText(_decode(name, data[len(mark) :], encoding), PLAIN)
    if b"\0" in data:
        raise _binary(name)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return CheckedText(_assume_western(name, data), ASSUMED)
    if _has_too_many(text):
        raise _binary(name)
    return CheckedText(text, PLAIN)


def _decode(name: str, data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise AttachmentUnusable(
            f"{name} says that it is {encoding.upper()} text, but it is damaged.", name=name
        ) from error
    if not text:
        raise AttachmentUnusable(f"{name} is empty.", name=name)
    if "\0" in text or _has_too_many(text):
        raise _binary(name)
    return text


def _assume_western(name: str, data: bytes) -> str:
    foreign = sum(byte >= 0x80 for byte in data)
    if _has_too_many(data.decode("latin-1")):
        raise _binary(name)
    try:
        if foreign <= len(data) * _MAX_FOREIGN_SHARE:
            return data.decode("cp1252")
    except UnicodeDecodeError:
        pass  # a byte that Windows-1252 does not have
    raise AttachmentUnusable(
        f"The encoding of {name} is not known. Save it as UTF-8, then add it again.", name=name
    )


def _has_too_many(text: str) -> bool:
    return len(_CONTROLS.findall(text)) > len(text) * _MAX_CONTROL_SHARE


def _binary(name: str) -> AttachmentUnusable:
    return AttachmentUnusable(
        f"{name} is neither a text nor an image (PNG, JPEG or GIF).", name=name
    )
