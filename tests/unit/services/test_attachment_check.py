"""What a file is, by its bytes."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.domain.errors import AttachmentUnusable
from llama_desktop.services.attachment_check import (
    ASSUMED,
    MAX_IMAGE_BYTES,
    MAX_TEXT_BYTES,
    PLAIN,
    CheckedImage,
    CheckedText,
    check_file,
)

SENTENCE = "Grüße, 文字 and 🦙\r\n"


@pytest.mark.parametrize(
    "data",
    [
        SENTENCE.encode(),
        SENTENCE.encode("utf-8-sig"),
        b"\xff\xfe" + SENTENCE.encode("utf-16-le"),
        b"\xfe\xff" + SENTENCE.encode("utf-16-be"),
        b"\xff\xfe\0\0" + SENTENCE.encode("utf-32-le"),
        b"\0\0\xfe\xff" + SENTENCE.encode("utf-32-be"),
    ],
)
def test_text_in_any_unicode_is_read_to_the_letter(data: bytes) -> None:
    assert check_file("a.txt", data) == CheckedText(SENTENCE, PLAIN)


def test_text_of_western_europe_is_read_and_the_assumption_is_told() -> None:
    text = "Die Größe beträgt 12 €, naïve wie §5 für alle."
    assert check_file("a.txt", text.encode("cp1252")) == CheckedText(text, ASSUMED)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Привет, как дела?", "koi8-r"), ("これは日本語です", "shift-jis"), ("这是中文", "gbk")],
)
def test_an_encoding_that_nothing_tells_is_not_guessed(text: str, encoding: str) -> None:
    with pytest.raises(AttachmentUnusable, match=r"encoding of .* is not known"):
        check_file("a.txt", text.encode(encoding))


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (PNG + b"\0\0\0\x09\0\0\0\x08", "image/png"),
        (b"\xff\xd8\xff\xc0\0\x11\x08\0\x08\0\x09", "image/jpeg"),
        (b"GIF89a\x09\0\x08\0", "image/gif"),
    ],
)
def test_an_image_is_known_by_its_bytes_whatever_it_is_called(data: bytes, media_type: str) -> None:
    assert check_file("notes.txt", data) == CheckedImage(media_type, 9, 8)


def test_an_image_that_would_fill_the_engines_memory_is_refused() -> None:
    with pytest.raises(AttachmentUnusable, match="3600 million pixels"):
        check_file("bomb.png", PNG + b"\0\0\xea\x60" * 2)


def test_an_image_without_a_size_is_damaged() -> None:
    with pytest.raises(AttachmentUnusable, match="damaged image"):
        check_file("a.gif", b"GIF89a")


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x01\0\0\0",
        b"PK\x03\x04" + bytes(range(256)),
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(1, 32)) * 20,
        b"text with a\0in it",
        bytes(range(1, 9)) * 10,
        b"\xff\xfe" + "with a \0 in it".encode("utf-16-le"),
    ],
)
def test_what_is_neither_text_nor_image_is_refused(data: bytes) -> None:
    with pytest.raises(AttachmentUnusable, match="neither a text nor an image"):
        check_file("photo.png", data)


def test_an_image_that_the_engine_cannot_read_is_refused_with_a_way_out() -> None:
    with pytest.raises(AttachmentUnusable, match="WebP image"):
        check_file("a.webp", b"RIFF\x10\0\0\0WEBPVP8 " + bytes(9))


def test_a_text_called_like_an_image_is_a_text() -> None:
    assert check_file("photo.png", b"not really") == CheckedText("not really", PLAIN)


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(AttachmentUnusable, match="is empty"):
        check_file("a.txt", data)


@pytest.mark.parametrize("data", [b"\xff\xfeabc", b"\xff\xfe\x00\xd8", b"\xef\xbb\xbf\xff"])
def test_text_that_is_not_what_its_mark_says_is_damaged(data: bytes) -> None:
    with pytest.raises(AttachmentUnusable, match="damaged"):
        check_file("a.txt", data)


def test_the_limits_are_told_with_the_size() -> None:
    assert check_file("a", b"a" * MAX_TEXT_BYTES)
    with pytest.raises(AttachmentUnusable, match=r"^a is 1\.5 MiB large\. A text can have 1 MiB\."):
        check_file("a", b"a" * (MAX_TEXT_BYTES * 3 // 2))
    with pytest.raises(AttachmentUnusable, match=r"An image can have 8 MiB\."):
        check_file("a", b"GIF89a".ljust(MAX_IMAGE_BYTES + 1))


def test_terminal_output_with_colours_is_text() -> None:
    assert check_file("log", b"\x1b[31mred\x1b[0m\tdone\r\n")


@given(st.binary(min_size=1, max_size=200))
def test_no_bytes_break_the_check(data: bytes) -> None:
    with contextlib.suppress(AttachmentUnusable):
        checked = check_file("x", data)
        if isinstance(checked, CheckedText):
            assert "\0" not in checked.text
            checked.text.encode()
