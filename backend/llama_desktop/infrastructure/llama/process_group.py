"""Runs a program so that neither it nor its children outlive us, whatever ends us.

POSIX: a guard leads the process group (see `process_group_posix`). Windows: a job object
(see `process_group_windows`).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from llama_desktop.infrastructure.llama.child_protocol import OnOutput

if sys.platform == "win32":
    from llama_desktop.infrastructure.llama.process_group_windows import spawn_group
else:
    from llama_desktop.infrastructure.llama.process_group_posix import spawn_group


class ProcessGroup(Protocol):
    """A program that was started, and whatever it starts."""

    @property
    def pid(self) -> int:
        """Of the program itself."""
        ...

    async def wait(self) -> int:
        """The program's exit code, as soon as it has left; its children may still be there."""
        ...

    async def drain(self, seconds: float) -> None:
        """After the program has left: end what it left behind, and read what they all have said.

        Nobody holds the pipes open then, so that waiting ends with them; `seconds` is for the
        worst case.
        """
        ...

    def terminate(self) -> None:
        """Ask all of them to leave. Windows knows no asking without a window: there it is told."""
        ...

    async def kill(self) -> None:
        """Leave none of them. Never raises, may be called twice, takes no longer than a second."""
        ...


async def spawn(
    command: tuple[str, ...],
    *,
    environment: Mapping[str, str],
    folder: Path,
    on_output: OnOutput,
) -> ProcessGroup:
    """Start the program in a group of its own. Cancelled, it leaves nothing behind.

    Raises:
        OSError: the program cannot be started.
    """
    return await spawn_group(command, environment=environment, folder=folder, on_output=on_output)
