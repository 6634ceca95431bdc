"""Shows a folder of ours in the system's file manager."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from llama_desktop.domain.errors import FolderUnusable
from llama_desktop.infrastructure.environment import foreign_environment


async def open_folder(folder: Path) -> None:
    """Open it; it is made where it is missing.

    Raises:
        FolderUnusable: it cannot be made, or there is no file manager.
    """
    try:
        await asyncio.to_thread(_open_now, folder)
    except OSError as error:
        raise FolderUnusable(f"The folder could not be opened. It is {folder}.") from error


def _open_now(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        os.startfile(folder)  # noqa: S606  (a folder of ours, no shell)
        return
    program = "open" if sys.platform == "darwin" else "xdg-open"
    subprocess.Popen(
        [program, str(folder)],
        env=foreign_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
