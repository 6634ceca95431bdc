"""Reads what memory the machine has free at this moment."""

from __future__ import annotations

import os

import psutil

from llama_desktop.domain.fit import GpuMemory, MachineState
from llama_desktop.domain.metrics import GpuSample
from llama_desktop.infrastructure.metrics.amd import AmdReader
from llama_desktop.infrastructure.metrics.cpu import list_tree
from llama_desktop.infrastructure.metrics.nvidia import NvidiaReader
from llama_desktop.infrastructure.metrics.process_memory import read_memory


class MachineReader:
    """Reads the real machine, and what one process has of it. Blocks for milliseconds."""

    def __init__(self, amd: AmdReader | None = None) -> None:
        self._nvidia = NvidiaReader()
        self._amd = amd or AmdReader()

    def read(self, pid: int | None) -> MachineState:
        """What is free; what the process holds counts as free."""
        pids = frozenset(process.pid for process in (() if pid is None else list_tree(pid)))
        gpus: list[GpuMemory] = []
        for gpu in self._read_gpus(pids):
            if gpu.memory_total_bytes is None or gpu.memory_used_bytes is None:
                continue
            own = gpu.memory_process_bytes or 0
            taken = gpu.memory_used_bytes + (gpu.memory_reserved_bytes or 0) - own
            free = gpu.memory_total_bytes - taken
            gpus.append(
                GpuMemory(name=gpu.name, total_bytes=gpu.memory_total_bytes, free_bytes=free)
            )
        total, available = _read_ram()
        freed = sum(_read_own(process) for process in pids)
        free_ram = None if available is None else min(available + freed, total or available)
        return MachineState(
            ram_total_bytes=total,
            ram_free_bytes=free_ram,
            threads=os.cpu_count() or 1,
            gpus=tuple(gpus),
        )

    def read_held(self, pid: int) -> tuple[int | None, int | None]:
        """What a process holds in RAM and on the GPUs. None: it is not told.

        Takes tens of milliseconds where the process is large.
        """
        tree = list_tree(pid)
        memory, _ = read_memory(tree)
        gpus = self._read_gpus(frozenset(process.pid for process in tree))
        shares = [gpu.memory_process_bytes for gpu in gpus]
        known = [share for share in shares if share is not None]
        return memory, sum(known) if shares and len(known) == len(shares) else None

    def _read_gpus(self, pids: frozenset[int]) -> list[GpuSample]:
        nvidia = self._nvidia.read(pids) or ()
        return [*_usable(nvidia), *self._amd.read(pids, first_index=len(nvidia))]

    def close(self) -> None:
        """Let go of the driver."""
        self._nvidia.close()


def _usable(gpus: tuple[GpuSample, ...]) -> list[GpuSample]:
    """A program reaches one instance of all the divided cards, the first if it is told nothing."""
    whole = [gpu for gpu in gpus if not gpu.is_instance]
    return whole + [gpu for gpu in gpus if gpu.is_instance][:1]


def _read_ram() -> tuple[int | None, int | None]:
    try:
        memory = psutil.virtual_memory()
    except (psutil.Error, OSError):
        return None, None
    return memory.total, memory.available


def _read_own(pid: int) -> int:
    """What is free again when a process ends: not its mapped files, which count as free anyway."""
    try:
        memory = psutil.Process(pid).memory_info()
    except psutil.Error:
        return 0
    return int(memory.rss - getattr(memory, "shared", 0))
