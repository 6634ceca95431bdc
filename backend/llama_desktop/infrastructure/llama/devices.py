"""Asks an engine which GPUs it can use: that the computer has one says nothing of that."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from llama_desktop.domain.errors import EngineNotFound
from llama_desktop.domain.llama import EngineKind
from llama_desktop.infrastructure.llama.binary import EngineFinder, FoundEngine
from llama_desktop.infrastructure.llama.environment import build_environment
from llama_desktop.infrastructure.llama.probe import Unusable, ask_program

logger = logging.getLogger(__name__)

_QUESTION: Final = "--list-devices"
_HEADING: Final = re.compile(r"^Available devices:", re.MULTILINE)
_DEVICE: Final = re.compile(
    r"^ +(?P<id>\S+): (?P<name>.+) \((?P<total>\d+) MiB, (?P<free>\d+) MiB free\)\s*$",
    re.MULTILINE,
)
_SHARING_VULKAN: Final = re.compile(r"^ggml_vulkan: (\d+) = .*\| uma: 1 ", re.MULTILINE)
_SHARING_METAL: Final = re.compile(r"has unified memory\s*= true")
_METAL: Final = re.compile(r"MTL\d*|Metal")
_MEBI: Final = 1024 * 1024


class EngineDevice(Struct, frozen=True):
    """A GPU that an engine can use; memory in bytes, when it was asked."""

    id: str
    """By the engine: its way to it and a number, as `CUDA0` or `Vulkan1`."""
    name: str
    total_bytes: int
    free_bytes: int
    shares_ram: bool = False
    """Its memory is a part of the machine's."""


def read_devices(output: str) -> tuple[EngineDevice, ...] | None:
    """From what an engine prints for `--list-devices`. None: no list is in it. Pure."""
    heading = _HEADING.search(output)
    if heading is None:
        return None
    sharing = {f"Vulkan{number}" for number in _SHARING_VULKAN.findall(output)}
    is_unified = _SHARING_METAL.search(output) is not None
    devices = (
        EngineDevice(
            found["id"],
            found["name"],
            int(found["total"]) * _MEBI,
            int(found["free"]) * _MEBI,
            found["id"] in sharing or (is_unified and _METAL.fullmatch(found["id"]) is not None),
        )
        for found in _DEVICE.finditer(output, heading.end())
    )
    # A library for faster arithmetic is listed as a device without memory.
    return tuple(device for device in devices if device.total_bytes > 0)


class DeviceFinder:
    """Asks each engine once: for some it takes seconds. One for the life of the app."""

    def __init__(
        self, finder: EngineFinder, home: Path, environment: Mapping[str, str] = os.environ
    ) -> None:
        """`home` is the folder that engines run in."""
        self._finder = finder
        self._home = home
        self._environment = environment
        self._asking = asyncio.Lock()
        self._known: dict[tuple[Path, str, int], tuple[EngineDevice, ...] | None] = {}

    async def find_devices(self) -> tuple[EngineDevice, ...] | None:
        """Of the engine that the next model is loaded with. None: there is none, or it does not
        tell.
        """
        try:
            found = await self._finder.find_server()
        except EngineNotFound:
            return None
        return await self.ask(found)

    async def ask(self, found: FoundEngine) -> tuple[EngineDevice, ...] | None:
        """Of this one. None: it does not tell."""
        try:
            changed = (await asyncio.to_thread(found.engine.path.stat)).st_mtime_ns
        except OSError:
            return None
        key = (found.engine.path, found.engine.version, changed)
        async with self._asking:
            if key not in self._known:
                self._known[key] = await self._list(found)
        return self._known[key]

    async def _list(self, found: FoundEngine) -> tuple[EngineDevice, ...] | None:
        environment = build_environment(
            self._environment,
            api_key=None,
            config_home=self._home,
            is_our_executable=found.engine.kind is EngineKind.EMBEDDED,
        )
        try:
            output = await ask_program(
                (*found.command, _QUESTION), environment=environment, folder=self._home
            )
        except Unusable as unusable:  # an old one does not know the question
            logger.info("%s does not tell its devices: %s", found.engine.path, unusable.reason)
            return None
        return read_devices(output)
