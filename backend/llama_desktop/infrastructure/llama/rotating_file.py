"""A log file that begins anew when it is full and keeps the few before it."""

from __future__ import annotations

from io import FileIO
from pathlib import Path
from typing import Final

_LARGEST_BYTES: Final = 4 * 1024 * 1024
_OLDER_FILES: Final = 3


class RotatingFile:
    """`engine.log`, and before it `engine.log.1` to `engine.log.3`, the oldest last.

    Each write reaches the file at once, so that a crash of the app loses no line. It is opened
    with the first write, and again with the next one after a failure.
    """

    def __init__(
        self, path: Path, *, largest_bytes: int = _LARGEST_BYTES, older_files: int = _OLDER_FILES
    ) -> None:
        self._path = path
        self._largest_bytes = largest_bytes
        self._older_files = older_files
        self._file: FileIO | None = None
        self._size = 0

    def write(self, text: bytes) -> None:
        """Append. A piece is never torn between two files.

        Raises:
            OSError: the disk is full, the folder is gone, …
        """
        if self._file is None:
            self._open()
        if self._size and self._size + len(text) > self._largest_bytes:
            self._rotate()
        assert self._file is not None
        try:
            self._size += self._file.write(text)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file; a later write opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = FileIO(self._path, "a")
        self._size = self._file.tell()

    def _rotate(self) -> None:
        self.close()
        names = [self._path, *(self._older(number) for number in range(1, self._older_files + 1))]
        for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
            if newer.exists():
                newer.replace(older)
        self._open()

    def _older(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")
