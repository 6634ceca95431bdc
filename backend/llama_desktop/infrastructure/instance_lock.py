"""One running app per data folder, and how a second start reaches the first."""

from __future__ import annotations

import logging
import time
from types import TracebackType
from typing import Final, Self

import filelock
import msgspec
from msgspec import Struct

from llama_desktop.domain.errors import DataFolderLocked
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.atomic_file import storage_failed, write_atomically

logger = logging.getLogger(__name__)

_LOOK_AGAIN_SECONDS: Final = 0.05


class InstanceAddress(Struct, frozen=True, kw_only=True):
    """How the running app is reached. Holds its token: for the eyes of its user alone."""

    url: str
    """`http://127.0.0.1:PORT`, without the token."""
    token: str
    pid: int


class InstanceLock:
    """Held from the start of the app to its end; the system drops it when the app is killed.

    A file lock and not a pid file: there is no stale lock to judge.
    """

    def __init__(self, paths: AppPaths) -> None:
        self._paths = paths
        self._lock = filelock.FileLock(paths.lock_file, timeout=0, thread_local=False)

    def acquire(self) -> None:
        """Take the lock, and forget the address of a predecessor that was killed.

        Raises:
            DataFolderLocked: another instance of the app runs on this data folder.
            StorageFailed: the data folder cannot be written to.
        """
        try:
            self._lock.acquire()
        except filelock.Timeout as error:
            raise DataFolderLocked(
                f"Llama Desktop is already running with the data in {self._paths.data}."
            ) from error
        except OSError as error:
            raise storage_failed(error, self._paths.lock_file) from error
        self._forget_address()

    def publish(self, address: InstanceAddress) -> None:
        """Tell later starts how this one is reached. Only by the holder of the lock.

        Raises:
            StorageFailed: it cannot be written.
        """
        try:
            write_atomically(self._paths.instance_file, msgspec.json.encode(address))
        except OSError as error:
            raise storage_failed(error, self._paths.instance_file) from error

    def release(self) -> None:
        """Let go. A second time: nothing."""
        if self._lock.is_locked:
            self._forget_address()
            self._lock.release()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def _forget_address(self) -> None:
        try:
            self._paths.instance_file.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("the old address stays: %s", error)


def find_running_instance(paths: AppPaths, *, patience_seconds: float) -> InstanceAddress | None:
    """The address of the instance that holds the lock; blocks while it is still starting.

    None: it has not told its address in that time.
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return msgspec.json.decode(paths.instance_file.read_bytes(), type=InstanceAddress)
        except (OSError, msgspec.DecodeError):
            # A file has no event to wait for that works on every system.
            if time.monotonic() > deadline:
                return None
            time.sleep(_LOOK_AGAIN_SECONDS)
