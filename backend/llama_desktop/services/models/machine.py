"""Tells what memory the machine has for the engine that loads the next model."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

from msgspec.structs import replace

from llama_desktop.domain.fit import GpuMemory, MachineState
from llama_desktop.infrastructure.llama.devices import EngineDevice

_SAME_SIZE: Final = 0.03
"""Drivers count a card's memory with and without what they keep for themselves."""

FindDevices = Callable[[], Awaitable[tuple[EngineDevice, ...] | None]]


class ReadsMachine(Protocol):
    """See `MachineReader`, which reads the real one."""

    def read(self, pid: int | None) -> MachineState:
        """What is free; what the process holds counts as free."""
        ...

    def read_held(self, pid: int) -> tuple[int | None, int | None]:
        """What a process holds in RAM and on the GPUs."""
        ...

    def close(self) -> None:
        """Let go of drivers."""
        ...


class MachineService:
    """Brings together what the drivers tell and what the engine can use."""

    def __init__(self, machine: ReadsMachine, find_devices: FindDevices) -> None:
        self._machine = machine
        self._find_devices = find_devices

    async def read(self, pid: int | None) -> MachineState:
        """See `MachineReader.read`; GPUs that the engine cannot use are `idle_gpus`."""
        devices = await self._find_devices()
        machine = await asyncio.to_thread(self._machine.read, pid)
        used, idle = find_usable(machine.gpus, devices)
        return replace(machine, gpus=used, idle_gpus=idle)

    async def read_held(self, pid: int) -> tuple[int | None, int | None]:
        """See `MachineReader.read_held`."""
        return await asyncio.to_thread(self._machine.read_held, pid)

    async def are_gpus_full(self, bytes_each: int) -> bool:
        """Whether there are GPUs, and none of them has so much free. By the drivers alone."""
        machine = await asyncio.to_thread(self._machine.read, None)
        return bool(machine.gpus) and all(gpu.free_bytes < bytes_each for gpu in machine.gpus)

    async def aclose(self) -> None:
        """Let go of drivers."""
        await asyncio.to_thread(self._machine.close)


def find_usable(
    gpus: Sequence[GpuMemory], devices: Sequence[EngineDevice] | None
) -> tuple[tuple[GpuMemory, ...], tuple[GpuMemory, ...]]:
    """Those of `gpus` that the engine can use, and the others. Pure.

    What is free is known from the drivers at this moment. Of a device that none of them tells
    about it is what the engine found when it was asked. None for `devices`: it does not tell,
    and is taken to use them all.
    """
    if devices is None:
        return tuple(gpus), ()
    used: list[GpuMemory] = []
    taken: list[tuple[str, str]] = []
    rest = list(gpus)
    for device in devices:
        kind = device.id.rstrip("0123456789")
        if any(kind != other and _is_same(device.name, name) for other, name in taken):
            continue  # one card that the engine can reach in two ways
        gpu = _find_gpu(device, rest)
        if gpu is not None:
            rest.remove(gpu)
        taken.append((kind, device.name))
        used.append(_describe(device, gpu))
    return tuple(used), tuple(rest)


def _describe(device: EngineDevice, gpu: GpuMemory | None) -> GpuMemory:
    if gpu is not None:
        return replace(gpu, shares_ram=device.shares_ram)
    return GpuMemory(
        name=device.name,
        total_bytes=device.total_bytes,
        free_bytes=device.free_bytes,
        shares_ram=device.shares_ram,
    )


def _find_gpu(device: EngineDevice, gpus: Sequence[GpuMemory]) -> GpuMemory | None:
    """By its name, or by its size: not every driver tells a name."""
    named = (gpu for gpu in gpus if _is_same(device.name, gpu.name))
    sized = (gpu for gpu in gpus if _is_near(device.total_bytes, gpu.total_bytes))
    return next(named, None) or next(sized, None)


def _is_same(name: str, other: str) -> bool:
    """The ways to a card add their own words to its name."""
    one, two = name.casefold(), other.casefold()
    return one in two or two in one


def _is_near(one: int, other: int) -> bool:
    return abs(one - other) <= _SAME_SIZE * max(one, other)
