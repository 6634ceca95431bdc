"""Looks at the data folder: whether it can be written, who may read it, what room there is."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import Final

from llama_desktop.domain.doctor import DoctorGroup, DoctorLine, Finding
from llama_desktop.infrastructure.instance_lock import find_running_instance
from llama_desktop.infrastructure.paths import AppPaths

_FULL_BYTES: Final = 100_000_000
_LOW_BYTES: Final = 2_000_000_000


def examine_data(paths: AppPaths) -> tuple[DoctorLine, ...]:
    """Blocks for a moment: call it in a thread."""
    folder = paths.data
    if not folder.exists():
        detail = f"{folder} is not there yet. The first start makes it."
        return (_line(Finding.OK, "Data folder", detail),)
    return (
        _examine_folder(folder),
        *_examine_privacy(folder),
        _examine_room(folder),
        _examine_lock(paths),
        *_examine_damaged(paths.damaged),
    )


def _examine_folder(folder: Path) -> DoctorLine:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return _line(
            Finding.FAIL,
            "Data folder",
            f"{folder} cannot be written: {(error.strerror or str(error)).lower()}.",
            "Make room on its disk, or give yourself the right to write there.",
        )
    return _line(Finding.OK, "Data folder", f"{folder} can be written.")


def _examine_privacy(folder: Path) -> tuple[DoctorLine, ...]:
    if sys.platform == "win32":
        return ()
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077 == 0:
        return (_line(Finding.OK, "Privacy", "Other users cannot read it."),)
    return (
        _line(
            Finding.WARN,
            "Privacy",
            f"Other users of this computer may look into it (mode {mode:03o}).",
            f"Close it by: chmod 700 {folder}",
        ),
    )


def _examine_room(folder: Path) -> DoctorLine:
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return _line(Finding.WARN, "Disk", f"How full it is cannot be read: {error.strerror}.")
    words = f"{free / 1e9:.1f} GB are free."
    if free < _FULL_BYTES:
        return _line(Finding.FAIL, "Disk", words, "Make room: what you write cannot be saved.")
    if free < _LOW_BYTES:
        return _line(Finding.WARN, "Disk", words, "Make room before you download models.")
    return _line(Finding.OK, "Disk", words)


def _examine_lock(paths: AppPaths) -> DoctorLine:
    running = find_running_instance(paths, patience_seconds=0.0)
    if running is None:
        return _line(Finding.OK, "Lock", "No app has this data open.")
    return _line(Finding.OK, "Lock", f"The app that runs (process {running.pid}) has it open.")


def _examine_damaged(folder: Path) -> tuple[DoctorLine, ...]:
    try:
        count = sum(1 for _ in folder.iterdir())
    except OSError:
        return ()
    if count == 0:
        return (_line(Finding.OK, "Damaged files", "None."),)
    return (
        _line(
            Finding.WARN,
            "Damaged files",
            f"{count} that could not be understood are kept in {folder}.",
            "Look into them, or delete them when you miss nothing.",
        ),
    )


def _line(finding: Finding, title: str, detail: str, cure: str | None = None) -> DoctorLine:
    return DoctorLine(
        group=DoctorGroup.DATA, finding=finding, title=title, detail=detail, cure=cure
    )
