"""Writes GGUF files that are sound as files and absurd as models: each is wrong in one value.

Values are replaced in place by others of the same length, so that nothing else changes.
"""

from __future__ import annotations

import struct
from pathlib import Path

_UINT32, _STRING = 4, 8


def write_absurd_files(folder: Path, good: Path) -> None:
    """Write one file for each absurdity, made from the `good` model."""
    source = good.read_bytes()
    files = {
        "no-layers": _with_number(source, "llama.block_count", 0),
        "too-many-layers": _with_number(source, "llama.block_count", 5000),
        "a-layer-more": _with_number(source, "llama.block_count", 3),
        "no-context": _with_number(source, "llama.context_length", 0),
        "no-heads": _with_number(source, "llama.attention.head_count", 0),
        "odd-rotation": _with_number(source, "llama.rope.dimension_count", 63),
        "martian": _with_text(source, "general.architecture", "mars!"),
        "unknown-tokenizer": _with_text(source, "tokenizer.ggml.pre", "klngn"),
        "template-with-mistake": _with_text(source, "tokenizer.chat_template", "{% if %}"),
        "template-without-end": _with_text(
            source,
            "tokenizer.chat_template",
            "{% for i in range(9999999) %}{% for j in range(9999999) %}{% endfor %}{% endfor %}",
        ),
    }
    for name, content in files.items():
        (folder / f"{name}.gguf").write_bytes(content)


def _with_number(source: bytes, key: str, number: int) -> bytes:
    place = _find(source, key, _UINT32)
    return source[:place] + struct.pack("<I", number) + source[place + 4 :]


def _with_text(source: bytes, key: str, text: str) -> bytes:
    """The text is filled up with blanks to the length of the old one."""
    place = _find(source, key, _STRING)
    (length,) = struct.unpack_from("<Q", source, place)
    filled = text.encode().ljust(length)
    assert len(filled) == length, f"{key} has {length} bytes"
    return source[: place + 8] + filled + source[place + 8 + length :]


def _find(source: bytes, key: str, kind: int) -> int:
    """Where the value of a key begins."""
    head = struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", kind)
    place = source.find(head)
    assert place >= 0, key
    return place + len(head)
