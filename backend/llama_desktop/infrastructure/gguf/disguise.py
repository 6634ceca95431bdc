"""Says what a file is that is no GGUF. Pure."""

from __future__ import annotations

import struct
from typing import Final

MAGIC: Final = b"GGUF"
HEAD_BYTES: Final = 64
_VERSIONS: Final = (2, 3)
_OLD_FORMATS: Final = (b"ggml", b"lmgg", b"ggjt", b"tjgg", b"fmgg", b"ggmf", b"GGML")


def find_disguise(head: bytes) -> str | None:
    """Why the first bytes are not those of a readable GGUF; None: they are.

    Half a sentence that follows "This file".
    """
    if not head:
        return "is empty. The download may have failed"
    if not head.startswith(MAGIC):
        return f"is no GGUF file: {_guess(head)}"
    if len(head) < 8:
        return "ends within its header. The download may have been cut off"
    (version,) = struct.unpack_from("<I", head, 4)
    if version in _VERSIONS:
        return None
    if version == 1:
        return "is in version 1 of GGUF, which llama.cpp no longer reads; look for a newer file"
    if struct.unpack_from(">I", head, 4)[0] in _VERSIONS:
        return "is in big-endian order, for other processors; look for the usual one"
    return f"says it is version {version} of GGUF: it is damaged, or newer than this app"


def _guess(head: bytes) -> str:
    start = head.lstrip()[:32].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "it is a web page, as a failed download leaves it"
    if head.startswith(b"version https://git-lfs"):
        return "it is a Git LFS pointer; the file itself was not downloaded"
    if len(head) > 8 and head[8:9] == b"{" and head[5:8] == b"\0\0\0":
        return "it looks like a safetensors file, which has to be converted first"
    if head.startswith(_OLD_FORMATS):
        return "it is in llama.cpp's format from before GGUF; look for a newer file"
    if head.startswith(b"PK\x03\x04"):
        return "it is a ZIP archive or a PyTorch file"
    if head.startswith(b"\x1f\x8b"):
        return "it is packed with gzip; unpack it first"
    if head[:4] == b"\0\0\0\0":
        return "it begins with zeros, as an unfinished download does"
    return "it does not begin with “GGUF”"
