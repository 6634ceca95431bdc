"""Files that a person saves outside the data folder."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.infrastructure.storage.atomic_file import (
    SHARED,
    storage_failed,
    write_atomically,
)


def save_text(path: Path, text: str) -> None:
    """Write a text whole or not at all; who may read it is as the person's umask has it.

    Raises:
        StorageFailed: it cannot be written; what was there is as before.
    """
    try:
        # A link stays one: what it leads to is what the person chose.
        write_atomically(path.resolve(), text.encode(errors="replace"), mode=SHARED)
    except (OSError, RuntimeError) as error:  # links in a circle
        reason = error if isinstance(error, OSError) else OSError(str(error))
        raise storage_failed(reason, path) from error
