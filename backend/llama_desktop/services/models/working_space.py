"""How much room an engine needs to compute with one batch. Pure.

Fitted to what engines report of many shapes, on processors and on an H100.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.llama import CacheType, FlashAttention
from llama_desktop.domain.model_facts import AttentionShape, ModelFacts
from llama_desktop.services.models.kv_cache import CacheShape, count_windowed, size_layers

_MEBI: Final = 1024 * 1024
_FLOAT, _HALF = 4, 2
_COPIED: Final = 3
"""So many embeddings of each token are beside the others where a GPU computes without experts."""
_MIXED: Final = 1.35
_MIXED_CACHE: Final = 1.5
_MIXED_REST: Final = 33 * _MEBI
_SPLIT_REST: Final = 16 * _MEBI
EXPERT_TENSORS: Final = 3
"""Each layer's experts lie in so many tensors of about the same size."""


class WorkingSpace(Struct, frozen=True):
    """In bytes, whichever way the model is spread."""

    processor: int
    """On the processor alone."""
    gpu: int
    """On a GPU that has all layers."""
    split: int
    """On a GPU that has all layers, but computes also with experts in RAM, which it copies; 0:
    there are none."""
    mixed: int
    """On a GPU that computes also with whole layers in RAM."""
    input: int
    """In RAM, of what a GPU computes with: the batch, and who sees whom."""


def size_working_space(
    facts: ModelFacts,
    attention: AttentionShape,
    shape: CacheShape,
    flash_attention: FlashAttention | None,
    factor: float,
) -> WorkingSpace:
    """`factor`: what earlier loads have taught."""
    batch = shape.batch_size
    seen = _size_seen(attention, shape, flash_attention)
    heads = facts.head_count if flash_attention is FlashAttention.OFF else 0
    attended = batch * seen * (heads + 1)
    copied = batch * facts.embedding_length * _FLOAT
    processor = batch * _size_wide(facts, attention) + attended
    gpu = processor + (0 if facts.weights.experts else _COPIED * copied)
    split = _size_split(facts, batch) + attended if facts.weights.experts else 0
    half = replace(shape, key_type=CacheType.F16, value_type=CacheType.F16)
    layer = max(size_layers(attention, half), default=0)
    mixed = max(_MIXED * gpu, _MIXED_CACHE * layer + batch * seen + _MIXED_REST, split)
    return WorkingSpace(
        processor=int(processor * factor),
        gpu=int(gpu * factor),
        split=int(split * factor),
        mixed=int(mixed * factor),
        input=int((2 * copied + batch * seen) * factor),
    )


def _size_wide(facts: ModelFacts, attention: AttentionShape) -> int:
    """Of one token's numbers on their way through the widest layer."""
    heads = max(attention.kv_heads, default=0)
    cached = heads * (attention.key_length + attention.value_length)
    through = 2.4 * facts.embedding_length + 2.64 * cached
    if not facts.weights.experts:
        return int((through + 2 * facts.feed_forward_length) * _FLOAT)
    used = max(1, facts.experts_used)
    answers = (2 * used + 1.5) * facts.embedding_length + used * facts.expert_length
    return int(max(through, answers) * _FLOAT)


def _size_split(facts: ModelFacts, batch: int) -> int:
    """With a copy of the largest tensor of experts."""
    used = max(1, facts.experts_used)
    wide = (used + 1) * facts.embedding_length + 2 * used * facts.expert_length
    largest = max(facts.weights.experts) // EXPERT_TENSORS
    return largest + batch * wide * _FLOAT + _SPLIT_REST


def _size_seen(
    attention: AttentionShape, shape: CacheShape, flash_attention: FlashAttention | None
) -> int:
    """Whom one token sees: of every token of the cache a number, and of those in the window too."""
    tokens = shape.context_size
    if attention.window_layers:
        tokens += count_windowed(attention, shape)
    seen = tokens if shape.unified else tokens // shape.slots
    return seen * (_FLOAT if flash_attention is FlashAttention.OFF else _HALF)
