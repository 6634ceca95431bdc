"""Tells what memory the machine has for the engine that loads the next model."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.errors import EngineNotFound
from llama_desktop.domain.fit import GpuMemory, MachineState
from llama_desktop.domain.llama import EngineTraits
from llama_desktop.infrastructure.llama.binary import EngineFinder, FoundEngine
from llama_desktop.infrastructure.llama.devices import DeviceFinder, EngineDevice

_SAME_SIZE: Final = 0.03
"""Drivers count a card's memory with and without what they keep for themselves."""


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


class LoadingPlace(Struct, frozen=True):
    """What a model would be loaded with."""

    machine: MachineState
    """As this engine can use it."""
    engine: EngineTraits


class MachineService:
    """Brings together what the drivers tell and what the engine can use."""

    def __init__(self, machine: ReadsMachine, engines: EngineFinder, devices: DeviceFinder) -> None:
        self._machine = machine
        self._engines = engines
        self._devices = devices

    async def read(self, pid: int | None, *, is_built_in: bool = False) -> LoadingPlace:
        """See `MachineReader.read`; GPUs that the engine cannot use are `idle_gpus`.

        `is_built_in`: it is the built-in engine, whichever is chosen.
        """
        engine = await self._find_engine(is_built_in=is_built_in)
        devices = None if engine is None else await self._devices.ask(engine)
        machine = await asyncio.to_thread(self._machine.read, pid)
        used, idle = find_usable(machine.gpus, devices)
        return LoadingPlace(replace(machine, gpus=used, idle_gpus=idle), _read_traits(engine))

    async def find_traits(self, *, is_built_in: bool) -> EngineTraits:
        """What the engine does where it is not told otherwise."""
        return _read_traits(await self._find_engine(is_built_in=is_built_in))

    async def _find_engine(self, *, is_built_in: bool) -> FoundEngine | None:
        try:
            return await self._engines.find(is_built_in=is_built_in)
        except EngineNotFound:
            return None

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


def _read_traits(engine: FoundEngine | None) -> EngineTraits:
    """Of none, what one of today does."""
    return EngineTraits() if engine is None else engine.capabilities.traits


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
