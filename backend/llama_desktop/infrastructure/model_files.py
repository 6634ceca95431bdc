"""Finds GGUF files below a folder. Looks at names, sizes and the first bytes, no further."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_HEAD_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file with the suffix `.gguf`."""

    path: Path
    size_bytes: int
    head: bytes
    """The first bytes; empty when it has none."""
    unreadable: str | None = None
    """Why it could not be read."""


@dataclass(slots=True)
class FolderScan:
    """What is below one folder."""

    files: list[FoundFile] = field(default_factory=list)
    unreadable: list[tuple[Path, str]] = field(default_factory=list)
    """Folders that could not be listed, and why."""
    unnamed_count: int = 0
    """Entries left out because their names are no text."""


def scan_folder(folder: Path) -> FolderScan:
    """Search a folder and all below it. Blocks: call it in a thread.

    Links are followed; a folder that is reached twice is searched once. Only regular files
    count: opening a pipe would wait for ever.
    """
    scan = FolderScan()
    seen: set[tuple[int, int]] = set()
    for path in _walk(folder, scan, seen):
        found = _look_at(path)
        if found is not None:
            scan.files.append(found)
    scan.files.sort(key=lambda found: found.path)
    return scan


def _walk(folder: Path, scan: FolderScan, seen: set[tuple[int, int]]) -> Iterator[Path]:
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        try:
            status = current.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(current) as entries:
                for entry in entries:
                    if not _is_text(entry.name):
                        scan.unnamed_count += 1
                    elif _is_folder(entry):
                        waiting.append(Path(entry.path))
                    elif entry.name.lower().endswith(".gguf"):
                        yield Path(entry.path)
        except OSError as error:
            scan.unreadable.append((current, _reason(error)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that points to itself
        return False


def _look_at(path: Path) -> FoundFile | None:
    try:
        status = path.stat()
    except OSError as error:
        if path.is_symlink():
            return FoundFile(path, 0, b"", unreadable="its link points to nothing")
        return FoundFile(path, 0, b"", unreadable=_reason(error))
    if not stat.S_ISREG(status.st_mode):
        return None
    try:
        with path.open("rb") as file:
            return FoundFile(path, status.st_size, file.read(_HEAD_BYTES))
    except OSError as error:
        return FoundFile(path, status.st_size, b"", unreadable=_reason(error))


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8: no page could show or send them back
        return False
    return True


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
