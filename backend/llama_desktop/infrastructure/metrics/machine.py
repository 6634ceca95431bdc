"""Reads what memory the machine has free at this moment."""

from __future__ import annotations

import os
from collections.abc import Sequence

import psutil

from llama_desktop.domain.fit import GpuMemory, MachineState
from llama_desktop.domain.metrics import GpuSample
from llama_desktop.infrastructure.metrics.amd import AmdReader
from llama_desktop.infrastructure.metrics.cpu import ProcessTreeReader
from llama_desktop.infrastructure.metrics.nvidia import NvidiaReader


class MachineReader:
    """Reads the real machine, and what one process has of it. Blocks for milliseconds."""

    def __init__(self, amd: AmdReader | None = None) -> None:
        self._nvidia = NvidiaReader()
        self._amd = amd or AmdReader()

    def read(self, pid: int | None) -> tuple[MachineState, int | None, int | None]:
        """What is free; and what the process holds in RAM and on the GPUs.

        What the process holds counts as free. None: there is no process, or it is not told; on
        the GPUs also where one of them does not tell.
        """
        usage = None if pid is None else ProcessTreeReader(pid).read()
        held = None if usage is None else usage.memory_bytes
        pids = frozenset[int]() if usage is None else usage.pids
        gpus: list[GpuMemory] = []
        shares: list[int | None] = []
        nvidia = self._nvidia.read(pids) or ()
        for gpu in (*_usable(nvidia), *self._amd.read(pids, first_index=len(nvidia))):
            if gpu.memory_total_bytes is None or gpu.memory_used_bytes is None:
                continue
            shares.append(gpu.memory_process_bytes)
            own = gpu.memory_process_bytes or 0
            taken = gpu.memory_used_bytes + (gpu.memory_reserved_bytes or 0) - own
            free = gpu.memory_total_bytes - taken
            gpus.append(
                GpuMemory(name=gpu.name, total_bytes=gpu.memory_total_bytes, free_bytes=free)
            )
        total, available = _read_ram()
        freed = sum(_read_own(process) for process in pids)
        free_ram = None if available is None else min(available + freed, total or available)
        return (
            MachineState(
                ram_total_bytes=total,
                ram_free_bytes=free_ram,
                threads=os.cpu_count() or 1,
                gpus=tuple(gpus),
            ),
            held,
            _add_up(shares),
        )

    def close(self) -> None:
        """Let go of the driver."""
        self._nvidia.close()


def _usable(gpus: tuple[GpuSample, ...]) -> list[GpuSample]:
    """A program reaches one instance of all the divided cards, the first if it is told nothing."""
    whole = [gpu for gpu in gpus if not gpu.is_instance]
    return whole + [gpu for gpu in gpus if gpu.is_instance][:1]


def _add_up(shares: Sequence[int | None]) -> int | None:
    known = [share for share in shares if share is not None]
    return sum(known) if shares and len(known) == len(shares) else None


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
