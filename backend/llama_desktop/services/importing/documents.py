"""The JSON documents in the files that a person picked, zip archives included. Pure.

Nothing is unpacked to the disk: the names in an archive are only looked at.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

from llama_desktop.domain.errors import ImportRefused

MAX_BYTES: Final = 256 * 1024 * 1024
"""Of all documents of one archive, unpacked; of a plain file."""
_MAX_MEMBERS: Final = 50_000
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


def read_documents(name: str, data: bytes) -> Iterator[Any]:
    """The documents of one file; lines of JSON are a document each.

    Raises:
        ImportRefused: it is too large, damaged, encrypted, or no JSON.
    """
    if data.startswith(b"PK"):
        yield from _read_archive(name, data)
    else:
        _require_size(name, len(data))
        yield from _read_json(name, data, is_lines=name.lower().endswith(".jsonl"))


def _read_archive(name: str, data: bytes) -> Iterator[Any]:
    room = MAX_BYTES
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE as error:
        raise ImportRefused(f"{name} is a damaged archive. Export it once more.") from error
    with archive:
        members = archive.infolist()
        if len(members) > _MAX_MEMBERS:
            raise ImportRefused(f"{name} has more than {_MAX_MEMBERS:,} files in it.")
        for member in members:
            lower = member.filename.lower()
            if not lower.endswith((".json", ".jsonl")):
                continue
            if member.flag_bits & 1:
                raise ImportRefused(f"{name} is encrypted. Unpack it, then import what is in it.")
            try:
                with archive.open(member) as file:  # its said size may be a lie: read so far only
                    content = file.read(room + 1)
            except (*_DAMAGE, NotImplementedError) as error:
                raise ImportRefused(f"{name} is a damaged archive. Export it once more.") from error
            room -= len(content)
            _require_size(name, MAX_BYTES - room)
            yield from _read_json(member.filename, content, is_lines=lower.endswith(".jsonl"))


def _read_json(name: str, data: bytes, *, is_lines: bool) -> Iterator[Any]:
    short = name[-80:]
    try:
        if is_lines:
            for line in data.splitlines():
                if line.strip():
                    yield json.loads(line)
        else:
            yield json.loads(data)
    except RecursionError as error:
        raise ImportRefused(f"{short} is nested too deeply to be a file of chats.") from error
    except ValueError as error:
        raise ImportRefused(f"{short} is no JSON, or damaged.") from error


def _require_size(name: str, size: int) -> None:
    if size > MAX_BYTES:
        raise ImportRefused(
            f"{name} holds more than {MAX_BYTES // 1024 // 1024} MiB of chats. Import it in parts."
        )
