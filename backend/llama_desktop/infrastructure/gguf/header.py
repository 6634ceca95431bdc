"""Reads the keys and the table of tensors of a GGUF file."""

from __future__ import annotations

import struct
from math import prod
from typing import Final

from msgspec import Struct

from llama_desktop.infrastructure.gguf.cursor import Cursor
from llama_desktop.infrastructure.gguf.disguise import MAGIC, find_disguise
from llama_desktop.infrastructure.gguf.problem import GgufProblem
from llama_desktop.infrastructure.gguf.tensor_types import TENSOR_TYPES

_SCALARS: Final = {
    number: struct.Struct(f"<{code}")
    for number, code in {
        0: "B",
        1: "b",
        2: "H",
        3: "h",
        4: "I",
        5: "i",
        6: "f",
        7: "?",
        10: "Q",
        11: "q",
        12: "d",
    }.items()
}
_TEXT, _ARRAY = 8, 9
_MAX_KEYS, _MAX_TENSORS = 16_384, 16_384
_TENSOR_FORMS: Final = tuple(struct.Struct(f"<{dimensions}QIQ") for dimensions in range(5))
"""The shape, the type and the offset of a tensor, by the count of its dimensions."""
_KEPT_NAME, _KEPT_TEXT, _KEPT_ITEMS = 256, 256 * 1024, 1024
_KEPT_IN_ALL: Final = 8 * 1024 * 1024
_SMALLEST_KEY, _SMALLEST_TENSOR = 13, 24
_DEFAULT_ALIGNMENT: Final = 32
_MAX_SIZE: Final = 2**62


class Array(Struct, frozen=True):
    """An array; of a long one, and of one of texts, only how long it is and its first items."""

    length: int
    items: tuple[float | str, ...]


Value = float | str | bool | Array


class Tensor(Struct, frozen=True):
    """One line of the table."""

    name: str
    shape: tuple[int, ...]
    type_number: int
    offset: int
    """From where the data begins."""

    @property
    def element_count(self) -> int:
        """So many numbers."""
        return prod(self.shape)

    @property
    def size_bytes(self) -> int | None:
        """None: a type that is not known."""
        kind = TENSOR_TYPES.get(self.type_number)
        return None if kind is None else self.element_count // kind[1] * kind[2]


class Header(Struct, frozen=True):
    """What comes before the data."""

    keys: dict[str, Value]
    tensors: tuple[Tensor, ...]
    data_offset: int

    @property
    def needed_bytes(self) -> int:
        """So long the file has to be."""
        ends = (tensor.offset + (tensor.size_bytes or 0) for tensor in self.tensors)
        return self.data_offset + max(ends, default=0) if self.tensors else 0


def parse_header(content: bytes, size: int | None = None) -> Header:
    """The header at the beginning of `content`; `size` is that of the whole file, if larger.

    Raises:
        HeaderIncomplete: the header is longer than the bytes given.
        GgufProblem: it is no sound GGUF header.
    """
    whole = len(content) if size is None else size
    return read_header(Cursor(whole, lambda _: b"", content), content[:64])


def read_header(cursor: Cursor, head: bytes) -> Header:
    """The same, from a cursor at the beginning of the file; `head` are the first bytes.

    Raises:
        GgufProblem: it is no sound GGUF header.
    """
    if reason := find_disguise(head):
        raise GgufProblem(reason)
    cursor.skip(len(MAGIC) + 4)
    tensor_count, key_count = cursor.read_u64(), cursor.read_u64()
    if key_count > _MAX_KEYS or tensor_count > _MAX_TENSORS:
        raise GgufProblem("counts more entries in its header than any model: it is damaged")
    cursor.require(key_count * _SMALLEST_KEY + tensor_count * _SMALLEST_TENSOR)
    keys = _read_keys(cursor, key_count)
    tensors = tuple(_read_tensor(cursor) for _ in range(tensor_count))
    alignment = keys.get("general.alignment", _DEFAULT_ALIGNMENT)
    step = alignment if isinstance(alignment, int) and 0 < alignment <= 2**20 else 1
    return Header(keys, tensors, -(-cursor.position // step) * step)


def _read_keys(cursor: Cursor, count: int) -> dict[str, Value]:
    keys: dict[str, Value] = {}
    kept = 0
    for _ in range(count):
        name = cursor.read_text(_KEPT_NAME)
        value = _read_value(cursor, cursor.read_u32())
        kept += len(name) + _weigh(value)
        if kept > _KEPT_IN_ALL:
            raise GgufProblem("has more text in its header than any model: it is damaged")
        keys[name] = value
    return keys


def _read_value(cursor: Cursor, kind: int) -> Value:
    if kind == _TEXT:
        return cursor.read_text(_KEPT_TEXT)
    if kind == _ARRAY:
        return _read_array(cursor, cursor.read_u32(), cursor.read_u64())
    return cursor.read_numbers(_scalar(kind))[0]


def _read_array(cursor: Cursor, kind: int, length: int) -> Array:
    kept = min(length, _KEPT_ITEMS)
    if kind == _TEXT:
        few = min(length, 8)
        cursor.require(8 * length)
        texts = tuple(cursor.read_text(_KEPT_NAME) for _ in range(few))
        cursor.skip_texts(length - few)
        return Array(length, texts)
    form = _scalar(kind)
    cursor.require(length * form.size)
    items = cursor.read_numbers(struct.Struct(f"<{kept}{form.format[1:]}"))
    cursor.skip((length - kept) * form.size)
    return Array(length, items)


def _scalar(kind: int) -> struct.Struct:
    form = _SCALARS.get(kind)
    if form is None:
        raise GgufProblem(f"has a value of the unknown type {kind} in its header: it is damaged")
    return form


def _read_tensor(cursor: Cursor) -> Tensor:
    name = cursor.read_text(_KEPT_NAME)
    dimensions = cursor.read_u32()
    if dimensions >= len(_TENSOR_FORMS):
        raise GgufProblem(f"has a tensor of {dimensions} dimensions: it is damaged")
    *shape, type_number, offset = cursor.read_whole_numbers(_TENSOR_FORMS[dimensions])
    tensor = Tensor(name, tuple(shape), type_number, offset)
    if tensor.element_count > _MAX_SIZE or tensor.offset > _MAX_SIZE:
        raise GgufProblem("has a tensor that no file could hold: it is damaged")
    return tensor


def _weigh(value: Value) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Array):
        return sum(len(item) if isinstance(item, str) else 32 for item in value.items)
    return 32
