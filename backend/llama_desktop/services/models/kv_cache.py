"""How large a model's KV cache becomes, layer by layer. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from llama_desktop.domain.llama import CacheType
from llama_desktop.domain.model_facts import AttentionShape

_BYTES: Final[dict[CacheType, tuple[int, int]]] = {
    CacheType.F32: (1, 4),
    CacheType.F16: (1, 2),
    CacheType.BF16: (1, 2),
    CacheType.Q8_0: (32, 34),
    CacheType.Q5_1: (32, 24),
    CacheType.Q5_0: (32, 22),
    CacheType.Q4_1: (32, 20),
    CacheType.Q4_0: (32, 18),
    CacheType.IQ4_NL: (32, 18),
}
"""So many numbers take so many bytes."""
_STEP: Final = 256
"""The engine rounds the number of tokens up to this."""


class CacheShape(Struct, frozen=True):
    """How the cache is to be laid out."""

    context_size: int
    """Tokens of all slots together."""
    slots: int
    unified: bool
    """All slots share it; else each has its part."""
    batch_size: int
    key_type: CacheType
    value_type: CacheType


def size_layers(attention: AttentionShape, shape: CacheShape) -> tuple[int, ...]:
    """The bytes of each layer's cache, or of its state."""
    whole = _round_up(shape.context_size)
    windowed = count_windowed(attention, shape)
    in_window = set(attention.window_layers)
    recurrence = attention.recurrence
    states = set(recurrence.layers) if recurrence is not None else set()
    sizes: list[int] = []
    for layer, heads in enumerate(attention.kv_heads):
        tokens = windowed if layer in in_window else whole
        size = tokens * _size_token(attention, heads, shape, is_windowed=layer in in_window)
        if recurrence is not None and layer in states:
            size += recurrence.bytes_per_layer * shape.slots
        sizes.append(size)
    return tuple(sizes)


def _size_token(
    attention: AttentionShape, heads: int, shape: CacheShape, *, is_windowed: bool
) -> int:
    key_length, value_length = attention.key_length, attention.value_length
    if is_windowed and attention.window_key_length is not None:
        key_length = value_length = attention.window_key_length
    key = _size(heads * key_length, shape.key_type)
    return key + _size(heads * value_length, shape.value_type)


def count_windowed(attention: AttentionShape, shape: CacheShape) -> int:
    """Tokens in a layer with a sliding window: the window of each slot, and one batch."""
    whole = _round_up(shape.context_size)
    if attention.window is None:
        return whole
    if shape.unified:
        return min(whole, _round_up(attention.window * shape.slots + shape.batch_size))
    each = min(whole // shape.slots, _round_up(attention.window + shape.batch_size))
    return each * shape.slots


def _size(count: int, kind: CacheType) -> int:
    block, size = _BYTES[kind]
    return -(-count // block) * size


def _round_up(tokens: int) -> int:
    return -(-tokens // _STEP) * _STEP
