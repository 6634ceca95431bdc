"""NVIDIA GPUs by NVML. Every figure is read for itself: what a card does not tell is None."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import pynvml

from llama_desktop.domain.metrics import GpuSample

logger = logging.getLogger(__name__)
T = TypeVar("T")

_RETRY_SECONDS: Final = 30.0
"""A driver can come or go while the app runs (an update, a GPU box); looking costs milliseconds."""


class NvidiaReader:
    """Opens NVML when it is first asked; a missing driver is asked again from time to time."""

    def __init__(self) -> None:
        self._is_open = False
        self._retry_at = 0.0

    def read(self, pids: frozenset[int]) -> tuple[GpuSample, ...] | None:
        """All GPUs, and what `pids` use of each. None: there is no driver that can be asked."""
        if not self._is_open and not self._open():
            return None
        try:
            count = pynvml.nvmlDeviceGetCount()
        except pynvml.NVMLError as error:
            logger.warning("The NVIDIA driver was lost: %s", error)
            self.close()
            return None
        return tuple(_read_gpu(index, pids) for index in range(count))

    def close(self) -> None:
        """Let go of the driver; the next reading after a while opens it again."""
        if self._is_open:
            self._is_open = False
            self._retry_at = time.monotonic() + _RETRY_SECONDS
            _ask(pynvml.nvmlShutdown)

    def _open(self) -> bool:
        if time.monotonic() < self._retry_at:
            return False
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError as error:
            logger.debug("No NVIDIA driver: %s", error)
            self._retry_at = time.monotonic() + _RETRY_SECONDS
            return False
        self._is_open = True
        return True


def _read_gpu(index: int, pids: frozenset[int]) -> GpuSample:
    handle = _ask(pynvml.nvmlDeviceGetHandleByIndex, index)
    if handle is None:  # lost, or no permission: it is still there to be named
        return _unreadable_gpu(index)
    rates = _ask(pynvml.nvmlDeviceGetUtilizationRates, handle)
    memory = _ask(pynvml.nvmlDeviceGetMemoryInfo, handle)
    milliwatts = _ask(pynvml.nvmlDeviceGetPowerUsage, handle)
    fan = _ask(pynvml.nvmlDeviceGetFanSpeed, handle)
    temperature = _ask(pynvml.nvmlDeviceGetTemperature, handle, pynvml.NVML_TEMPERATURE_GPU)
    return GpuSample(
        index=index,
        name=_read_name(index, handle),
        load_percent=None if rates is None else float(rates.gpu),
        memory_used_bytes=None if memory is None else int(memory.used),
        memory_total_bytes=None if memory is None else int(memory.total),
        memory_process_bytes=_read_process_memory(handle, pids),
        temperature_celsius=None if temperature is None else float(temperature),
        power_watts=None if milliwatts is None else milliwatts / 1000,
        clock_megahertz=_ask(pynvml.nvmlDeviceGetClockInfo, handle, pynvml.NVML_CLOCK_SM),
        memory_clock_megahertz=_ask(pynvml.nvmlDeviceGetClockInfo, handle, pynvml.NVML_CLOCK_MEM),
        fan_percent=None if fan is None else float(fan),
    )


def _unreadable_gpu(index: int) -> GpuSample:
    return GpuSample(
        index=index,
        name=f"GPU {index}",
        load_percent=None,
        memory_used_bytes=None,
        memory_total_bytes=None,
        memory_process_bytes=None,
        temperature_celsius=None,
        power_watts=None,
    )


def _read_name(index: int, handle: Any) -> str:
    name = _ask(pynvml.nvmlDeviceGetName, handle)
    if name is None:
        return f"GPU {index}"
    return name.decode(errors="replace") if isinstance(name, bytes) else str(name)


def _read_process_memory(handle: Any, pids: frozenset[int]) -> int | None:
    """None where the driver does not tell it by process, as on Windows and WSL.

    A process may be in both lists with the same figure (CUDA and Vulkan): it counts once.
    """
    lists = [
        _ask(pynvml.nvmlDeviceGetComputeRunningProcesses, handle),
        _ask(pynvml.nvmlDeviceGetGraphicsRunningProcesses, handle),
    ]
    if all(entries is None for entries in lists):
        return None
    used: dict[int, int] = {}
    for entry in (entry for entries in lists for entry in entries or ()):
        if entry.pid in pids:
            if entry.usedGpuMemory is None:
                return None
            used[entry.pid] = max(used.get(entry.pid, 0), int(entry.usedGpuMemory))
    return sum(used.values())


def _ask(function: Callable[..., T], *arguments: Any) -> T | None:
    try:
        return function(*arguments)
    except (pynvml.NVMLError, pynvml.NVMLLibraryMismatchError):  # the latter: an old driver
        return None
