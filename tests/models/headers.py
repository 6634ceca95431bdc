"""Writes GGUF headers without data, key by key: of models far too large for a test."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

Value = str | int | float | bool | Sequence[str] | Sequence[int]


def write_header(
    keys: Mapping[str, Value] = {},
    tensors: Iterable[tuple[str, tuple[int, ...], int]] = (),
    *,
    version: int = 3,
) -> bytes:
    """The bytes up to where the data would begin. A tensor is a name, a shape and a type."""
    rows = list(tensors)
    begin = b"GGUF" + struct.pack("<IQQ", version, len(rows), len(keys))
    body = b"".join(_text(name) + _typed(value) for name, value in keys.items())
    table = b"".join(
        _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, 0)
        for name, shape, kind in rows
    )
    return begin + body + table


def _typed(value: Value) -> bytes:
    match value:
        case bool():
            return struct.pack("<I?", 7, value)
        case int():
            return struct.pack("<II", 4, value)
        case float():
            return struct.pack("<If", 6, value)
        case str():
            return struct.pack("<I", 8) + _text(value)
        case _:
            return struct.pack("<I", 9) + _array(value)


def _array(items: Sequence[str] | Sequence[int]) -> bytes:
    if items and isinstance(items[0], str):
        texts = b"".join(_text(str(item)) for item in items)
        return struct.pack("<IQ", 8, len(items)) + texts
    return struct.pack(f"<IQ{len(items)}i", 5, len(items), *items)


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()
