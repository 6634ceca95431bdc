"""Computes the SHA-256 of a file while it comes, right behind what is here without a gap.

A digest cannot be kept over a restart, so it begins at the start again then; what was written long
ago is read while the rest still comes.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from llama_desktop.infrastructure.download.part_file import PartFile

_CHUNK_BYTES: Final = 4 << 20


async def follow(part: PartFile, advanced: asyncio.Event, on_checked: Callable[[int], None]) -> str:
    """The digest, once the file is whole. `advanced` is set whenever more is here.

    `on_checked` is told how far it has come.
    """
    digest, offset, generation = hashlib.sha256(), 0, part.generation
    while offset < part.size_bytes:
        if generation != part.generation:
            digest, offset, generation = hashlib.sha256(), 0, part.generation
        advanced.clear()
        end = part.front_bytes
        if end <= offset:
            await advanced.wait()
            continue
        read = await asyncio.to_thread(_update, digest, part, offset, end)
        offset += read
        on_checked(offset)
    return digest.hexdigest()


def digest_of(path: Path) -> str:
    """The digest of a whole file. Blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _update(digest: hashlib._Hash, part: PartFile, offset: int, end: int) -> int:
    content = part.read(offset, min(end, offset + _CHUNK_BYTES))
    digest.update(content)
    return len(content)
