"""The trash of the system, from which the person can take things back."""

from __future__ import annotations

from pathlib import Path


def move_to_trash(path: Path) -> None:
    """Move a file, or a link by itself, to the system's trash. Blocks: call it in a thread.

    Raises:
        OSError: it cannot be moved, or there is no trash for where it is.
    """
    # Here, since it looks for the system's libraries, which would cost every start.
    from send2trash import send2trash

    send2trash(path)
