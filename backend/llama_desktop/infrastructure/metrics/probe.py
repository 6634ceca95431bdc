"""Reads what a server and its machine use, once, in a sample."""

from __future__ import annotations

import platform
import sys
import time
from typing import Protocol

import psutil

from llama_desktop.domain.metrics import GpuReading, GpuSample, MetricsSample
from llama_desktop.infrastructure.metrics.amd import AmdReader
from llama_desktop.infrastructure.metrics.cpu import ProcessTreeReader, read_machine_memory
from llama_desktop.infrastructure.metrics.nvidia import NvidiaReader


class ProbeFailed(Exception):
    """Nothing could be read of the process."""


class Probe(Protocol):
    """Keeps what it needs to make rates of counters, so each run of a server has its own."""

    def sample(self, pid: int) -> MetricsSample:
        """Read once. Blocks for milliseconds; called from one thread at a time.

        Raises:
            ProbeFailed: the process has gone, or may not be looked at.
        """
        ...

    def read_gpus(self, pid: int) -> GpuReading:
        """Read the GPUs alone, between two samples; empty: none. Called as `sample` is."""
        ...

    def close(self) -> None:
        """Let go of the drivers."""
        ...


class SystemProbe:
    """Reads the real machine."""

    def __init__(self) -> None:
        self._tree: ProcessTreeReader | None = None
        self._pids = frozenset[int]()
        """Of the process tree, as it was sampled last."""
        self._nvidia = NvidiaReader()
        self._amd = AmdReader()

    def sample(self, pid: int) -> MetricsSample:
        """Read once; what cannot be read is None."""
        if self._tree is None or self._tree.pid != pid:
            self._tree = ProcessTreeReader(pid)
            self._pids = frozenset({pid})
        usage = self._tree.read()
        if usage is None:
            raise ProbeFailed(f"Process {pid} cannot be read.")
        self._pids = usage.pids
        machine = read_machine_memory()
        return MetricsSample(
            time=time.time(),
            pid=pid,
            cpu_percent=usage.cpu_percent,
            cpu_cores=usage.cpu_cores,
            machine_threads=psutil.cpu_count(),
            memory_bytes=usage.memory_bytes,
            memory_kind=usage.memory_kind,
            machine_memory_used_bytes=machine.used_bytes,
            machine_memory_total_bytes=machine.total_bytes,
            disk_read_bytes_per_second=usage.disk_read_bytes_per_second,
            gpus=self._read_gpus(usage.pids),
            gpu_shares_ram=has_unified_memory(sys.platform, platform.machine()),
        )

    def read_gpus(self, pid: int) -> GpuReading:
        """Leaves the process alone: its rates are counted from one sample to the next."""
        pids = self._pids if pid in self._pids else frozenset({pid})
        gpus = self._read_gpus(pids, with_energy=True) or ()
        return GpuReading(time=time.time(), pid=pid, gpus=gpus)

    def _read_gpus(
        self, pids: frozenset[int], *, with_energy: bool = False
    ) -> tuple[GpuSample, ...] | None:
        nvidia = self._nvidia.read(pids, with_energy=with_energy)
        amd = self._amd.read(pids, first_index=len(nvidia or ()))
        return None if nvidia is None and not amd else (*(nvidia or ()), *amd)

    def close(self) -> None:
        """Let go of the drivers."""
        self._nvidia.close()


def has_unified_memory(system: str, processor: str) -> bool:
    """Of every computer with Apple's own processors."""
    return system == "darwin" and processor == "arm64"
