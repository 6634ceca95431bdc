"""Moves a file that cannot be understood out of the way, as it is."""

from __future__ import annotations

import time
from pathlib import Path

from llama_desktop.infrastructure.storage.atomic_file import replace, storage_failed


def set_aside(path: Path, folder: Path) -> Path:
    """Move a damaged file into the folder and say where it is now.

    Raises:
        StorageFailed: it cannot be moved, and stays where it is.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    target = folder / f"{path.name}.broken-{stamp}"
    count = 1
    while target.exists():
        count += 1
        target = folder / f"{path.name}.broken-{stamp}-{count}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace(path, target)
    except OSError as error:
        raise storage_failed(error, path) from error
    return target


def remove_set_aside(folder: Path) -> None:
    """Delete all that was set aside in a folder.

    Raises:
        StorageFailed: one cannot be deleted; the others before it are.
    """
    for path in tuple(folder.glob("*")):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise storage_failed(error, path) from error
