"""Looks at a model file before an engine is started for it: the mistakes that show at once."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from llama_desktop.domain.errors import ModelUnusable
from llama_desktop.domain.failure import FailureCause
from llama_desktop.infrastructure.gguf.file import read_file
from llama_desktop.infrastructure.gguf.problem import GgufProblem

_MAGIC: Final = b"GGUF"
_NO_MODEL: Final = FailureCause.NOT_A_MODEL


def check_model_file(path: Path) -> None:
    """Blocks for a moment; call it in a thread.

    Raises:
        ModelUnusable: the file is missing, a folder, empty, unreadable, or plainly no GGUF.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _unusable(path, _NO_MODEL, "is a folder. Choose a .gguf file in it.")
        if not stat.S_ISREG(status.st_mode):
            raise _unusable(path, _NO_MODEL, "is not a file.")  # reading a pipe could wait for ever
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except FileNotFoundError as error:
        words = "is not there any more. It was moved, renamed or deleted."
        raise _unusable(path, FailureCause.MODEL_MISSING, words) from error
    except PermissionError as error:
        words = "may not be read. Change the file's permissions."
        raise _unusable(path, FailureCause.MODEL_UNREADABLE, words) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        words = f"cannot be read: {reason}."
        raise _unusable(path, FailureCause.MODEL_UNREADABLE, words) from error
    if not magic:
        raise _unusable(path, FailureCause.MODEL_EMPTY, "is empty. Download it again.")
    if magic != _MAGIC:
        words = "is not a GGUF file. Choose another file, or download it again."
        raise _unusable(path, _NO_MODEL, words)


def check_whole_model(path: Path) -> None:
    """As `check_model_file`, and its header too, with whether the file is as long as it says.

    Raises:
        ModelUnusable: it cannot be loaded.
    """
    check_model_file(path)
    try:
        _, cut = read_file(path)
    except GgufProblem as problem:
        raise _unusable(path, FailureCause.MODEL_DAMAGED, f"{problem.reason}.") from problem
    except OSError as error:
        words = f"cannot be read: {error.strerror}."
        raise _unusable(path, FailureCause.MODEL_UNREADABLE, words) from error
    if cut is not None:
        raise _unusable(path, FailureCause.MODEL_CUT_OFF, f"{cut}.")


def _unusable(path: Path, cause: FailureCause, words: str) -> ModelUnusable:
    return ModelUnusable(f"{path.name or path} {words}", path=str(path), cause=cause)
