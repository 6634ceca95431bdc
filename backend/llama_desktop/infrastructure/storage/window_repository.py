"""Where the window was when it was closed. Used by the window, on its own thread."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import msgspec

from llama_desktop.domain.settings import WindowGeometry
from llama_desktop.infrastructure.storage.atomic_file import storage_failed, write_atomically

logger = logging.getLogger(__name__)

_SANE_PIXELS: Final = range(200, 20_000)


class WindowRepository:
    """A small file of its own, so that a move of the window never touches the settings."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> WindowGeometry | None:
        """None: never saved, or nothing that one could show a window by."""
        try:
            geometry = msgspec.json.decode(self._file.read_bytes(), type=WindowGeometry)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            logger.warning("the window's place is not known: %s", error)
            return None
        if geometry.width not in _SANE_PIXELS or geometry.height not in _SANE_PIXELS:
            return None
        return geometry

    def save(self, geometry: WindowGeometry) -> None:
        """Write it durably.

        Raises:
            StorageFailed: it cannot be written.
        """
        try:
            write_atomically(self._file, msgspec.json.encode(geometry))
        except OSError as error:
            raise storage_failed(error, self._file) from error
