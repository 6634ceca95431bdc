"""Writes a file whole or not at all, also when the process or the machine dies in the middle."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from pathlib import Path
from typing import Final

from llama_desktop.domain.errors import StorageFailed

PRIVATE: Final = 0o600
SHARED: Final = 0o666
"""As the person's umask has it; for files outside the data folder."""

_SUFFIX: Final = ".tmp"
_REPLACE_PATIENCE_SECONDS: Final = 1.5
_BUSY_ON_WINDOWS: Final = frozenset({5, 32, 33})
"""ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_UNSUPPORTED: Final = frozenset({errno.EINVAL, errno.ENOTSUP})
_CLOSED: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def write_atomically(path: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """Replace a file by this content; without another `mode`, readable by its user alone.

    When this returns, the content has reached the disk; when it raises, the file is as it was.
    """
    fresh = path.with_name(f"{path.name}.{os.getpid()}{_SUFFIX}")
    try:
        _write_through(fresh, content, mode)
        replace(fresh, path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def replace(source: Path, target: Path) -> None:
    """`os.replace` that outlasts a virus scanner and is durable when it returns."""
    move(source, target)
    sync_folder(target.parent)


def move(source: Path, target: Path) -> None:
    """`os.replace` that outlasts a virus scanner; whoever needs it durable syncs the folder.

    On Windows a scanner or an indexer that has the file open makes the call fail for a moment
    (zarr-developers/zarr-python#4358: 4 % of the replaces, none after a retry).
    """
    deadline = time.monotonic() + _REPLACE_PATIENCE_SECONDS
    pause = 0.005
    while True:
        try:
            source.replace(target)
            break
        except OSError as error:
            is_busy = getattr(error, "winerror", None) in _BUSY_ON_WINDOWS
            if not is_busy or time.monotonic() > deadline:
                raise
            time.sleep(pause)
            pause = min(pause * 2, 0.1)


def give_second_name(source: Path, target: Path) -> None:
    """Another name for content that never changes; a copy where the file system has none.

    A target that is there already stays as it is.

    Raises:
        FileNotFoundError: the source is gone.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except FileNotFoundError:
        raise
    except OSError:
        write_atomically(target, source.read_bytes())


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to the disk. Windows does this by itself and offers no call."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:  # some network file systems cannot; the file is whole
            raise
    finally:
        os.close(descriptor)


def remove_leftovers(folder: Path) -> None:
    """Remove the half-written files of a process that died. Only under the data folder's lock."""
    for leftover in folder.glob(f"*{_SUFFIX}"):
        with contextlib.suppress(
            OSError
        ):  # a disk that takes nothing now is told by the next write
            leftover.unlink()


def storage_failed(error: OSError, path: Path) -> StorageFailed:
    """What an error of the file system means for the person."""
    # `Path.is_dir` raises for a name that is too long.
    folder = path if os.path.isdir(path) else path.parent  # noqa: PTH112
    if error.errno in _FULL:
        message = f"The disk with {folder} is full. Free some space, then try again."
    elif error.errno in _CLOSED:
        message = f"{folder} cannot be written to. Check its permissions."
    else:
        reason = error.strerror or type(error).__name__
        message = f"{path} could not be read or written ({reason})."
    return StorageFailed(message, path=str(path), is_full=error.errno in _FULL)


def _write_through(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _binary_flag(), mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _binary_flag() -> int:
    return getattr(os, "O_BINARY", 0)
