"""Keeps files as they were before they were migrated: one for each file and version.

They are for a person who goes back to an older version of the app. What is forgotten or deleted
for good is forgotten here, too.
"""

from __future__ import annotations

from pathlib import Path

from llama_desktop.infrastructure.storage.atomic_file import (
    storage_failed,
    sync_folder,
    write_atomically,
)
from llama_desktop.infrastructure.storage.migrations import FileKind


def keep_backup(path: Path, kind: FileKind, version: int, folder: Path) -> None:
    """Copy a file durably; a copy of the same file in the same version gives way.

    Raises:
        OSError: it cannot be copied.
    """
    content = path.read_bytes()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(folder / _name(kind, path.stem, version), content)


def remove_backups(kind: FileKind, stem: str, folder: Path) -> None:
    """Remove what is kept of one file.

    Raises:
        StorageFailed: some of it is still there.
    """
    places = [folder / _name(kind, stem, version) for version in kind.migrations]
    there = [place for place in places if place.exists()]
    try:
        for place in there:
            place.unlink()
        if there:
            sync_folder(folder)
    except OSError as error:
        raise storage_failed(error, folder) from error


def _name(kind: FileKind, stem: str, version: int) -> str:
    return f"{kind.name}-{stem}-v{version}.json"
