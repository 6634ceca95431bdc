"""The folder that the single-file executable unpacks itself into, and the process that owns it.

The executable is two processes: the outer one unpacks, starts the app, waits, and removes the
folder. Killed without warning it can do neither, so the app watches it, and the next start clears
away what was left. Called by the executable's start hook; nothing else runs unpacked.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

_PREFIX: Final = "_MEI"  # PyInstaller's own
_MARK: Final = ".llama-desktop"
"""Says that a folder is ours; its owner holds a lock on it."""
_UNPACKING_SECONDS: Final = 60.0
"""A folder as young as this may belong to a start that has not taken its lock yet."""


def end_with_outer_process() -> None:
    """Ask this process to end, in good order, as soon as its outer process is gone."""
    end_with_process(os.getppid(), lambda: os.kill(os.getpid(), signal.SIGTERM))


def end_with_process(pid: int, end: Callable[[], None]) -> None:
    """Call `end`, on a thread of its own, as soon as that process has ended or where it has."""

    def watch() -> None:
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            _wait_for_end(pid)
        end()

    threading.Thread(target=watch, name="outer process", daemon=True).start()


def _wait_for_end(pid: int) -> None:
    """Not psutil's wait where the kernel tells: that one waits until a parent took notice, too."""
    if sys.platform == "linux":
        descriptor = os.pidfd_open(pid)
        select.select([descriptor], [], [])
        os.close(descriptor)
    elif sys.platform == "darwin":
        queue = select.kqueue()
        watch = select.kevent(
            pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, fflags=select.KQ_NOTE_EXIT
        )
        queue.control([watch], 1)
        queue.close()
    else:
        psutil.Process(pid).wait()


def mark_in_use(folder: Path) -> None:
    """Mark a folder as ours, and as used for as long as this process lives."""
    descriptor = os.open(folder / _MARK, os.O_RDWR | os.O_CREAT, 0o600)
    _try_lock(descriptor)  # kept open: closing it would give the lock away


def remove_left_folders(
    *, parent: Path | None = None, unpacking_seconds: float = _UNPACKING_SECONDS
) -> list[Path]:
    """Remove what killed starts of ours have left; return what was removed."""
    removed = []
    for folder in (parent or Path(tempfile.gettempdir())).glob(f"{_PREFIX}*"):
        try:
            is_young = time.time() - folder.stat().st_mtime < unpacking_seconds
            if is_young or not _is_left(folder):
                continue
            # Renamed first: Windows refuses it while a library inside is loaded; then all stays.
            doomed = folder.rename(folder.with_name(f"{folder.name}.left"))
        except OSError:
            continue  # another user's, in use, or gone already
        shutil.rmtree(doomed, ignore_errors=True)
        removed.append(folder)
    return removed


def _is_left(folder: Path) -> bool:
    """Whether a folder is ours and nobody uses it."""
    mark = folder / _MARK
    if not mark.is_file() or mark.is_symlink():
        return False
    descriptor = os.open(mark, os.O_RDWR)
    try:
        return _try_lock(descriptor)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True  # the rename tells
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
