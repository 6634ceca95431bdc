"""CPU and memory of a process with all that it started, and the machine's memory, by psutil."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

import psutil
from msgspec import Struct

from llama_desktop.infrastructure.metrics.process_memory import ProcessMemoryReader

_LISTED_EVERY: Final = 5
"""Readings. To find descendants, every process of the machine is looked at: most of the cost."""


class TreeUsage(Struct, frozen=True):
    """What a process and its descendants use."""

    pids: frozenset[int]
    cpu_percent: float | None
    """Of the whole machine; None at the first reading, which has no time to divide by."""
    cpu_cores: float | None
    memory_bytes: int | None
    memory_kind: str | None
    disk_read_bytes_per_second: float | None
    """None at the first reading, and where the system does not tell (macOS)."""


def list_tree(pid: int) -> list[psutil.Process]:
    """A process and its descendants; empty: it has gone, or may not be looked at."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


class MachineMemory(Struct, frozen=True):
    """Main memory of the machine; None where the system does not tell."""

    used_bytes: int | None
    total_bytes: int | None


class ProcessTreeReader:
    """Reads one process and its descendants again and again."""

    def __init__(self, pid: int) -> None:
        self.pid: Final = pid
        self._seconds: dict[psutil.Process, float] | None = None
        """CPU time of each process at the last reading. A psutil.Process is a pid and the time
        of its creation: a pid that is used again is another one."""
        self._read_at = 0.0
        self._descendants: list[psutil.Process] = []
        self._readings = 0
        self._memory = ProcessMemoryReader()
        self._disk_bytes: dict[psutil.Process, int] = {}
        self._disk_read_at = 0.0

    def read(self) -> TreeUsage | None:
        """None: the process has gone or may not be looked at."""
        try:
            processes = self._list_processes()
        except psutil.Error:
            return None
        cores = self._read_cores(processes)
        count = psutil.cpu_count()
        memory, kind = self._memory.read(processes)
        return TreeUsage(
            pids=frozenset(process.pid for process in processes),
            cpu_percent=None if cores is None or not count else min(cores / count, 1.0) * 100,
            cpu_cores=cores,
            memory_bytes=memory,
            memory_kind=kind,
            disk_read_bytes_per_second=self._read_disk_rate(processes),
        )

    def _list_processes(self) -> list[psutil.Process]:
        """The process and its descendants, looked for anew now and then."""
        root = psutil.Process(self.pid)
        if self._readings % _LISTED_EVERY == 0:
            self._descendants = root.children(recursive=True)
        self._readings += 1
        return [root, *(process for process in self._descendants if process.is_running())]

    def _read_disk_rate(self, processes: Iterable[psutil.Process]) -> float | None:
        now = time.monotonic()
        counts: dict[psutil.Process, int] = {}
        for process in processes:
            try:
                counts[process] = int(process.io_counters().read_bytes)
            except (psutil.Error, AttributeError):  # it has left, no right, or not on this system
                continue
        before, self._disk_bytes = self._disk_bytes, counts
        elapsed, self._disk_read_at = now - self._disk_read_at, now
        if not before or not counts or elapsed <= 0:
            return None
        read = sum(count - before.get(process, 0) for process, count in counts.items())
        return max(read, 0) / elapsed

    def _read_cores(self, processes: Iterable[psutil.Process]) -> float | None:
        now = time.monotonic()
        seconds: dict[psutil.Process, float] = {}
        for process in processes:
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue  # it has left since it was listed
            seconds[process] = times.user + times.system
        before, self._seconds = self._seconds, seconds
        elapsed, self._read_at = now - self._read_at, now
        if not before or not seconds or elapsed <= 0:
            return None
        # All that a new process has used, it has used since the last reading.
        used = sum(total - before.get(process, 0.0) for process, total in seconds.items())
        return max(used, 0.0) / elapsed


def read_machine_memory() -> MachineMemory:
    """Used is what a program could not have: total less available."""
    try:
        memory = psutil.virtual_memory()
    except (psutil.Error, OSError):
        return MachineMemory(None, None)
    return MachineMemory(memory.total - memory.available, memory.total)
