"""Reads a GGUF file's header from the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from llama_desktop.infrastructure.gguf.cursor import Cursor
from llama_desktop.infrastructure.gguf.disguise import HEAD_BYTES
from llama_desktop.infrastructure.gguf.header import Header, read_header
from llama_desktop.infrastructure.gguf.known_texts import KnownTexts
from llama_desktop.infrastructure.gguf.problem import GgufProblem, HeaderIncomplete

_FIRST_BYTES: Final = 64 * 1024
_GIGA: Final = 1_000_000_000


def read_file(path: Path, known: KnownTexts | None = None) -> tuple[Header, str | None]:
    """The header, and what is wrong with the data behind it. Blocks; call it in a thread.

    `known` are the vocabularies of files read before.

    Raises:
        GgufProblem: there is no sound header.
        OSError: the file cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        size = file.seek(0, 2)
        file.seek(0)
        begin = file.read(_FIRST_BYTES)
        cursor = Cursor(size, file.read, begin, known)
        try:
            header = read_header(cursor, begin[:HEAD_BYTES])
        except HeaderIncomplete as error:  # it became shorter while it was read
            raise GgufProblem("changes while it is read. Is it still being written") from error
    return header, find_cut(header, size)


def find_cut(header: Header, size: int) -> str | None:
    """Whether the file is shorter than its tensors. Half a sentence after "This file"."""
    needed = header.needed_bytes
    if size >= needed:
        return None
    if needed > 2**53:
        return "has tensors where no file could hold them: it is damaged"
    return f"has {_describe(size, needed)}: was the download cut off? Download it again"


def _describe(size: int, needed: int) -> str:
    if needed >= _GIGA and needed - size >= _GIGA // 10:
        return f"{size / _GIGA:.1f} of {needed / _GIGA:.1f} GB"
    if needed - size >= 100_000:
        return f"{size / 1e6:.1f} of {needed / 1e6:.1f} MB"
    return f"{size:,} of {needed:,} bytes"
