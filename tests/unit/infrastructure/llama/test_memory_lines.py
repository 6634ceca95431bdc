"""What engines of several years say of the memory that they take."""

from __future__ import annotations

from llama_desktop.domain.llama import ModelMemory
from llama_desktop.infrastructure.llama.memory_lines import MemoryLines

_MEGA = 1024 * 1024
_BREAKDOWN = (
    '{"type":"fit_memory_breakdown","data":{"unit":"MiB","rows":['
    '{"kind":"device","name":"CUDA0","total":81000,"free":80000,"self":900,'
    '"model":600,"context":200,"compute":100},'
    '{"kind":"host","name":"Host","self":23,"model":2,"context":8,"compute":12}]}}'
)
_OLD = (
    "load_tensors:        CUDA0 model buffer size =   600.50 MiB",
    "load_tensors:   CPU_Mapped model buffer size =   163.50 MiB",
    "llama_kv_cache:        CPU KV buffer size =   288.00 MiB",
    "llama_kv_cache:        CPU KV buffer size =    12.00 MiB",
    "llama_memory_recurrent: CPU RS buffer size =     4.00 MiB",
    "sched_reserve:        CPU compute buffer size =    99.00 MiB",
    "sched_reserve:      CUDA0 compute buffer size =    50.00 MiB",
    "sched_reserve:        CPU compute buffer size =    23.00 MiB",
)


def _read(*lines: str, on_gpus: bool = False) -> ModelMemory | None:
    memory = MemoryLines()
    for line in lines:
        memory = memory.take(line)
    return memory.sum_up(on_gpus=on_gpus)


def test_one_line_of_json_tells_it_all_and_counts_before_what_repeats_it() -> None:
    whole = ModelMemory(weights=602 * _MEGA, kv_cache=208 * _MEGA, compute=112 * _MEGA)
    assert _read(_BREAKDOWN) == whole
    assert _read(_OLD[0], _BREAKDOWN, *_OLD) == whole


def test_the_buffers_of_older_builds_are_added_up_and_what_is_reserved_again_counts_once() -> None:
    assert _read(*_OLD) == ModelMemory(
        weights=764 * _MEGA, kv_cache=304 * _MEGA, compute=73 * _MEGA
    )


def test_what_is_on_gpus_is_told_apart() -> None:
    on_gpu = ModelMemory(weights=600 * _MEGA, kv_cache=200 * _MEGA, compute=100 * _MEGA)
    assert _read(_BREAKDOWN, on_gpus=True) == on_gpu
    pinned = "sched_reserve:  CUDA_Host compute buffer size =    16.00 MiB"
    on_gpu = ModelMemory(weights=int(600.5 * _MEGA), kv_cache=0, compute=50 * _MEGA)
    assert _read(*_OLD, pinned, on_gpus=True) == on_gpu
    assert _read(_OLD[1], on_gpus=True) == ModelMemory()


def test_of_several_plans_that_were_tried_only_the_buffers_tell_which_was_taken() -> None:
    other = _BREAKDOWN.replace('"model":600', '"model":300')
    assert _read(_BREAKDOWN, _BREAKDOWN) is not None
    assert _read(_BREAKDOWN, other) is None
    assert _read(_BREAKDOWN, other, *_OLD) == _read(*_OLD)


def test_nothing_told_is_not_nothing_taken() -> None:
    assert _read("srv  init: model loaded") is None
    assert _read('{"type":"fit_memory_breakdown","data":{"rows":[{"name":"x"}]}}') is None
