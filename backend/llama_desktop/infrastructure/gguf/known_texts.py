"""The vocabularies met in one search: models of a family share theirs to the byte."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

KEPT_BYTES: Final = 32 * 1024 * 1024
_LARGEST: Final = 8 * 1024 * 1024
_SMALLEST: Final = 16 * 1024
"""Fewer bytes are walked as fast as they are found."""

StartsWith = Callable[[bytes], bool]
"""Whether these bytes come next."""


class KnownTexts:
    """Arrays of texts as they stand in files, to be known again without a walk. Any thread."""

    def __init__(self) -> None:
        self._runs: list[tuple[int, bytes]] = []
        """How many texts, and their bytes; the one met last stands last."""
        self._lock = threading.Lock()

    def find(self, count: int, starts_with: StartsWith) -> int | None:
        """How many bytes `count` texts have, if they are known; None: they have to be walked."""
        with self._lock:
            runs = [run for run in reversed(self._runs) if run[0] == count]
        for run in runs:
            if starts_with(run[1]):
                self._put_last(run)
                return len(run[1])
        return None

    def keep(self, count: int, run: bytes) -> None:
        """Know these bytes from now on as so many texts."""
        if _SMALLEST <= len(run) <= _LARGEST:
            self._put_last((count, run))

    def clear(self) -> None:
        """Give the memory back."""
        with self._lock:
            self._runs = []

    def _put_last(self, run: tuple[int, bytes]) -> None:
        with self._lock:
            self._runs = [other for other in self._runs if other is not run] + [run]
            while sum(len(content) for _, content in self._runs) > KEPT_BYTES:
                del self._runs[0]
