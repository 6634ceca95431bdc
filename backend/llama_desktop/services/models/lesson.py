"""What earlier loads of a model teach about the next one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.models import MemoryMeasurement

_ROUNDING: Final = 2 * 1024 * 1024
"""Engines speak of whole mebibytes: a difference that is smaller teaches nothing."""
_LEAST_FACTOR: Final = 0.25
_LARGEST_FACTOR: Final = 4.0
"""What is further off was told of something else."""


class Lesson(Struct, frozen=True):
    """What the rules alone say is multiplied by the factors, and the overheads are added."""

    overhead_bytes: int
    """In RAM."""
    gpu_overhead_bytes: int = 0
    """On all GPUs together, as soon as anything is put there."""
    kv_factor: float = 1.0
    compute_factor: float = 1.0


def learn(usual: Lesson, config: ServerConfig, measurements: Sequence[MemoryMeasurement]) -> Lesson:
    """From the load most like this one, else what is usual; measurements come newest first.

    The overhead is what the process held beyond what was predicted. Where the engine told the
    cache's own size, what that was off is no overhead: it grows with the context. No overhead
    is less than nothing.
    """
    if not measurements:
        return usual
    nearest = min(measurements, key=lambda one: _count_differences(one.config, config))
    overhead = usual.overhead_bytes + nearest.measured_bytes - nearest.predicted_bytes
    predicted, told, told_gpu = nearest.predicted, nearest.told, nearest.told_gpu
    if predicted is None or told is None or told_gpu is None:
        return replace(usual, overhead_bytes=max(0, overhead))
    kv_factor = _compare(predicted.kv_cache, told.kv_cache)
    kv_in_ram = told.kv_cache - told_gpu.kv_cache
    overhead -= kv_in_ram - int(kv_in_ram / kv_factor)
    gpu_overhead = usual.gpu_overhead_bytes
    if nearest.measured_gpu_bytes is not None and told_gpu.total > 0:
        gpu_overhead = nearest.measured_gpu_bytes - told_gpu.total
    return Lesson(
        overhead_bytes=max(0, overhead),
        gpu_overhead_bytes=max(0, gpu_overhead),
        kv_factor=kv_factor,
        compute_factor=_compare(predicted.compute, told.compute),
    )


def learn_from_other(usual: Lesson, other: MemoryMeasurement) -> Lesson:
    """From the load of another model: what the engine and the driver take themselves."""
    learned = learn(usual, other.config, [other])
    return Lesson(learned.overhead_bytes, learned.gpu_overhead_bytes)


def _count_differences(one: ServerConfig, other: ServerConfig) -> int:
    return sum(
        getattr(one, name) != getattr(other, name) for name in ServerConfig.__struct_fields__
    )


def _compare(predicted: int, told: int) -> float:
    if predicted == 0 or told == 0 or abs(told - predicted) < _ROUNDING:
        return 1.0
    factor = told / predicted
    return factor if _LEAST_FACTOR <= factor <= _LARGEST_FACTOR else 1.0
