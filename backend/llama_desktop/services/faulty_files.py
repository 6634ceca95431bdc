"""Says in words which conversation files could not be opened, and where they are now. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from llama_desktop.infrastructure.storage.conversation_repository import FaultyFile, FileFault

_NAMED: Final = 5


def describe_faulty_files(files: Sequence[FaultyFile]) -> str:
    """One sentence or two for each kind of fault."""
    return " ".join(
        _describe(fault, [file for file in files if file.fault is fault])
        for fault in FileFault
        if any(file.fault is fault for file in files)
    )


def _describe(fault: FileFault, files: list[FaultyFile]) -> str:
    names = ", ".join(file.name for file in files[:_NAMED])
    if len(files) > _NAMED:
        names += f" and {len(files) - _NAMED} more"
    subject = (
        f"The conversation file {names}" if len(files) == 1 else f"{len(files)} files ({names})"
    )
    place = files[0].place if len(files) == 1 else files[0].place.parent
    is_one = len(files) == 1
    match fault:
        case FileFault.DAMAGED:
            state = "is damaged and was" if is_one else "with conversations are damaged and were"
            return f"{subject} {state} kept as found: {place}. All other conversations are fine."
        case FileFault.UNREADABLE:
            return f"{subject} cannot be read. Check the permissions of {place}."
        case FileFault.NEWER:
            state = "was" if is_one else "were"
            return (
                f"{subject} {state} written by a later version of the app and left alone: {place}. "
                "Update the app to open such conversations."
            )
