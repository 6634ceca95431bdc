"""Why a server failed: a labelled set of what real engines have said, and what must not mislead."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from llama_desktop.domain.failure import (
    Ending,
    FailureCause,
    FindModel,
    LoadAgain,
    LoadOther,
    LoadWithContext,
    LoadWithExpertsInRam,
    LoadWithLayers,
    ServerFailure,
    UseBuiltInEngine,
)
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.services.llama.diagnosis.diagnose import diagnose, is_port_taken
from llama_desktop.services.llama.diagnosis.evidence import (
    Evidence,
    FileFacts,
    Fit,
    MemoryFacts,
)

SAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "samples" / "failures.json").read_text()
)
CONFIG = ServerConfig(model_path=Path("/m/llama.gguf"))
UNSURE = {FailureCause.UNKNOWN, FailureCause.CRASHED, FailureCause.GAVE_UP, FailureCause.ENDED}
"""Causes that claim no more than what was seen."""


def ending_of(sample: dict[str, Any]) -> Ending:
    rest = {name: value for name, value in sample.items() if name not in ("name", "cause")}
    return msgspec.convert({"command": ["llama-server"], "time": 1.0, **rest}, Ending)


def judge(ending: Ending, **known: Any) -> ServerFailure:
    return diagnose(
        Evidence(**{"ending": ending, "config": CONFIG, "model_name": "Llama", **known})
    )


def say(*lines: str, exit_code: int = 1, while_loading: bool = True, **more: Any) -> Ending:
    return Ending(exit_code=exit_code, while_loading=while_loading, lines=lines, time=1.0, **more)


def test_how_it_ended_is_told_once() -> None:
    for sample in SAMPLES:
        failure = judge(ending_of(sample))
        assert failure.exit_words is None or failure.exit_words not in failure.message


def test_at_least_95_percent_of_the_set_are_named_right_and_none_is_confidently_wrong() -> None:
    assert len(SAMPLES) > 150
    wrong = {
        sample["name"]: (sample["cause"], str(found))
        for sample in SAMPLES
        if (found := judge(ending_of(sample)).cause) != sample["cause"]
    }
    assert len(wrong) <= 0.05 * len(SAMPLES), wrong
    assert not {name for name, (_, found) in wrong.items() if FailureCause(found) not in UNSURE}


def test_the_set_has_every_cause_that_an_ending_can_have() -> None:
    told_otherwise = {FailureCause.ENGINE_MISSING, FailureCause.APP_DEFECT}
    assert {sample["cause"] for sample in SAMPLES} == set(FailureCause) - told_otherwise


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample["name"] for sample in SAMPLES])
def test_every_failure_is_told_in_whole_sentences_and_with_something_to_do(
    sample: dict[str, Any],
) -> None:
    failure = judge(ending_of(sample))
    assert failure.message.endswith(".")
    assert not {"{", "}", "  "} & set(failure.message)
    assert failure.headline
    assert failure.actions
    assert len(set(map(repr, failure.actions))) == len(failure.actions)


def test_unknown_comes_with_the_evidence() -> None:
    failure = judge(say("0.00.1 I srv: hello", exit_code=3, while_loading=False))
    assert failure.cause is FailureCause.UNKNOWN
    assert failure.exit_words == "exit code 3"
    assert failure.log_tail == ("0.00.1 I srv: hello",)


GPU_OUT = (
    "using device CUDA0 (NVIDIA GeForce RTX 4070) - 11345 MiB free",
    "load_tensors: offloaded 41/41 layers to GPU",
    "ggml_backend_cuda: allocating 13302.36 MiB on device 0: cudaMalloc failed: out of memory",
    "alloc_tensor_range: failed to allocate CUDA0 buffer of size 13948534784",
)


def test_what_was_asked_for_and_what_was_free_is_told() -> None:
    message = judge(say(*GPU_OUT)).message
    assert "13.9 GB in one piece" in message
    assert "11.9 GB of GPU memory was free" in message


def test_the_layers_that_fit_come_from_the_estimate_where_there_is_one() -> None:
    failure = judge(say(*GPU_OUT), fit=Fit(gpu_layers=21, layers=41))
    assert failure.actions[0] == LoadWithLayers(gpu_layers=21, layers=41)


def test_without_an_estimate_the_layers_are_in_proportion_to_what_was_free() -> None:
    action = judge(say(*GPU_OUT)).actions[0]
    assert action == LoadWithLayers(gpu_layers=31, layers=41)


def test_nothing_is_invented_where_nothing_is_known() -> None:
    failure = judge(say("E x: cudaMalloc failed: out of memory"))
    layers = [each for each in failure.actions if isinstance(each, LoadWithLayers)]
    assert layers == [LoadWithLayers(gpu_layers=0)]
    assert not any(isinstance(each, LoadWithContext) for each in failure.actions)


def test_what_was_tried_is_not_offered_again() -> None:
    config = ServerConfig(model_path=Path("a.gguf"), gpu_layers=20, context_size=2048)
    failure = judge(say(*GPU_OUT), config=config, fit=Fit(gpu_layers=30, layers=41))
    assert not any(
        isinstance(each, LoadWithLayers) and each.gpu_layers >= 20 for each in failure.actions
    )
    assert not any(isinstance(each, LoadWithContext) for each in failure.actions)


@pytest.mark.parametrize(
    ("fault", "line", "code", "cause"),
    [
        ("model_damaged", "terminate called: std::bad_alloc", 1, "model_damaged"),
        ("model_damaged", "", -6, "model_damaged"),
        ("model_damaged", "", 1, "model_damaged"),
        ("model_cut_off", "", -7, "model_cut_off"),
        ("model_cut_off", "terminate called: std::bad_alloc", 1, "memory_out"),
        ("model_damaged", "E x: couldn't bind", 1, "port_taken"),
        (None, "", -6, "gave_up"),
    ],
)
def test_what_is_wrong_with_the_file_explains_what_the_engine_leaves_open(
    fault: str | None, line: str, code: int, cause: str
) -> None:
    file = FileFacts(fault=None if fault is None else FailureCause(fault))
    assert judge(say(line, exit_code=code), file=file).cause == cause
    running = say(line, exit_code=code, while_loading=False)
    assert judge(running, file=file).cause != fault


def test_experts_go_to_ram_before_layers_do() -> None:
    fit = Fit(gpu_layers=25, layers=25, expert_layers_in_ram=16)
    failure = judge(say(*GPU_OUT), fit=fit)
    assert failure.actions[0] == LoadWithExpertsInRam(expert_layers_in_ram=16, layers=24)
    assert not any(
        isinstance(each, LoadWithLayers) and each.gpu_layers > 0 for each in failure.actions
    )


def test_experts_that_were_in_ram_already_are_not_offered_again() -> None:
    config = ServerConfig(model_path=Path("a.gguf"), expert_layers_in_ram=20)
    fit = Fit(gpu_layers=25, layers=25, expert_layers_in_ram=16)
    actions = judge(say(*GPU_OUT), config=config, fit=fit).actions
    assert not any(isinstance(each, LoadWithExpertsInRam) for each in actions)


def test_no_context_is_offered_where_the_weights_alone_are_too_much() -> None:
    fit = Fit(gpu_layers=13, layers=33, context_tried=131_072, context_size=None)
    config = ServerConfig(model_path=Path("a.gguf"), gpu_layers=33, context_size=131_072)
    actions = judge(say(*GPU_OUT), config=config, fit=fit).actions
    assert actions[0] == LoadWithLayers(gpu_layers=13, layers=33)
    assert not any(isinstance(each, LoadWithContext) for each in actions)


def test_a_smaller_context_is_computed_from_what_a_token_takes() -> None:
    ending = say(
        "llama_context: n_ctx         = 131072",
        "llama_kv_cache: size = 16384.00 MiB ( 131072 cells, 32 layers), K (f16)",
        "E alloc: failed to allocate CPU buffer of size 17179869184",
    )
    memory = MemoryFacts(machine_free_bytes=4 * 2**30, machine_total_bytes=16 * 2**30)
    action = judge(ending, memory=memory).actions[0]
    assert action == LoadWithContext(context_size=28 * 1024, instead_of=131072)


def test_a_smaller_model_that_is_here_is_offered() -> None:
    smaller = LoadOther(model_path=Path("b.gguf"), name="Gemma", size_bytes=9)
    assert smaller in judge(say(*GPU_OUT), smaller=smaller).actions


def test_a_kill_when_memory_was_nearly_gone_is_for_memory_where_the_kernel_is_silent() -> None:
    memory = MemoryFacts(was_nearly_full=True)
    silent = judge(say(exit_code=-9, while_loading=False), memory=memory)
    assert silent.cause is FailureCause.KILLED_FOR_MEMORY
    told = judge(say(exit_code=-9, while_loading=False, oom_kills=0), memory=memory)
    assert told.cause is FailureCause.KILLED


def test_what_it_needs_is_told_by_the_estimate_where_the_engine_is_silent() -> None:
    fit = Fit(needed_bytes=19_700_000_000, context_tried=32768, context_size=8192)
    failure = judge(say("terminate: what(): std::bad_alloc", exit_code=-6), fit=fit)
    assert "needs about 19.7 GB with a context of 32,768 tokens" in failure.message
    assert failure.actions[0] == LoadWithContext(context_size=8192, instead_of=32768)


def test_a_part_that_is_missing_is_named() -> None:
    failure = judge(
        say("E llama_model_load: error loading model: failed to load model"),
        file=FileFacts(missing_parts=(2,), part_count=3),
    )
    assert failure.cause is FailureCause.MODEL_PART_MISSING
    assert "Part 2 of 3 is missing." in failure.message
    assert failure.actions[0] == FindModel(query="Llama")


def test_another_engine_is_offered_only_where_there_is_another() -> None:
    line = "E error loading model: unknown model architecture: 'martian'"
    assert judge(say(line)).actions[0] == UseBuiltInEngine()
    assert UseBuiltInEngine() not in judge(say(line, is_built_in=True)).actions


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("GGUFv1 is no longer supported", "old version"),
        ("this GGUF file is version 99 but this software only supports up to version 3",
         "version 99 of GGUF"),
        ("is there a mismatch between the host and model endianness?", "another byte order"),
        ("error loading model: unknown model architecture: 'martian'", "“martian”"),
        ("error: invalid argument: --bogus", "--bogus"),
        ("x: error while loading shared libraries: libgomp.so.1: cannot open", "libgomp.so.1"),
    ],
)  # fmt: skip
def test_the_thing_itself_is_named(line: str, words: str) -> None:
    assert words in judge(say(line)).message


def test_a_kill_that_may_be_for_memory_says_so_only_where_the_kernel_is_silent() -> None:
    silent = judge(say(exit_code=-9, while_loading=False))
    told = judge(say(exit_code=-9, while_loading=False, oom_kills=0))
    assert silent.cause is told.cause is FailureCause.KILLED
    assert "want of memory" in silent.message
    assert "memory" not in told.message
    assert told.actions[0] == LoadAgain()


def test_error_lines_come_before_chatter_in_the_evidence() -> None:
    failure = judge(say("0.00.1 E srv: the reason", *["0.00.2 I srv: cleaning up"] * 20))
    assert failure.log_tail == ("0.00.1 E srv: the reason",)


def test_a_port_that_is_taken_is_recognised_before_all() -> None:
    assert is_port_taken(("E srv start: couldn't bind HTTP server socket, port: 80",))
    assert not is_port_taken(("I srv: address already in use is what would be said",))
