"""A machine of whose RAM other programs have left as much as a test says."""

from __future__ import annotations

from msgspec.structs import replace

from llama_desktop.domain.fit import MachineState
from llama_desktop.infrastructure.metrics.machine import MachineReader


class TightMachine:
    """The real one, but for that."""

    def __init__(self) -> None:
        self.free_bytes: int | None = None
        """None: what really is free."""
        self._reader = MachineReader()

    def read(self, pid: int | None) -> MachineState:
        """See `ReadsMachine`."""
        found = self._reader.read(pid)
        return found if self.free_bytes is None else replace(found, ram_free_bytes=self.free_bytes)

    def read_held(self, pid: int) -> tuple[int | None, int | None]:
        """See `ReadsMachine`."""
        return self._reader.read_held(pid)

    def close(self) -> None:
        """See `ReadsMachine`."""
        self._reader.close()
