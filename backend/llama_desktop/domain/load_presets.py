"""The values of how models are loaded, whichever model it is."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from llama_desktop.domain.llama import CacheType, FlashAttention, LoadMode, RopeScaling

ContextSize = Annotated[int, Meta(ge=256, le=1_048_576)]
"""Tokens."""
GpuLayers = Annotated[int, Meta(ge=0, le=999)]
Threads = Annotated[int, Meta(ge=1, le=1024)]
Slots = Annotated[int, Meta(ge=1, le=64)]
BatchSize = Annotated[int, Meta(ge=1, le=512)]
IdleMinutes = Annotated[int, Meta(ge=1, le=10_080)]
RopeScale = Annotated[float, Meta(gt=0, le=64)]
ExtraArguments = Annotated[tuple[Annotated[str, Meta(max_length=4096)], ...], Meta(max_length=100)]


class LoadPreset(Struct, frozen=True, kw_only=True):
    """Load options under a name: those that fit any model. None leaves the choice to the engine.

    What belongs to one model (projector, adapter, draft model, template) is not among them.
    """

    id: str
    name: str
    context_size: ContextSize | None = None
    gpu_layers: GpuLayers | None = None
    parallel: Slots | None = None
    threads: Threads | None = None
    batch_size: BatchSize | None = None
    flash_attention: FlashAttention | None = None
    cache_type_k: CacheType | None = None
    cache_type_v: CacheType | None = None
    load_mode: LoadMode | None = None
    rope_scaling: RopeScaling | None = None
    rope_scale: RopeScale | None = None
    idle_minutes: IdleMinutes | None = None
    extra_arguments: ExtraArguments = ()
