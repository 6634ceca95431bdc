"""Where downloads go, and what a disk still takes. Everything here blocks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from llama_desktop.domain.downloads import DownloadPlan
from llama_desktop.infrastructure.download.part_file import (
    count_done_bytes,
    find_allocated_bytes,
    remove_parts,
)

RESERVE_BYTES: Final = 64 << 20
"""Stays free: chats and settings have to be kept, too."""


def choose_folder(folders: Sequence[Path], usual: Path) -> tuple[Path, int | None]:
    """The first of the person's folders that can be written, else `usual`; and its free bytes."""
    for folder in folders:
        if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and not _is_foreign(folder):
            return folder, find_free_bytes(folder)
    return usual, find_free_bytes(usual)


def find_missing_room(plan: DownloadPlan) -> int:
    """How many bytes the disk lacks for the rest of a download; 0: there is room."""
    needed = sum(
        file.size_bytes - find_allocated_bytes(file.target)
        for file in plan.files
        if not file.target.exists()
    )
    free = find_free_bytes(plan.folder)
    if needed <= 0 or free is None:
        return 0
    return max(needed + RESERVE_BYTES - free, 0)


def find_free_bytes(folder: Path) -> int | None:
    """The room on a folder's disk, also before the folder is made; None: it cannot be told."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def find_done_bytes(plan: DownloadPlan) -> int:
    """How much of a download is here."""
    return sum(
        file.size_bytes if file.target.exists() else count_done_bytes(file.target, file.size_bytes)
        for file in plan.files
    )


def remove_plan(plan: DownloadPlan) -> None:
    """Delete what is here of a download, and the folders that are empty then.

    Raises:
        OSError: something stays.
    """
    for file in plan.files:
        remove_parts(file.target)
    for file in plan.files:
        folder = file.target.parent
        while folder != plan.folder and folder.is_relative_to(plan.folder):
            try:
                folder.rmdir()
            except OSError:  # it is not empty, or gone already
                break
            folder = folder.parent


def _is_foreign(folder: Path) -> bool:
    """Whether another program keeps the folder in an order of its own."""
    parts = {part.lower() for part in folder.parts}
    return bool(parts & {".ollama", "huggingface", ".lmstudio", "lm-studio"})
