"""Says what a model takes of the machine's memory, and whether it fits. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from llama_desktop.domain.fit import MachineState, MemoryEstimate, MemoryParts, Verdict
from llama_desktop.domain.llama import (
    CacheType,
    EngineTraits,
    FlashAttention,
    LoadMode,
    ServerConfig,
)
from llama_desktop.domain.model_facts import AttentionShape, ModelFacts, ModelWeights
from llama_desktop.domain.models import MemoryMeasurement
from llama_desktop.services.models.kv_cache import CacheShape, size_layers
from llama_desktop.services.models.lesson import Lesson
from llama_desktop.services.models.spread import Spread, choose_spread, find_most
from llama_desktop.services.models.working_space import WorkingSpace, size_working_space

_MEBI: Final = 1024 * 1024
USUAL_CONTEXT: Final = 16_384
_LEAST_CONTEXT: Final = 4096
"""The engine takes no less by itself, however little fits."""
_CONTEXT_STEP: Final = 256
_AUTO_SLOTS: Final = 4
_LARGEST_BATCH: Final = 512
MARGIN: Final = 1024 * _MEBI
"""The engine leaves so much free by itself, on each GPU and in RAM."""
_RAM_MARGIN: Final = 256 * _MEBI
"""A model that leaves less than this is not called one that fits."""
GPU_OVERHEAD: Final = 600 * _MEBI
"""What a driver takes for itself in every process, on each GPU: as measured with CUDA 13 on a card
with 132 multiprocessors, where it is 590; a smaller card has less."""
DRIVER_OVERHEAD: Final = 340 * _MEBI
"""What it takes in RAM, likewise: 280 to 375."""
EMBEDDED_OVERHEAD: Final = 28 * _MEBI
EXTERNAL_OVERHEAD: Final = 16 * _MEBI


class FitQuestion(Struct, frozen=True):
    """All that the answer follows from."""

    config: ServerConfig
    facts: ModelFacts
    projector_bytes: int
    machine: MachineState
    lesson: Lesson
    prompt_cache_bytes: int
    engine: EngineTraits = EngineTraits()
    measured: MemoryMeasurement | None = None
    """Of this config; it is shown beside the estimate."""


class _Plan(Struct, frozen=True):
    question: FitQuestion
    attention: AttentionShape
    context: int
    cache: tuple[int, ...]
    space: WorkingSpace

    @property
    def layer_count(self) -> int:
        return len(self.question.facts.weights.layers) + 1


def estimate(question: FitQuestion) -> MemoryEstimate:
    """What loading would take, and where the model would lie."""
    attention = question.facts.attention
    if attention is None or question.machine.ram_free_bytes is None:
        return _unknown(question)
    wanted = question.config.context_size
    if wanted is not None:
        return _place(_plan(question, attention, wanted))
    context = _choose_as_engine(question, attention)
    return _place(_plan(question, attention, _limit(question, attention, context)))


def limit_context(question: FitQuestion) -> int | None:
    """The context to be asked for; None: the engine may choose, for it takes no more than there is.

    It takes all RAM for free, and looks at none where there is a GPU.
    """
    attention = question.facts.attention
    if attention is None or question.machine.ram_free_bytes is None:
        return None
    if question.config.context_size is not None:
        return None
    context = _choose_as_engine(question, attention)
    limited = _limit(question, attention, context)
    return None if limited == context else limited


def _choose_as_engine(question: FitQuestion, attention: AttentionShape) -> int:
    """All of the trained context if it fits, else as much as does, but no less than 4096 a slot.

    For an engine that does not, the app does. What is looked at is the GPU with what was chosen for
    it, or with all layers; without one, RAM.
    """
    machine, config = question.machine, question.config
    least, most = _bound_context(question)

    def size(context: int) -> int:
        plan = _plan(question, attention, context)
        if machine.gpus:
            return _share(plan, _choose(plan, lambda _: True))[0].total
        return _share(plan, Spread(0))[1].total

    room = (machine.ram_total_bytes or 0) - MARGIN
    if machine.gpus:
        room = _count_gpu_room(machine)
    at_most, at_least = size(most), size(least)
    if at_most <= room or at_least >= at_most:
        return most
    between = (most - least) * (room - at_least) // (at_most - at_least)
    return max(least, _round_down(least + between, config))


def _bound_context(question: FitQuestion) -> tuple[int, int]:
    """Of slots that were asked for, each has its own context."""
    slots = question.config.parallel or 1
    most = (question.facts.context_length or _LEAST_CONTEXT) * slots
    return min(_LEAST_CONTEXT * slots, most), most


def _round_down(context: int, config: ServerConfig) -> int:
    step = _CONTEXT_STEP * (config.parallel or 1)
    return context // step * step


def _limit(question: FitQuestion, attention: AttentionShape, context: int) -> int:
    """As much of it as RAM has room for with as much left free as the engine leaves."""

    def fits(tokens: int) -> bool:
        found = _place(_plan(question, attention, tokens))
        return not _is_ram_full(question.machine, found.gpu, found.ram, margin=MARGIN)

    if fits(context):
        return context
    least, _ = _bound_context(question)
    step = _CONTEXT_STEP * (question.config.parallel or 1)
    steps = find_most((context - least) // step, lambda count: fits(least + count * step))
    return least + steps * step


def _plan(question: FitQuestion, attention: AttentionShape, context: int) -> _Plan:
    config = question.config
    slots = config.parallel or _AUTO_SLOTS
    flash_attention = config.flash_attention
    if not question.engine.attends_fast and flash_attention is not FlashAttention.ON:
        flash_attention = FlashAttention.OFF
    batch = min(config.batch_size or _LARGEST_BATCH, _LARGEST_BATCH)
    shape = CacheShape(
        context_size=context,
        slots=slots,
        unified=config.parallel is None,
        batch_size=batch,
        key_type=config.cache_type_k or CacheType.F16,
        value_type=config.cache_type_v or CacheType.F16,
    )
    factor = question.lesson.compute_factor
    return _Plan(
        question,
        attention,
        context,
        tuple(int(size * question.lesson.kv_factor) for size in size_layers(attention, shape)),
        size_working_space(question.facts, attention, shape, flash_attention, factor),
    )


def _place(plan: _Plan) -> MemoryEstimate:
    """Put as much on the GPU as was chosen, or as fits."""
    machine = plan.question.machine
    spread = _spread(plan)
    gpu, ram = _share(plan, spread)
    is_full = gpu.total > sum(one.free_bytes for one in machine.gpus)
    is_full = is_full or _is_ram_full(machine, gpu, ram, margin=_RAM_MARGIN)
    return _answer(plan, spread, gpu, ram, _judge(plan, spread, is_full))


def _is_ram_full(machine: MachineState, gpu: MemoryParts, ram: MemoryParts, *, margin: int) -> bool:
    shared = gpu.total if any(one.shares_ram for one in machine.gpus) else 0
    return ram.total + shared + margin > (machine.ram_free_bytes or 0)


def _count_gpu_room(machine: MachineState) -> int:
    return sum(max(0, gpu.free_bytes - MARGIN) for gpu in machine.gpus)


def _judge(plan: _Plan, spread: Spread, is_full: bool) -> Verdict:
    if is_full:
        return Verdict.TOO_LARGE
    if spread.layers == 0:
        return Verdict.RAM
    is_split = spread.layers < plan.layer_count or spread.list_split(plan.question.facts.weights)
    return Verdict.PARTLY if is_split else Verdict.GPU


def _spread(plan: _Plan) -> Spread:
    question = plan.question
    if not question.machine.gpus:
        return Spread(0)
    room = _count_gpu_room(question.machine)
    return _choose(plan, lambda spread: _share(plan, spread)[0].total <= room)


def _choose(plan: _Plan, fits: Callable[[Spread], bool]) -> Spread:
    question = plan.question
    return choose_spread(
        question.config,
        question.facts.weights,
        fits,
        keeps_experts=question.engine.keeps_experts,
    )


def _share(plan: _Plan, spread: Spread) -> tuple[MemoryParts, MemoryParts]:
    """What is on the GPU and what in RAM."""
    question = plan.question
    weights, space = question.facts.weights, plan.space
    overhead = question.lesson.overhead_bytes
    if spread.layers == 0:
        gpu = _size_idle_gpus(plan)
        return gpu, MemoryParts(
            weights=weights.total,
            kv_cache=sum(plan.cache),
            compute=space.processor if gpu.total == 0 else space.input,
            projector=question.projector_bytes,
            overhead=overhead,
        )
    first = spread.find_first(weights)
    experts = spread.size_kept(weights)
    on_all = space.split if experts else space.gpu
    used = sum(one.free_bytes > MARGIN for one in question.machine.gpus)
    cache = sum(plan.cache[first:])
    gpu = MemoryParts(
        weights=sum(weights.layers[first:]) - experts + _size_output(weights),
        kv_cache=cache,
        compute=(space.mixed if first > 0 else on_all) * max(1, used),  # each GPU has its own
        projector=question.projector_bytes,
        overhead=question.lesson.gpu_overhead_bytes,
    )
    locked = _size_mapped(plan, spread) if question.config.load_mode is LoadMode.MLOCK else 0
    ram = MemoryParts(
        weights=sum(weights.layers[:first]) + experts + weights.input + weights.other + locked,
        kv_cache=sum(plan.cache) - cache,
        compute=space.input,
        overhead=overhead,
    )
    return gpu, ram


def _size_mapped(plan: _Plan, spread: Spread) -> int:
    """What of the GPU's layers lies in the file before the last experts that are in RAM.

    From there on the engine lets go of the file.
    """
    weights = plan.question.facts.weights
    split = spread.list_split(weights)
    if not split or plan.question.config.load_mode is LoadMode.NONE:
        return 0
    seen = sum(weights.layers[spread.find_first(weights) : split[-1] + 1])
    return seen - spread.size_kept(weights)


def _size_idle_gpus(plan: _Plan) -> MemoryParts:
    """An engine that was built for a GPU starts its driver, and computes large batches there.

    Where there is no room for that, it is started without.
    """
    gpus = plan.question.machine.gpus
    overhead = plan.question.lesson.gpu_overhead_bytes
    needed = MemoryParts(compute=plan.space.mixed, overhead=overhead)
    if any(one.shares_ram for one in gpus) or needed.total > sum(one.free_bytes for one in gpus):
        return MemoryParts()
    return needed


def _size_output(weights: ModelWeights) -> int:
    """Without an output of its own a model's embeddings are copied to serve as one."""
    return weights.output if weights.output > weights.input // 8 else weights.output + weights.input


