"""How many pixels an image says that it has, read off its first bytes. Pure."""

from __future__ import annotations

import struct
from typing import Final

_FRAME_MARKS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's marks of a frame; the others in this range are tables."""
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})


def read_image_size(media_type: str, data: bytes) -> tuple[int, int] | None:
    """Width and height; None: it does not say, so it is damaged."""
    try:
        match media_type:
            case "image/png":
                width, height = struct.unpack_from(">II", data, 16)
            case "image/gif":
                width, height = struct.unpack_from("<HH", data, 6)
            case "image/jpeg":
                width, height = _read_jpeg(data)
            case _:
                return None
    except (struct.error, IndexError):
        return None
    return (width, height) if width > 0 and height > 0 else None


def _read_jpeg(data: bytes) -> tuple[int, int]:
    """Walks from mark to mark up to the first frame; raises IndexError or struct.error."""
    place = 2
    while True:
        while data[place] == 0xFF:  # any number of them may stand before a mark
            place += 1
        mark = data[place]
        place += 1
        if mark in _FRAME_MARKS:
            height, width = struct.unpack_from(">HH", data, place + 3)
            return width, height
        if mark not in _WITHOUT_LENGTH:
            (length,) = struct.unpack_from(">H", data, place)
            place += max(length, 2)
