"""What earlier loads of a model teach about the next one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.models import MemoryMeasurement

_ROUNDING: Final = 2 * 1024 * 1024
"""Engines speak of whole mebibytes: a difference that is smaller teaches nothing."""
_LEAST_FACTOR: Final = 0.25
_LARGEST_FACTOR: Final = 4.0
"""What is further off was told of something else."""


class Lesson(Struct, frozen=True):
    """What the rules alone say is multiplied by the factors, and the overhead is added."""

    overhead_bytes: int
    kv_factor: float = 1.0
    compute_factor: float = 1.0


def learn(usual: int, config: ServerConfig, measurements: Sequence[MemoryMeasurement]) -> Lesson:
    """From the load most like this one, else what is usual; measurements come newest first.

    The overhead is what the process held beyond what was predicted. Where the engine told the
    cache's own size, what that was off is no overhead: it grows with the context. No overhead
    is less than nothing.
    """
    if not measurements:
        return Lesson(usual)
    nearest = min(measurements, key=lambda one: _count_differences(one.config, config))
    beyond = nearest.measured_bytes - nearest.predicted_bytes
    predicted, told = nearest.predicted, nearest.told
    if predicted is None or told is None:
        return Lesson(max(0, usual + beyond))
    kv_factor = _compare(predicted.kv_cache, told.kv_cache)
    if nearest.predicted_gpu_bytes == 0:
        beyond -= int(predicted.kv_cache * kv_factor) - predicted.kv_cache
    return Lesson(
        overhead_bytes=max(0, usual + beyond),
        kv_factor=kv_factor,
        compute_factor=_compare(predicted.compute, told.compute),
    )


def _count_differences(one: ServerConfig, other: ServerConfig) -> int:
    return sum(
        getattr(one, name) != getattr(other, name) for name in ServerConfig.__struct_fields__
    )


def _compare(predicted: int, told: int) -> float:
    if predicted == 0 or told == 0 or abs(told - predicted) < _ROUNDING:
        return 1.0
    factor = told / predicted
    return factor if _LEAST_FACTOR <= factor <= _LARGEST_FACTOR else 1.0