def _answer(
    plan: _Plan, spread: Spread, gpu: MemoryParts, ram: MemoryParts, verdict: Verdict
) -> MemoryEstimate:
    question = plan.question
    return MemoryEstimate(
        path=question.config.model_path,
        verdict=verdict,
        context_size=plan.context,
        layer_count=plan.layer_count,
        gpu_layers=spread.layers,
        expert_layers_in_ram=len(spread.list_split(question.facts.weights)),
        gpu=gpu,
        ram=ram,
        gpu_bytes=gpu.total,
        ram_bytes=ram.total,
        gpu_free_bytes=sum(one.free_bytes for one in question.machine.gpus),
        ram_free_bytes=question.machine.ram_free_bytes or 0,
        mapped_bytes=_size_mapped(plan, spread),
        prompt_cache_bytes=question.prompt_cache_bytes,
        measured=question.measured,
    )


def _unknown(question: FitQuestion) -> MemoryEstimate:
    ram = MemoryParts(
        weights=question.facts.weights.total,
        projector=question.projector_bytes,
        overhead=question.lesson.overhead_bytes,
    )
    return MemoryEstimate(
        path=question.config.model_path,
        verdict=Verdict.UNKNOWN,
        context_size=question.config.context_size or 0,
        layer_count=question.facts.layer_count + 1,
        gpu_layers=0,
        expert_layers_in_ram=0,
        gpu=MemoryParts(),
        ram=ram,
        gpu_bytes=0,
        ram_bytes=ram.total,
        gpu_free_bytes=sum(one.free_bytes for one in question.machine.gpus),
        ram_free_bytes=question.machine.ram_free_bytes or 0,
        mapped_bytes=0,
        prompt_cache_bytes=question.prompt_cache_bytes,
        measured=question.measured,
    )
