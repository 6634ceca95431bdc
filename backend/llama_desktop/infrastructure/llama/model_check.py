"""Looks at a model file before an engine is started for it: the mistakes that show at once."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from llama_desktop.domain.errors import ModelUnusable

_MAGIC: Final = b"GGUF"


def check_model_file(path: Path) -> None:
    """Blocks for a moment; call it in a thread.

    Raises:
        ModelUnusable: the file is missing, a folder, empty, unreadable, or plainly no GGUF.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _unusable(path, "is a folder. Choose a .gguf file in it.")
        if not stat.S_ISREG(status.st_mode):
            raise _unusable(path, "is not a file.")  # reading a pipe could wait for ever
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except FileNotFoundError as error:
        raise _unusable(path, "is not there any more. It was moved, renamed or deleted.") from error
    except PermissionError as error:
        raise _unusable(path, "may not be read. Change the file's permissions.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _unusable(path, f"cannot be read: {reason}.") from error
    if not magic:
        raise _unusable(path, "is empty. Download it again.")
    if magic != _MAGIC:
        raise _unusable(path, "is not a GGUF file. Choose another file, or download it again.")


def _unusable(path: Path, words: str) -> ModelUnusable:
    return ModelUnusable(f"{path.name or path} {words}", path=str(path))
