"""What earlier loads teach about the next one."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_desktop.domain.llama import CacheType, ModelMemory, ServerConfig
from llama_desktop.domain.models import MemoryMeasurement
from llama_desktop.services.models.lesson import Lesson, learn

_MEGA = 1024 * 1024
_USUAL = Lesson(20 * _MEGA, 300 * _MEGA)
_NOTHING = Lesson(0)
_CONFIG = ServerConfig(model_path=Path("/m.gguf"), context_size=4096)


def _took(
    measured: int,
    *,
    config: ServerConfig = _CONFIG,
    told: ModelMemory | None = None,
    told_gpu: ModelMemory | None = None,
    measured_gpu: int | None = None,
) -> MemoryMeasurement:
    """Of a load that was to take 1000 MB, 400 of them cache; in megabytes."""
    return MemoryMeasurement(
        config=config,
        predicted_bytes=1000 * _MEGA,
        measured_bytes=measured * _MEGA,
        measured_gpu_bytes=None if measured_gpu is None else measured_gpu * _MEGA,
        predicted=ModelMemory(weights=600 * _MEGA, kv_cache=400 * _MEGA, compute=50 * _MEGA),
        told=told,
        told_gpu=told_gpu or ModelMemory(),
    )


def _told(kv_cache: int, compute: int) -> ModelMemory:
    return ModelMemory(weights=600 * _MEGA, kv_cache=kv_cache * _MEGA, compute=compute * _MEGA)


def test_without_a_load_there_is_what_is_usual() -> None:
    assert learn(_USUAL, _CONFIG, []) == _USUAL


def test_what_a_process_held_beyond_the_prediction_is_overhead() -> None:
    assert learn(_USUAL, _CONFIG, [_took(1030)]) == Lesson(50 * _MEGA, 300 * _MEGA)
    assert learn(_USUAL, _CONFIG, [_took(900)]) == Lesson(0, 300 * _MEGA)


def test_a_cache_that_the_engine_counts_otherwise_grows_so_with_the_context() -> None:
    lesson = learn(_USUAL, _CONFIG, [_took(1210, told=_told(600, 100))])
    assert lesson == Lesson(30 * _MEGA, 300 * _MEGA, kv_factor=1.5, compute_factor=2.0)


def test_what_a_driver_takes_on_the_gpu_is_what_the_engine_did_not_ask_for() -> None:
    on_gpu = ModelMemory(weights=500 * _MEGA, kv_cache=600 * _MEGA, compute=40 * _MEGA)
    load = _took(1010, told=_told(600, 50), told_gpu=on_gpu, measured_gpu=1700)
    lesson = Lesson(30 * _MEGA, 560 * _MEGA, kv_factor=1.5)  # no cache in RAM: nothing taken off
    assert learn(_USUAL, _CONFIG, [load]) == lesson


def test_a_driver_that_does_not_tell_by_process_teaches_nothing() -> None:
    on_gpu = ModelMemory(weights=500 * _MEGA)
    load = _took(1000, told=_told(400, 50), told_gpu=on_gpu)
    assert learn(_USUAL, _CONFIG, [load]) == _USUAL


@pytest.mark.parametrize("told", [_told(401, 49), _told(0, 0), _told(4000, 5000)])
def test_rounding_and_what_was_told_of_something_else_teach_nothing(told: ModelMemory) -> None:
    assert learn(_NOTHING, _CONFIG, [_took(1000, told=told)]) == Lesson(0)


def test_the_load_most_like_the_next_one_counts_before_a_newer_one() -> None:
    other = ServerConfig(
        model_path=_CONFIG.model_path, context_size=4096, cache_type_k=CacheType.Q8_0, parallel=2
    )
    loads = [_took(1030, config=other), _took(1010)]
    longer = ServerConfig(model_path=_CONFIG.model_path, context_size=8192)
    assert learn(_NOTHING, longer, loads) == Lesson(10 * _MEGA)
    assert learn(_NOTHING, other, loads) == Lesson(30 * _MEGA)
