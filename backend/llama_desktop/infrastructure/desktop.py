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

    async def pick_files(self) -> tuple[Path, ...]:
        """Ask for any number of files; none: cancelled."""
        ...

    async def take_dropped(self) -> tuple[Path, ...]:
        """What was dropped on the window since this was asked last: a page learns no paths."""
        ...

    async def save_file(self, name: str, text: str) -> Path | None:
        """Ask where, and write a text there; None: cancelled.

        Raises:
            StorageFailed: it cannot be written there; what was there is as before.
        """
        ...

    async def show_window(self) -> None:
        """Bring the window to the front."""
        ...

    async def close_window(self) -> None:
        """Close the window."""
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

    async def pick_files(self) -> tuple[Path, ...]:
        """There is no dialog."""
        raise _page_can()

    async def take_dropped(self) -> tuple[Path, ...]:
        """A browser does not tell where a dropped file is."""
        raise NoWindow(
            "A browser tab is not told where a dropped file lies. Add its folder by its path."
        )

    async def save_file(self, _name: str, _text: str) -> Path | None:
        """There is no dialog."""
        raise _page_can()

    async def show_window(self) -> None:
        """There is no window."""
        raise _no_window()

    async def close_window(self) -> None:
        """There is no window."""
        raise _no_window()


def _no_window() -> NoWindow:
    return NoWindow("This needs the app's own window. In a browser tab, type the path instead.")


def _page_can() -> NoWindow:
    return NoWindow("This needs the app's own window. A browser asks for files by itself.")
