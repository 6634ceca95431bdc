"""Writes damaged GGUF files: each is wrong in one way, which its name tells."""

from __future__ import annotations

import struct
from pathlib import Path

_STRING, _ARRAY, _UINT8 = 8, 9, 0
_F32 = 0


def write_broken_files(folder: Path, good: Path) -> None:
    """Write one file for each kind of damage, made from the `good` model."""
    source = good.read_bytes()
    for name, content in (_damage(source) | _write_from_nothing()).items():
        (folder / f"{name}.gguf").write_bytes(content)


def _damage(source: bytes) -> dict[str, bytes]:
    """A good file, damaged. Its layout: magic, version, tensor count, key count, keys …"""
    tensor_count, key_count = struct.unpack_from("<QQ", source, 8)
    scribbled = source[:60] + b"\xff" * 30 + source[90:]
    return {
        "wrong-magic": b"GGML" + source[4:],
        "version-0": b"GGUF" + _u32(0) + source[8:],
        "version-1": b"GGUF" + _u32(1) + source[8:],
        "version-99": b"GGUF" + _u32(99) + source[8:],
        "big-endian": b"GGUF" + struct.pack(">I", 3) + source[8:],
        "truncated-header": source[:1000],
        "truncated-half": source[: len(source) // 2],
        "truncated-last-byte": source[:-1],
        "tensor-count-huge": source[:8] + _u64(2**62) + source[16:],
        "tensor-count-plus-1": source[:8] + _u64(tensor_count + 1) + source[16:],
        "tensor-count-zero": source[:8] + _u64(0) + source[16:],
        "key-count-huge": source[:16] + _u64(2**62) + source[24:],
        "key-count-zero": source[:16] + _u64(0) + source[24:],
        "key-length-huge": _head(tensor_count, key_count) + _u64(2**60) + source[32:],
        "header-scribbled": scribbled,
    }


def _write_from_nothing() -> dict[str, bytes]:
    llama = _string("general.architecture") + _u32(_STRING) + _string("llama")
    martian = _string("general.architecture") + _u32(_STRING) + _string("martian")
    name = _string("general.name") + _u32(_STRING)
    tokens = _string("tokenizer.ggml.tokens") + _u32(_ARRAY) + _u32(_STRING)
    flags = _string("tokenizer.ggml.flags") + _u32(_ARRAY) + _u32(_UINT8)
    tensor = _head(1, 1) + llama + _string("token_embd.weight")
    one_row = _u32(1) + _u64(32)
    return {
        "zero-length": b"",
        "three-bytes": b"GGU",
        "magic-only": b"GGUF",
        "web-page": b"<!DOCTYPE html><html><body>404 Not Found</body></html>" * 20,
        "empty-but-valid": _head(0, 0),
        "no-architecture": _head(0, 1) + name + _string("x"),
        "unknown-architecture": _head(0, 1) + martian,
        "architecture-only": _head(0, 1) + llama,
        "duplicate-key": _head(0, 2) + 2 * (name + _string("x")),
        "string-length-huge": _head(0, 1) + name + _u64(2**40) + b"x" * 64,
        "array-length-huge": _head(0, 1) + tokens + _u64(2**40) + b"x" * 64,
        "array-of-bytes-huge": _head(0, 1) + flags + _u64(2**40) + b"x" * 64,
        "key-type-unknown": _head(0, 1) + _string("general.name") + _u32(77) + b"x" * 64,
        "tensor-dimensions-9": tensor + _u32(9) + _u64(1) * 9 + _u32(_F32) + _u64(0) + bytes(64),
        "tensor-size-huge": tensor + _u32(2) + _u64(2**40) * 2 + _u32(_F32) + _u64(0) + bytes(64),
        "tensor-type-unknown": tensor + one_row + _u32(999) + _u64(0) + bytes(256),
        "tensor-offset-huge": tensor + one_row + _u32(_F32) + _u64(2**50) + bytes(256),
    }


def _head(tensor_count: int, key_count: int) -> bytes:
    return b"GGUF" + _u32(3) + _u64(tensor_count) + _u64(key_count)


def _u32(number: int) -> bytes:
    return struct.pack("<I", number)


def _u64(number: int) -> bytes:
    return struct.pack("<Q", number)


def _string(text: str) -> bytes:
    return _u64(len(text.encode())) + text.encode()
