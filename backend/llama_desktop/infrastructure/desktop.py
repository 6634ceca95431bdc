"""The desktop around the app: dialogs, the window, the system's browser."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from llama_desktop.domain.errors import NoWindow
from llama_desktop.infrastructure.links import open_link


class Desktop(Protocol):
    """What a command may ask of the desktop. The native window is one, `NoDesktop` the other."""

    @property
    def has_window(self) -> bool: ...

    async def open_link(self, url: str) -> None:
        """Open an allowed link in the system's browser, else raise `LinkRefused`."""
        ...

    async def pick_folder(self) -> Path | None:
        """Ask for a folder; None: cancelled."""
        ...

    async def pick_file(self) -> Path | None:
        """Ask for a file; None: cancelled."""
        ...

    async def show_window(self) -> None:
        """Bring the window to the front."""
        ...


class NoDesktop:
    """A browser tab or nothing at all: links open, dialogs do not exist."""

    has_window = False

    async def open_link(self, url: str) -> None:
        """Open an allowed link in the system's browser."""
        await open_link(url)

    async def pick_folder(self) -> Path | None:
        """There is no dialog."""
        raise _no_window()

    async def pick_file(self) -> Path | None:
        """There is no dialog."""
        raise _no_window()

    async def show_window(self) -> None:
        """There is no window."""
        raise _no_window()


def _no_window() -> NoWindow:
    return NoWindow("This needs the app's own window. In a browser tab, type the path instead.")
