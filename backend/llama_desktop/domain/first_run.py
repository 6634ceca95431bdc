"""What a person without a model is offered."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from llama_desktop.domain.fit import GpuMemory
from llama_desktop.domain.llama import Engine


class SuggestedFit(StrEnum):
    """Where a suggested model would run, estimated before it is here."""

    GPU = "gpu"
    RAM = "ram"
    TOO_LARGE = "too_large"


class SuggestedModel(Struct, frozen=True, kw_only=True):
    """A model from the project's own short list, held against this machine."""

    title: str
    repo: str
    quantization: str
    with_projector: bool
    size_bytes: int
    """About; the Hub says it exactly when the download starts."""
    why: str
    """A sentence."""
    short: str
    """What it has over the others, in a word or two."""
    license: str
    fit: SuggestedFit
    needed_bytes: int
    """Estimated: weights, 8,192 tokens of context, and what the engine needs besides."""
    available_bytes: int
    """Measured: free memory of the GPU, or of the machine, as `fit` says."""


class FirstRun(Struct, frozen=True, kw_only=True):
    """All that the first page says of this computer."""

    suggestions: tuple[SuggestedModel, ...]
    """The one for this computer first; empty: none would fit."""
    memory_total_bytes: int | None
    gpus: tuple[GpuMemory, ...]
    """Those that the engine can use; `idle_gpus` are the others."""
    idle_gpus: tuple[GpuMemory, ...]
    engine: Engine | None
    engine_problem: str | None
    """Why no llama-server can be used."""
