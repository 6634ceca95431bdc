"""The pixels of images."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.services.image_size import read_image_size

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480)
GIF = b"GIF89a" + struct.pack("<HH", 640, 480)
JPEG = (
    b"\xff\xd8\xff\xe0\0\x04JF"  # a table before the frame
    b"\xff\xff\xc4\0\x03x"  # filled up with another FF
    b"\xff\xc2\0\x11\x08" + struct.pack(">HH", 480, 640)
)


@pytest.mark.parametrize(
    ("media_type", "data"), [("image/png", PNG), ("image/gif", GIF), ("image/jpeg", JPEG)]
)
def test_width_and_height_are_read_and_damage_is_none(media_type: str, data: bytes) -> None:
    assert read_image_size(media_type, data + b"more") == (640, 480)
    for end in range(len(data)):
        assert read_image_size(media_type, data[:end]) is None
    assert read_image_size("image/webp", data) is None


def test_an_image_without_pixels_is_damaged() -> None:
    assert read_image_size("image/gif", b"GIF89a" + bytes(4)) is None


@given(st.sampled_from(["image/png", "image/gif", "image/jpeg"]), st.binary(max_size=300))
def test_no_bytes_break_the_reader(media_type: str, data: bytes) -> None:
    read_image_size(media_type, b"\xff\xd8" + data)
