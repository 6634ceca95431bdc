"""NVIDIA GPUs by NVML. Every figure is read for itself: what a card does not tell is None.

A card that is divided (MIG) is listed as its instances: programs run on them, not on the card.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import pynvml
from msgspec.structs import replace

from llama_desktop.domain.metrics import GpuSample

logger = logging.getLogger(__name__)
T = TypeVar("T")

_RELISTED_SECONDS: Final = 30.0
"""Cards are divided and come back to life seldom; to ask whether they have, and for a fan that is
not there, takes a driver longer than all the rest."""
_RETRY_SECONDS: Final = 30.0
"""A driver can come or go while the app runs (an update, a GPU box); looking costs milliseconds."""


class NvidiaReader:
    """Opens NVML when it is first asked; a missing driver is asked again from time to time."""

    def __init__(self) -> None:
        self._is_open = False
        self._retry_at = 0.0
        self._parts: list[_Part] = []
        self._listed_at = 0.0
        self._without_fan: set[int] = set()

    def read(
        self, pids: frozenset[int], *, with_energy: bool = False
    ) -> tuple[GpuSample, ...] | None:
        """All GPUs, and what `pids` use of each. None: there is no driver that can be asked.

        The energy is told only when it is asked for: some drivers take 4 ms of CPU to tell it,
        and one tenth of a millisecond for all the rest.
        """
        if not self._is_open and not self._open():
            return None
        try:
            count = pynvml.nvmlDeviceGetCount()
        except pynvml.NVMLError as error:
            logger.warning("The NVIDIA driver was lost: %s", error)
            self.close()
            return None
        self._list_parts(count)
        return tuple(
            self._read_gpu(index, part, pids, with_energy=with_energy)
            for index, part in enumerate(self._parts)
        )

    def close(self) -> None:
        """Let go of the driver; the next reading after a while opens it again."""
        if self._is_open:
            self._is_open = False
            self._parts = []
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

    def _list_parts(self, count: int) -> None:
        now = time.monotonic()
        if not self._parts or now - self._listed_at > _RELISTED_SECONDS:
            self._parts = [part for card in range(count) for part in _list_parts(card)]
            self._listed_at = now
            self._without_fan = set()

    def _read_gpu(
        self, index: int, part: _Part, pids: frozenset[int], *, with_energy: bool
    ) -> GpuSample:
        gpu = _read_gpu(index, part, pids)
        fan = None if index in self._without_fan else _read_fan(part)
        if fan is None:
            self._without_fan.add(index)
        energy = _read_energy(part) if with_energy else None
        return replace(gpu, fan_percent=fan, energy_joules=energy)


@dataclass(frozen=True, slots=True)
class _Part:
    """A whole card, or one instance of a divided one."""

    card: int
    handles: tuple[Any, ...]
    """Those that share one memory; empty: the card is lost, or may not be asked."""
    is_instance: bool = False


def _list_parts(card: int) -> list[_Part]:
    handle = _ask(pynvml.nvmlDeviceGetHandleByIndex, card)
    if handle is None:  # it is still there to be named
        return [_Part(card, ())]
    modes = _ask(pynvml.nvmlDeviceGetMigMode, handle)
    if modes is None or modes[0] != pynvml.NVML_DEVICE_MIG_ENABLE:
        return [_Part(card, (handle,))]
    return _list_instances(card, handle) or [_Part(card, (handle,))]


def _list_instances(card: int, handle: Any) -> list[_Part]:
    """Compute instances that share the memory of one GPU instance are one part: it counts once."""
    by_memory: dict[object, list[Any]] = {}
    for place in range(_ask(pynvml.nvmlDeviceGetMaxMigDeviceCount, handle) or 0):
        instance = _ask(pynvml.nvmlDeviceGetMigDeviceHandleByIndex, handle, place)
        if instance is None:  # this place is not taken
            continue
        memory = _ask(pynvml.nvmlDeviceGetGpuInstanceId, instance)
        by_memory.setdefault(("place", place) if memory is None else memory, []).append(instance)
    return [_Part(card, tuple(handles), is_instance=True) for handles in by_memory.values()]


def _read_gpu(index: int, part: _Part, pids: frozenset[int]) -> GpuSample:
    """The card's own sensors are asked of an instance too, and most drivers do not tell them."""
    if not part.handles:
        return _unreadable_gpu(index, part.card)
    handle = part.handles[0]
    rates = _ask(pynvml.nvmlDeviceGetUtilizationRates, handle)
    memory = _read_memory(handle)
    milliwatts = _ask(pynvml.nvmlDeviceGetPowerUsage, handle)
    temperature = _ask(pynvml.nvmlDeviceGetTemperature, handle, pynvml.NVML_TEMPERATURE_GPU)
    return GpuSample(
        index=index,
        name=_read_name(part.card, handle),
        load_percent=None if rates is None else float(rates.gpu),
        memory_used_bytes=None if memory is None else int(memory.used),
        memory_total_bytes=None if memory is None else int(memory.total),
        memory_reserved_bytes=getattr(memory, "reserved", None),
        memory_process_bytes=_read_process_memory(part.handles, pids),
        temperature_celsius=None if temperature is None else float(temperature),
        power_watts=None if milliwatts is None else milliwatts / 1000,
        clock_megahertz=_ask(pynvml.nvmlDeviceGetClockInfo, handle, pynvml.NVML_CLOCK_SM),
        memory_clock_megahertz=_ask(pynvml.nvmlDeviceGetClockInfo, handle, pynvml.NVML_CLOCK_MEM),
        is_instance=part.is_instance,
    )


def _read_fan(part: _Part) -> float | None:
    fan = _ask(pynvml.nvmlDeviceGetFanSpeed, part.handles[0]) if part.handles else None
    return None if fan is None else float(fan)


def _read_energy(part: _Part) -> float | None:
    if not part.handles:
        return None
    millijoules = _ask(pynvml.nvmlDeviceGetTotalEnergyConsumption, part.handles[0])
    return None if millijoules is None else millijoules / 1000


def _read_memory(handle: Any) -> Any | None:
    """An old driver counts what it keeps for itself among what is used."""
    version = pynvml.nvmlMemory_v2
    memory = _ask(pynvml.nvmlDeviceGetMemoryInfo, handle, version)
    return _ask(pynvml.nvmlDeviceGetMemoryInfo, handle) if memory is None else memory


def _unreadable_gpu(index: int, card: int) -> GpuSample:
    return GpuSample(
        index=index,
        name=f"GPU {card}",
        load_percent=None,
        memory_used_bytes=None,
        memory_total_bytes=None,
        memory_process_bytes=None,
        temperature_celsius=None,
        power_watts=None,
    )


def _read_name(card: int, handle: Any) -> str:
    name = _ask(pynvml.nvmlDeviceGetName, handle)
    if name is None:
        return f"GPU {card}"
    return name.decode(errors="replace") if isinstance(name, bytes) else str(name)


def _read_process_memory(handles: tuple[Any, ...], pids: frozenset[int]) -> int | None:
    """None where the driver does not tell it by process, as on Windows and WSL.

    A process may be in both lists with the same figure (CUDA and Vulkan): it counts once.
    """
    lists = [
        _ask(list_processes, handle)
        for handle in handles
        for list_processes in (
            pynvml.nvmlDeviceGetComputeRunningProcesses,
            pynvml.nvmlDeviceGetGraphicsRunningProcesses,
        )
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
