"""The values of what fits into the machine's memory."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from llama_desktop.domain.models import MemoryMeasurement


class Verdict(StrEnum):
    """Whether and where a model fits."""

    GPU = "gpu"
    """All of it on the GPU."""
    PARTLY = "partly"
    """Some layers on the GPU, the rest in RAM; or all of them without their experts."""
    RAM = "ram"
    """In RAM alone; there is no GPU, the engine cannot use it, or it is not to be used."""
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    """The file or the machine tells too little."""


class MemoryParts(Struct, frozen=True, kw_only=True):
    """What memory is needed for, in bytes."""

    weights: int = 0
    kv_cache: int = 0
    compute: int = 0
    """Working space for one batch."""
    projector: int = 0
    overhead: int = 0
    """The engine itself, and what earlier loads have taught."""

    @property
    def total(self) -> int:
        """All parts."""
        return self.weights + self.kv_cache + self.compute + self.projector + self.overhead


class GpuMemory(Struct, frozen=True, kw_only=True):
    """One GPU's memory in bytes."""

    name: str
    total_bytes: int
    free_bytes: int
    """What the model that is loaded now would give back counts as free."""
    shares_ram: bool = False
    """It is a part of the machine's memory, which then counts once."""


class MachineState(Struct, frozen=True, kw_only=True):
    """What there is at this moment."""

    ram_total_bytes: int | None
    ram_free_bytes: int | None
    """What the model that is loaded now would give back counts as free."""
    threads: int
    gpus: tuple[GpuMemory, ...] = ()
    """Those that the engine can use."""
    idle_gpus: tuple[GpuMemory, ...] = ()
    """Those that the engine cannot use, for it was not built for them."""
    server_ram: MemoryParts | None = None
    """What the loaded model has of the RAM; None: no model is loaded."""
    server_gpu: MemoryParts | None = None


class MemoryEstimate(Struct, frozen=True, kw_only=True):
    """What one model would take, loaded in one way."""

    path: Path
    verdict: Verdict
    context_size: int
    """Tokens; chosen, or what the engine would choose."""
    layer_count: int
    """The output counts as one, as the engine counts it."""
    gpu_layers: int
    """So many of them on the GPU."""
    expert_layers_in_ram: int
    """Of so many of those the experts are in RAM."""
    gpu: MemoryParts
    ram: MemoryParts
    gpu_bytes: int
    """The sum of the parts; the page adds nothing up."""
    ram_bytes: int
    gpu_free_bytes: int
    ram_free_bytes: int
    mapped_bytes: int
    """So much of what is on the GPU the system also counts as the engine's RAM, for it lies in the
    file among what is in RAM; it takes it back when there is need."""
    prompt_cache_bytes: int
    """So much more RAM may be used later, for the prompts of other chats."""
    measured: MemoryMeasurement | None = None
    """What it took when it was loaded like this; None: it was not."""


class LaunchAdvice(Struct, frozen=True, kw_only=True):
    """What an engine must be told of the memory because it would not see it itself."""

    without_gpus: bool = False
    """It is to start no driver of a GPU."""
    context_size: int | None = None
    """Tokens, where it would take more than there is, or chooses none itself; None: it may
    choose."""
    gpu_layers: int | None = None
    """Where it chooses none itself."""
    expert_layers_in_ram: int | None = None


class LibraryFit(Struct, frozen=True, kw_only=True):
    """Of every model whether it fits."""

    machine: MachineState
    keeps_experts: bool
    """Whether the engine can keep experts in RAM; see `EngineTraits`."""
    estimates: tuple[MemoryEstimate, ...]
