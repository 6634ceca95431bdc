"""All that a diagnosis rests on. Whatever could not be found out is None."""

from __future__ import annotations

from msgspec import Struct

from llama_desktop.domain.failure import Ending, FailureCause, LoadOther
from llama_desktop.domain.llama import ServerConfig


class FileFacts(Struct, frozen=True):
    """What the model's file tells, as far as it can be read."""

    layers: int | None = None
    """As llama.cpp counts them: the output is one."""
    context_size: int | None = None
    """The largest that it was made for."""
    missing_parts: tuple[int, ...] = ()
    part_count: int = 1
    fault: FailureCause | None = None
    """What the app itself finds wrong with it; None: nothing."""


class MemoryFacts(Struct, frozen=True):
    """What the machine had just before the end, from the last telemetry sample or asked then."""

    machine_free_bytes: int | None = None
    machine_total_bytes: int | None = None
    gpu_free_bytes: int | None = None
    """Of all GPUs together."""
    gpu_total_bytes: int | None = None
    was_nearly_full: bool = False
    """The machine's memory, by the last telemetry sample before the end."""


class Fit(Struct, frozen=True):
    """What would fit by an estimate from the file: the numbers of the actions."""

    gpu_layers: int | None = None
    """The most layers that fit with the context that was tried."""
    expert_layers_in_ram: int = 0
    """Of so many of them only where their experts are in RAM."""
    layers: int | None = None
    context_size: int | None = None
    """The largest half, quarter, … of the context that fits with the layers that were tried."""
    needed_bytes: int | None = None
    """What was tried takes in all, on the GPU and in RAM."""
    context_tried: int | None = None


class Evidence(Struct, frozen=True):
    """One failure, before it has a name."""

    ending: Ending
    config: ServerConfig
    model_name: str
    file: FileFacts = FileFacts()
    memory: MemoryFacts = MemoryFacts()
    fit: Fit = Fit()
    smaller: LoadOther | None = None
    """A smaller model that is here, if there is one."""
    disk_free_bytes: int | None = None
    """Where the app keeps its data."""
