"""What a model takes of memory, and whether it fits: of models whose sizes are known."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from llama_desktop.domain.fit import GpuMemory, MachineState, MemoryEstimate, Verdict
from llama_desktop.domain.llama import (
    CacheType,
    EngineTraits,
    FlashAttention,
    LoadMode,
    ServerConfig,
)
from llama_desktop.domain.model_facts import (
    AttentionShape,
    ModelFacts,
    ModelKind,
    ModelWeights,
    Recurrence,
)
from llama_desktop.services.models.fit import FitQuestion, estimate, limit_context
from llama_desktop.services.models.kv_cache import CacheShape, size_layers
from llama_desktop.services.models.lesson import Lesson

_GIB = 1024**3
_MIB = 1024**2
_PATH = Path("/m/model.gguf")
_ATTENTION = AttentionShape(kv_heads=(8,) * 32, key_length=128, value_length=128)
_FACTS = ModelFacts(
    kind=ModelKind.MODEL,
    context_length=131_072,
    layer_count=32,
    embedding_length=4096,
    feed_forward_length=14_336,
    head_count=32,
    attention=_ATTENTION,
    weights=ModelWeights(layers=(128 * _MIB,) * 32, input=300 * _MIB, output=400 * _MIB),
)
"""Shaped like an 8B of the llama family at four bits."""


def _shape(
    context_size: int = 8192,
    *,
    slots: int = 1,
    unified: bool = True,
    key_type: CacheType = CacheType.F16,
    value_type: CacheType = CacheType.F16,
) -> CacheShape:
    return CacheShape(context_size, slots, unified, 512, key_type, value_type)


def _machine(ram: int = 32 * _GIB, *vram: int) -> MachineState:
    gpus = tuple(GpuMemory(name="card", total_bytes=2 * free, free_bytes=free) for free in vram)
    return MachineState(ram_total_bytes=ram, ram_free_bytes=ram, threads=8, gpus=gpus)


def _estimate(
    machine: MachineState,
    *,
    facts: ModelFacts = _FACTS,
    context_size: int | None = 8192,
    gpu_layers: int | None = None,
    flash_attention: FlashAttention | None = None,
) -> MemoryEstimate:
    config = ServerConfig(
        model_path=_PATH,
        context_size=context_size,
        gpu_layers=gpu_layers,
        flash_attention=flash_attention,
    )
    return estimate(FitQuestion(config, facts, 0, machine, Lesson(30 * _MIB, 320 * _MIB), 0))


def test_memory_that_the_gpu_shares_with_the_processor_counts_once() -> None:
    apart = _machine(9 * _GIB, 8 * _GIB)
    (gpu,) = apart.gpus
    shared = replace(apart, gpus=(replace(gpu, shares_ram=True),))
    assert _estimate(apart).verdict is Verdict.GPU
    assert _estimate(shared).ram.total + _estimate(shared).gpu.total < 9 * _GIB
    assert _estimate(shared).verdict is Verdict.GPU
    tight = replace(shared, ram_free_bytes=4 * _GIB)
    assert _estimate(replace(tight, gpus=apart.gpus)).verdict is Verdict.GPU
    assert _estimate(tight).verdict is Verdict.TOO_LARGE


def test_the_cache_of_grouped_heads_is_as_large_as_the_engine_makes_it() -> None:
    assert sum(size_layers(_ATTENTION, _shape())) == 1 * _GIB


def test_the_types_of_keys_and_values_count_each_for_itself() -> None:
    halved = _shape(key_type=CacheType.Q8_0)

    assert sum(size_layers(_ATTENTION, halved)) == _GIB // 2 + _GIB // 2 * 34 // 64


def test_layers_with_a_sliding_window_keep_the_window_and_a_batch() -> None:
    attention = AttentionShape(
        kv_heads=(8, 8), key_length=128, value_length=128, window=1024, window_layers=(0,)
    )
    windowed, whole = size_layers(attention, _shape(32_768))

    assert (windowed, whole) == ((1024 + 512) * 4096, 32_768 * 4096)
    assert attention.forgets
    assert not _ATTENTION.forgets


def test_a_recurrent_layer_has_a_state_for_each_slot_whatever_the_context() -> None:
    attention = AttentionShape(
        kv_heads=(0, 8),
        key_length=128,
        value_length=128,
        recurrence=Recurrence(layers=(0,), bytes_per_layer=1000),
    )

    assert size_layers(attention, _shape(256, slots=4, unified=False))[0] == 4000


def test_without_a_gpu_a_model_is_in_ram_or_does_not_fit() -> None:
    fits, full = _estimate(_machine(16 * _GIB)), _estimate(_machine(4 * _GIB))

    assert (fits.verdict, fits.gpu_layers, fits.gpu_bytes) == (Verdict.RAM, 0, 0)
    assert fits.ram.weights == _FACTS.weights.total
    assert full.verdict is Verdict.TOO_LARGE


def test_with_room_for_all_the_model_is_on_the_gpu() -> None:
    found = _estimate(_machine(32 * _GIB, 12 * _GIB))

    assert (found.verdict, found.gpu_layers, found.layer_count) == (Verdict.GPU, 33, 33)
    assert found.ram.weights == _FACTS.weights.input


def test_with_less_room_as_many_layers_go_there_as_fit() -> None:
    found = _estimate(_machine(32 * _GIB, 5 * _GIB))
    more = _estimate(_machine(32 * _GIB, 5 * _GIB), gpu_layers=found.gpu_layers + 1)

    assert found.verdict is Verdict.PARTLY
    assert 0 < found.gpu_layers < 33
    assert found.gpu_bytes <= 4 * _GIB < more.gpu_bytes


def test_two_gpus_count_together_and_each_has_its_own_working_space() -> None:
    both = _estimate(_machine(32 * _GIB, 5 * _GIB, 5 * _GIB))
    one = _estimate(_machine(32 * _GIB, 10 * _GIB))
    beside_a_full_one = _estimate(_machine(32 * _GIB, 10 * _GIB, _GIB // 2))

    assert (both.verdict, one.verdict) == (Verdict.GPU, Verdict.GPU)
    assert both.gpu.compute == 2 * one.gpu.compute
    assert beside_a_full_one.gpu.compute == one.gpu.compute


@pytest.mark.parametrize(
    ("context_size", "on_gpu", "in_ram"), [(4096, 112, 20), (32_768, 140, 48), (131_072, 236, 144)]
)
def test_the_working_space_of_a_gpu_is_what_an_engine_reported_of_one(
    context_size: int, on_gpu: int, in_ram: int
) -> None:
    """As CUDA on an H100 reported of a model of this shape, in MiB."""
    found = _estimate(_machine(64 * _GIB, 80 * _GIB), context_size=context_size)

    assert found.gpu.compute == pytest.approx(on_gpu * _MIB, rel=0.05)
    assert found.ram.compute == pytest.approx(in_ram * _MIB, rel=0.01)


def test_an_engine_made_for_a_gpu_takes_some_of_it_also_without_a_layer() -> None:
    found = _estimate(_machine(32 * _GIB, 12 * _GIB), gpu_layers=0)

    assert (found.verdict, found.gpu.weights, found.gpu.kv_cache) == (Verdict.RAM, 0, 0)
    assert found.gpu.overhead == 320 * _MIB
    assert found.gpu.compute > 0


def test_layers_that_were_chosen_and_do_not_fit_are_too_large() -> None:
    found = _estimate(_machine(32 * _GIB, 3 * _GIB), gpu_layers=33)

    assert found.verdict is Verdict.TOO_LARGE


def test_a_context_left_to_the_engine_is_what_fits() -> None:
    roomy, tight = (_estimate(_machine(ram * _GIB), context_size=None) for ram in (64, 8))

    assert roomy.context_size == 131_072
    assert 4096 <= tight.context_size < 131_072
    assert tight.verdict is Verdict.RAM


def _leave_context(
    machine: MachineState, facts: ModelFacts = _FACTS, **options: int | None
) -> FitQuestion:
    config = ServerConfig(model_path=_PATH, **options)  # type: ignore[arg-type]
    return FitQuestion(config, facts, 0, machine, Lesson(30 * _MIB), 0)


def _with_free_ram(machine: MachineState, free: int) -> MachineState:
    return replace(machine, ram_free_bytes=free)


def test_where_all_ram_is_not_enough_the_context_is_what_the_engine_takes() -> None:
    """As it said on a machine of 24,105 MiB of a model of 24 layers, of 262,144 tokens: 242,944."""
    facts = ModelFacts(
        kind=ModelKind.MODEL,
        context_length=262_144,
        layer_count=24,
        embedding_length=256,
        feed_forward_length=512,
        attention=AttentionShape(kv_heads=(8,) * 24, key_length=128, value_length=128),
        weights=ModelWeights(layers=(_MIB,) * 24, input=5 * _MIB, output=5 * _MIB),
    )
    question = _leave_context(_machine(24_105 * _MIB), facts)

    assert estimate(question).context_size == pytest.approx(242_944, rel=0.01)
    assert limit_context(question) is None


def test_the_engine_is_told_a_context_only_where_it_would_take_more_ram_than_is_free() -> None:
    roomy = _machine(64 * _GIB)
    tight = _with_free_ram(roomy, 12 * _GIB)

    assert limit_context(_leave_context(roomy)) is None
    assert limit_context(_leave_context(tight, context_size=65_536)) is None
    limited = limit_context(_leave_context(tight))
    assert limited is not None
    assert 4096 < limited < 131_072
    assert limited % 256 == 0
    found = estimate(_leave_context(tight))
    assert (found.verdict, found.context_size) == (Verdict.RAM, limited)
    more = estimate(_leave_context(tight, context_size=limited + 256))
    assert found.ram_bytes <= 11 * _GIB < more.ram_bytes
    largest = estimate(_leave_context(tight, context_size=2 * limited))
    assert largest.verdict is Verdict.TOO_LARGE


def test_beside_a_gpu_the_engine_looks_at_no_ram() -> None:
    """Half of the layers were chosen, and the GPU has room for their whole context."""
    machine = _machine(64 * _GIB, 80 * _GIB)
    chosen = {"gpu_layers": 16}

    assert limit_context(_leave_context(machine, **chosen)) is None
    assert estimate(_leave_context(machine, **chosen)).context_size == 131_072
    limited = limit_context(_leave_context(_with_free_ram(machine, 8 * _GIB), **chosen))
    assert limited is not None
    assert limited < 131_072


def test_on_a_gpu_the_context_shrinks_before_layers_leave_it() -> None:
    found = estimate(_leave_context(_machine(64 * _GIB, 12 * _GIB)))

    assert (found.verdict, found.gpu_layers) == (Verdict.GPU, 33)
    assert 4096 < found.context_size < 131_072
    assert found.gpu_bytes == pytest.approx(11 * _GIB, rel=0.01)


def test_slots_that_were_asked_for_have_a_whole_context_each() -> None:
    assert estimate(_leave_context(_machine(200 * _GIB), parallel=3)).context_size == 3 * 131_072
    limited = limit_context(
        _leave_context(_with_free_ram(_machine(200 * _GIB), 12 * _GIB), parallel=3)
    )
    assert limited is not None
    assert limited % (3 * 256) == 0


def test_where_nothing_fits_the_least_is_asked_for() -> None:
    question = _leave_context(_with_free_ram(_machine(64 * _GIB), 2 * _GIB))

    assert limit_context(question) == 4096
    assert estimate(question).verdict is Verdict.TOO_LARGE


def test_without_flash_attention_the_working_space_grows() -> None:
    plain = _estimate(_machine(), flash_attention=FlashAttention.OFF)

    assert plain.ram.compute > 5 * _estimate(_machine()).ram.compute


def _describe_experts(
    embedding: int, layers: int, key_heads: int, experts: int, used: int, length: int, words: int
) -> ModelFacts:
    """A model of the kind with experts, at eight bits; each head has 128 numbers."""

    def packed(count: int) -> int:
        return count // 32 * 34

    expert = 3 * packed(experts * embedding * length)
    other = 2 * packed(32 * 128 * embedding) + 2 * packed(key_heads * 128 * embedding)
    return ModelFacts(
        kind=ModelKind.MODEL,
        context_length=40_960,
        layer_count=layers,
        embedding_length=embedding,
        feed_forward_length=6144,
        head_count=32,
        expert_count=experts,
        experts_used=used,
        expert_length=length,
        attention=AttentionShape(kv_heads=(key_heads,) * layers, key_length=128, value_length=128),
        weights=ModelWeights(
            layers=(expert + other,) * layers,
            experts=(expert,) * layers,
            input=words * embedding * 2,
            output=words * embedding * 2,
        ),
    )


_MANY = _describe_experts(2048, 24, 4, experts=64, used=8, length=768, words=151_936)
_LARGE = _describe_experts(4096, 8, 8, experts=32, used=4, length=2048, words=64_000)


def _estimate_experts(facts: ModelFacts, free: int, **options: int | None) -> MemoryEstimate:
    config = ServerConfig(model_path=_PATH, **options)  # type: ignore[arg-type]
    machine = _machine(100 * _GIB, free * _MIB)
    lesson = Lesson((16 + 340) * _MIB, 600 * _MIB)
    return estimate(FitQuestion(config, facts, 0, machine, lesson, 0))


@pytest.mark.parametrize(
    ("facts", "context_size", "gpu_layers", "in_ram", "on_gpu", "ram"),
    [
        (_MANY, 8192, None, None, 9474, 985),
        (_MANY, 8192, None, 24, 2210, 8803),
        (_MANY, 8192, None, 12, 5880, 4895),
        (_MANY, 8192, 12, None, 5126, 5427),
        (_MANY, 8192, 12, 24, 1762, 9009),
        (_MANY, 40_960, None, 24, 3778, 8836),
        (_LARGE, 8192, None, None, 8314, 873),
        (_LARGE, 8192, None, 8, 2042, 7747),
        (_LARGE, 65_536, None, 8, 3890, 7806),
        (_LARGE, 8192, 4, None, 4130, 5330),
    ],
)
def test_a_model_of_experts_takes_what_one_took_on_a_real_card(
    facts: ModelFacts,
    context_size: int,
    gpu_layers: int | None,
    in_ram: int | None,
    on_gpu: int,
    ram: int,
) -> None:
    """As NVML and the kernel told of a llama-server on an H100, in MiB."""
    found = _estimate_experts(
        facts,
        80_000,
        context_size=context_size,
        gpu_layers=gpu_layers,
        expert_layers_in_ram=in_ram,
    )

    assert found.gpu_bytes == pytest.approx(on_gpu * _MIB, rel=0.02)
    assert found.ram_bytes + found.mapped_bytes == pytest.approx(ram * _MIB, rel=0.025)


@pytest.mark.parametrize(
    ("free", "layers", "in_ram", "on_gpu"), [(5898, 25, 16, 4876), (3998, 25, 22, 2926)]
)
def test_where_not_all_fits_experts_stay_in_ram_before_layers_do(
    free: int, layers: int, in_ram: int, on_gpu: int
) -> None:
    """As the engine itself chose on that card, other programs having left so many MiB."""
    found = _estimate_experts(_MANY, free, context_size=8192)

    assert (found.verdict, found.gpu_layers) == (Verdict.PARTLY, layers)
    assert found.expert_layers_in_ram == in_ram
    assert found.gpu_bytes == pytest.approx(on_gpu * _MIB, rel=0.03)


def test_where_not_even_the_rest_fits_layers_stay_in_ram_too() -> None:
    some = _estimate_experts(_MANY, 2700, context_size=8192)
    none = _estimate_experts(_MANY, 2298, context_size=8192)

    assert 1 < some.gpu_layers < 25
    assert some.expert_layers_in_ram == some.gpu_layers - 1
    assert (none.verdict, none.gpu_layers) == (Verdict.RAM, 0)


def test_an_engine_that_cannot_keep_experts_in_ram_leaves_layers_there() -> None:
    config = ServerConfig(model_path=_PATH, context_size=8192)
    question = FitQuestion(config, _MANY, 0, _machine(100 * _GIB, 3998 * _MIB), Lesson(0), 0)
    found = estimate(replace(question, engine=EngineTraits(keeps_experts=False)))

    assert 0 < found.gpu_layers < 25
    assert found.expert_layers_in_ram == 0


def test_flash_attention_counts_as_off_where_the_engine_needs_to_be_told() -> None:
    question = _leave_context(_machine(64 * _GIB), context_size=8192)
    slow = EngineTraits(attends_fast=False)
    off = replace(question.config, flash_attention=FlashAttention.OFF)
    on = replace(question.config, flash_attention=FlashAttention.ON)

    untold = estimate(replace(question, engine=slow)).ram.compute
    assert untold == estimate(replace(question, config=off)).ram.compute
    assert estimate(replace(question, config=on, engine=slow)).ram.compute < untold


def test_experts_that_were_chosen_leave_the_layers_where_the_engine_leaves_them() -> None:
    few = _estimate_experts(_MANY, 3998, context_size=8192, expert_layers_in_ram=2)
    assert (few.verdict, few.gpu_layers) == (Verdict.TOO_LARGE, 25)


def test_with_experts_chosen_for_ram_the_context_is_what_the_rest_leaves_room_for() -> None:
    whole = _estimate_experts(_MANY, 11_500)
    spared = _estimate_experts(_MANY, 11_500, expert_layers_in_ram=24)

    assert 4096 < whole.context_size < 40_960
    assert spared.context_size == 40_960


def test_experts_in_ram_count_also_where_the_engines_own_words_say_so() -> None:
    def say(*words: str) -> int:
        config = ServerConfig(model_path=_PATH, context_size=8192, extra_arguments=words)
        machine = _machine(100 * _GIB, 80 * _GIB)
        return estimate(FitQuestion(config, _MANY, 0, machine, Lesson(0), 0)).expert_layers_in_ram

    assert (say("--cpu-moe"), say("-ncmoe", "7"), say("--n-cpu-moe", "x"), say()) == (24, 7, 0, 0)


@pytest.mark.parametrize("mode", [LoadMode.NONE, LoadMode.MLOCK])
def test_what_lies_in_the_file_among_the_experts_counts_as_it_is_loaded(mode: LoadMode) -> None:
    config = ServerConfig(
        model_path=_PATH, context_size=8192, expert_layers_in_ram=24, load_mode=mode
    )
    found = estimate(FitQuestion(config, _MANY, 0, _machine(100 * _GIB, 80 * _GIB), Lesson(0), 0))
    usual = _estimate_experts(_MANY, 80_000, context_size=8192, expert_layers_in_ram=24)

    assert usual.mapped_bytes > 0
    among = usual.mapped_bytes if mode is LoadMode.MLOCK else 0
    assert found.ram.weights == usual.ram.weights + among
    assert mode is LoadMode.MLOCK or found.mapped_bytes == 0


def test_of_experts_the_layers_count_with_all_of_them() -> None:
    facts = ModelFacts(
        kind=ModelKind.MODEL,
        attention=AttentionShape(kv_heads=(1,), key_length=64, value_length=64),
        weights=ModelWeights(layers=(900,), experts=(800,), input=100),
    )

    assert _estimate(_machine(), facts=facts).ram.weights == 1000


@pytest.mark.parametrize(
    ("facts", "machine"),
    [
        (ModelFacts(kind=ModelKind.MODEL), _machine()),
        (_FACTS, MachineState(ram_total_bytes=None, ram_free_bytes=None, threads=1)),
    ],
)
def test_too_little_known_is_said(facts: ModelFacts, machine: MachineState) -> None:
    assert _estimate(machine, facts=facts).verdict is Verdict.UNKNOWN
