"""Finds GGUF files below a folder, and reads what their headers say."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from llama_desktop.domain.model_facts import ModelFacts
from llama_desktop.infrastructure.model_headers import ModelHeaders

SUFFIX: Final = ".gguf"

Tell = Callable[[], None]
"""Called for each file that was looked at."""


class FoundFile(Struct, frozen=True):
    """One file that should be GGUF."""

    path: Path
    size_bytes: int
    facts: ModelFacts | None = None
    """What its header says; None: it has no sound one."""
    fault: str | None = None
    """What is wrong with it, as half a sentence that follows "This file"."""
    identity: tuple[int, int] | None = None
    """Device and inode: the same for one file under several names."""
    label: str | None = None
    """What its store calls it, where the file's own name says nothing."""
    projector: Path | None = None
    """Where its store says which belongs to it."""


class FolderScan(Struct):
    """What is below one folder."""

    files: list[FoundFile] = field(default_factory=list)
    unreadable: list[tuple[Path, str]] = field(default_factory=list)
    """Folders that could not be listed, and why."""
    unnamed_count: int = 0
    """Entries left out because their names are no text."""


def scan_folder(folder: Path, headers: ModelHeaders, tell: Tell = lambda: None) -> FolderScan:
    """Search a folder and all below it. Blocks: call it in a thread.

    Links are followed; a folder that is reached twice is searched once. Only regular files
    count: opening a pipe would wait for ever.
    """
    scan = FolderScan()
    seen: set[tuple[int, int]] = set()
    for path in _walk(folder, scan, seen):
        found = look_at(path, headers)
        if found is not None:
            scan.files.append(found)
            tell()
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
                    elif entry.name.lower().endswith(SUFFIX):
                        yield Path(entry.path)
        except OSError as error:
            scan.unreadable.append((current, _reason(error)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that points to itself
        return False


def look_at(path: Path, headers: ModelHeaders) -> FoundFile | None:
    """One file; None: it is none that could be a model's."""
    try:
        status = path.stat()
    except OSError as error:
        if path.is_symlink():
            return FoundFile(path, 0, fault="cannot be read: its link points to nothing")
        return FoundFile(path, 0, fault=f"cannot be read: {_reason(error)}")
    if not stat.S_ISREG(status.st_mode):
        return None
    try:
        reading = headers.read(path, status)
    except OSError as error:
        return FoundFile(path, status.st_size, fault=f"cannot be read: {_reason(error)}")
    identity = (status.st_dev, status.st_ino) if status.st_ino else None
    return FoundFile(path, status.st_size, reading.facts, reading.fault, identity)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8: no page could show or send them back
        return False
    return True


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
