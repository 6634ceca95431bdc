"""What files take of a disk. Blocks."""

from __future__ import annotations

import os
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Final

_BLOCK: Final = 512
"""What `st_blocks` counts, whatever the disk's own blocks are."""


def find_device(folder: Path) -> int:
    """The disk of a folder, also before the folder is made.

    Raises:
        OSError: not even the root can be looked at.
    """
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.stat().st_dev


def measure_freed(files: Mapping[Path, Set[Path]], device: int) -> int:
    """The bytes that a disk has more, once files with all these names of theirs are deleted.

    A file that has further names frees nothing; holes in files take nothing.

    Raises:
        OSError: a file cannot be looked at.
    """
    freed = 0
    names: dict[tuple[int, int], int] = {}
    for real, places in files.items():
        status = real.stat()
        key = (status.st_dev, status.st_ino or hash(real))
        hard = sum(not place.is_symlink() for place in places)
        names[key] = names.get(key, 0) + hard
        if status.st_dev == device and names[key] >= status.st_nlink:
            freed += _allocated(status)
    return freed


def _allocated(status: os.stat_result) -> int:
    blocks: int | None = getattr(status, "st_blocks", None)
    return status.st_size if blocks is None else blocks * _BLOCK
