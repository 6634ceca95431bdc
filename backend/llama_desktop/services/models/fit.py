"""Says what a model takes of the machine's memory, and whether it fits. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.fit import MachineState, MemoryEstimate, MemoryParts, Verdict
from llama_desktop.domain.llama import CacheType, FlashAttention, ServerConfig
from llama_desktop.domain.model_facts import AttentionShape, ModelFacts, ModelWeights
from llama_desktop.domain.models import MemoryMeasurement
from llama_desktop.services.models.kv_cache import CacheShape, size_layers
from llama_desktop.services.models.lesson import Lesson

_MEBI: Final = 1024 * 1024
USUAL_CONTEXT: Final = 16_384
_LEAST_CONTEXT: Final = 4096
"""The engine takes no less by itself, however little fits."""
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
_FLOAT, _HALF = 4, 2
_COPIED: Final = 3
"""So many embeddings of each token are beside the others where a GPU computes."""
_MIXED: Final = 1.35
_MIXED_CACHE: Final = 1.5
_MIXED_REST: Final = 33 * _MEBI
"""As an H100 reported of six contexts and shares of the layers."""


class FitQuestion(Struct, frozen=True):
    """All that the answer follows from."""

    config: ServerConfig
    facts: ModelFacts
    projector_bytes: int
    machine: MachineState
    lesson: Lesson
    prompt_cache_bytes: int
    measured: MemoryMeasurement | None = None
    """Of this config; it is shown beside the estimate."""


class _Plan(Struct, frozen=True):
    question: FitQuestion
    attention: AttentionShape
    context: int
    cache: tuple[int, ...]
    compute: int
    """On the processor alone."""
    gpu_compute: int
    """On a GPU that has all layers."""
    mixed_compute: int
    """On a GPU that also computes with what lies in RAM, of which it needs a copy."""
    input: int
    """In RAM, of what a GPU computes with: the batch, and who sees whom."""

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
    return _fit_context(question, attention)


def _fit_context(question: FitQuestion, attention: AttentionShape) -> MemoryEstimate:
    """As the engine does: as much of the trained context as fits, but no less than 4096."""
    trained = question.facts.context_length or _LEAST_CONTEXT
    context = trained
    while True:
        found = _place(_plan(question, attention, context))
        fits = found.verdict in (Verdict.GPU, Verdict.RAM) or (
            found.verdict is Verdict.PARTLY and not _has_free_gpu(question.machine)
        )
        if fits or context <= min(_LEAST_CONTEXT, trained):
            return found
        context = max(context // 2, min(_LEAST_CONTEXT, trained))


def _has_free_gpu(machine: MachineState) -> bool:
    return any(gpu.free_bytes > MARGIN for gpu in machine.gpus)


def _plan(question: FitQuestion, attention: AttentionShape, context: int) -> _Plan:
    config = question.config
    slots = config.parallel or _AUTO_SLOTS
    batch = min(config.batch_size or _LARGEST_BATCH, _LARGEST_BATCH)
    shape = CacheShape(
        context_size=context,
        slots=slots,
        unified=config.parallel is None,
        batch_size=batch,
        key_type=config.cache_type_k or CacheType.F16,
        value_type=config.cache_type_v or CacheType.F16,
    )
    lesson = question.lesson
    seen = _size_seen(shape, config.flash_attention)
    heads = 0 if config.flash_attention is not FlashAttention.OFF else question.facts.head_count
    compute = batch * (_size_wide(question.facts, attention) + seen * (heads + 1))
    copied = batch * question.facts.embedding_length * _FLOAT
    gpu_compute = compute + _COPIED * copied
    half = replace(shape, key_type=CacheType.F16, value_type=CacheType.F16)
    layer = max(size_layers(attention, half), default=0)
    mixed_compute = max(_MIXED * gpu_compute, _MIXED_CACHE * layer + batch * seen + _MIXED_REST)
    return _Plan(
        question,
        attention,
        context,
        tuple(int(size * lesson.kv_factor) for size in size_layers(attention, shape)),
        compute=int(compute * lesson.compute_factor),
        gpu_compute=int(gpu_compute * lesson.compute_factor),
        mixed_compute=int(mixed_compute * lesson.compute_factor),
        input=int((2 * copied + batch * seen) * lesson.compute_factor),
    )


def _size_wide(facts: ModelFacts, attention: AttentionShape) -> int:
    """Of one token's numbers on their way through the widest layer.

    Fitted to what the engine itself reports for many shapes.
    """
    heads = max(attention.kv_heads, default=0)
    cached = heads * (attention.key_length + attention.value_length)
    experts = max(1, facts.experts_used)
    wide = 2.4 * facts.embedding_length + 2.64 * cached + 2 * facts.feed_forward_length * experts
    return int(wide * _FLOAT)


def _size_seen(shape: CacheShape, flash_attention: FlashAttention | None) -> int:
    """Whom one token sees: of every token of the cache a number."""
    seen = shape.context_size if shape.unified else shape.context_size // shape.slots
    return seen * (_FLOAT if flash_attention is FlashAttention.OFF else _HALF)


def _place(plan: _Plan) -> MemoryEstimate:
    """Put as many layers on the GPU as were chosen, or as fit."""
    machine = plan.question.machine
    chosen = plan.question.config.gpu_layers
    gpu_free = sum(gpu.free_bytes for gpu in machine.gpus)
    if not machine.gpus:
        layers = 0
    elif chosen is not None:
        layers = min(chosen, plan.layer_count)
    else:
        room = sum(max(0, gpu.free_bytes - MARGIN) for gpu in machine.gpus)
        layers = _count_fitting(plan, room)
    gpu, ram = _share(plan, layers)
    is_gpu_full = gpu.total > gpu_free
    shared = gpu.total if any(one.shares_ram for one in machine.gpus) else 0
    is_ram_full = ram.total + shared + _RAM_MARGIN > (machine.ram_free_bytes or 0)
    return _answer(plan, layers, gpu, ram, _judge(plan, layers, is_gpu_full or is_ram_full))


def _judge(plan: _Plan, layers: int, is_full: bool) -> Verdict:
    if is_full:
        return Verdict.TOO_LARGE
    if layers == 0:
        return Verdict.RAM
    return Verdict.GPU if layers >= plan.layer_count else Verdict.PARTLY


def _count_fitting(plan: _Plan, room: int) -> int:
    """The most layers that fit; they cost about the same, and more cost more."""
    low, high = 0, plan.layer_count
    while low < high:
        middle = (low + high + 1) // 2
        if _share(plan, middle)[0].total <= room:
            low = middle
        else:
            high = middle - 1
    return low


def _share(plan: _Plan, layers: int) -> tuple[MemoryParts, MemoryParts]:
    """What is on the GPU and what in RAM, with so many layers there: the last ones."""
    question = plan.question
    weights = question.facts.weights
    overhead = question.lesson.overhead_bytes
    if layers == 0:
        gpu = _size_idle_gpus(plan)
        return gpu, MemoryParts(
            weights=weights.total,
            kv_cache=sum(plan.cache),
            compute=plan.compute if gpu.total == 0 else plan.input,
            projector=question.projector_bytes,
            overhead=overhead,
        )
    count = len(weights.layers)
    first = max(0, count - layers + 1) if layers <= count else 0
    on_gpu = sum(weights.layers[first:]) + _size_output(weights)
    cache = sum(plan.cache[first:])
    gpu = MemoryParts(
        weights=on_gpu,
        kv_cache=cache,
        compute=plan.gpu_compute if layers > count else plan.mixed_compute,
        projector=question.projector_bytes,
        overhead=question.lesson.gpu_overhead_bytes,
    )
    ram = MemoryParts(
        weights=sum(weights.layers[:first]) + weights.input + weights.other,
        kv_cache=sum(plan.cache) - cache,
        compute=plan.input,
        overhead=overhead,
    )
    return gpu, ram


def _size_idle_gpus(plan: _Plan) -> MemoryParts:
    """An engine that was built for a GPU starts its driver, and computes large batches there.

    Where there is no room for that, it is started without.
    """
    gpus = plan.question.machine.gpus
    overhead = plan.question.lesson.gpu_overhead_bytes
    needed = MemoryParts(compute=plan.mixed_compute, overhead=overhead)
    if any(one.shares_ram for one in gpus) or needed.total > sum(one.free_bytes for one in gpus):
        return MemoryParts()
    return needed


def _size_output(weights: ModelWeights) -> int:
    """Without an output of its own a model's embeddings are copied to serve as one."""
    return weights.output if weights.output > weights.input // 8 else weights.output + weights.input


def _answer(
    plan: _Plan, layers: int, gpu: MemoryParts, ram: MemoryParts, verdict: Verdict
) -> MemoryEstimate:
    question = plan.question
    return MemoryEstimate(
        path=question.config.model_path,
        verdict=verdict,
        context_size=plan.context,
        layer_count=plan.layer_count,
        gpu_layers=layers,
        gpu=gpu,
        ram=ram,
        gpu_bytes=gpu.total,
        ram_bytes=ram.total,
        gpu_free_bytes=sum(one.free_bytes for one in question.machine.gpus),
        ram_free_bytes=question.machine.ram_free_bytes or 0,
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
        gpu=MemoryParts(),
        ram=ram,
        gpu_bytes=0,
        ram_bytes=ram.total,
        gpu_free_bytes=sum(one.free_bytes for one in question.machine.gpus),
        ram_free_bytes=question.machine.ram_free_bytes or 0,
        prompt_cache_bytes=question.prompt_cache_bytes,
        measured=question.measured,
    )
