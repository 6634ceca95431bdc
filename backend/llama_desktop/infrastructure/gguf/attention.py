"""Reads off the keys what the size of a model's KV cache follows from. Pure."""

from __future__ import annotations

from typing import Final

from llama_desktop.domain.model_facts import AttentionShape, Recurrence
from llama_desktop.infrastructure.gguf.header import Array
from llama_desktop.infrastructure.gguf.keys import Keys

_MAX_LAYERS: Final = 1024
_WINDOW_PERIODS: Final = {
    "gemma2": 2,
    "gemma3": 6,
    "gemma3n": 5,
    "gpt-oss": 2,
    "cohere2": 4,
    "llama4": 4,
    "exaone4": 4,
    "smallthinker": 4,
    "olmo2": 4,
    "plamo3": 8,
}
"""Of so many layers the last looks back to the beginning, where the file does not say which."""
_WITHOUT_CACHE: Final = frozenset(
    {"bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "modern-bert"}
    | {"neo-bert", "eurobert", "gemma-embedding", "t5encoder", "dream", "llada"}
)
_FLOAT: Final = 4


def read_attention(keys: Keys) -> AttentionShape | None:
    """None: it lacks what every model tells."""
    layers = keys.own_number("block_count")
    if not 0 < layers <= _MAX_LAYERS:
        return None
    if keys.architecture in _WITHOUT_CACHE:
        return AttentionShape(kv_heads=(0,) * layers, key_length=0, value_length=0)
    recurrence = _read_recurrence(keys, layers)
    heads = max(keys.own_numbers("attention.head_count"), default=0)
    if heads == 0:
        if recurrence is None:
            return None
        nothing = (0,) * layers
        return AttentionShape(kv_heads=nothing, key_length=0, value_length=0, recurrence=recurrence)
    width = keys.own_number("embedding_length") // heads
    window = keys.own_number("attention.sliding_window") or None
    compressed = _read_compressed(keys)
    return AttentionShape(
        kv_heads=_read_heads(keys, layers, heads, recurrence, is_compressed=compressed is not None),
        key_length=compressed or keys.own_number("attention.key_length") or width,
        value_length=0 if compressed else keys.own_number("attention.value_length") or width,
        window=window,
        window_layers=() if window is None else _read_window_layers(keys, layers),
        window_key_length=keys.own_number("attention.key_length_swa") or None,
        compressed=compressed is not None,
        recurrence=recurrence,
    )


def _read_compressed(keys: Keys) -> int | None:
    """Numbers that a token takes in a layer of a model with MLA."""
    rank = keys.own_number("attention.kv_lora_rank")
    if not rank or not keys.own_number("attention.key_length_mla"):
        return None
    return rank + keys.own_number("rope.dimension_count")


def _read_heads(
    keys: Keys, layers: int, heads: int, recurrence: Recurrence | None, *, is_compressed: bool
) -> tuple[int, ...]:
    if is_compressed:
        found = (1,) * layers
    elif keys.own_numbers("attention.head_count_kv"):
        found = keys.own_layers("attention.head_count_kv", layers)
    else:
        found = keys.own_layers("attention.head_count", layers) or (heads,) * layers
    shared = keys.own_number("attention.shared_kv_layers")
    first_shared = layers - shared if 0 < shared < layers else layers
    without = set(range(first_shared, layers))
    if recurrence is not None and keys.architecture != "falcon-h1":  # its layers have both
        without |= set(recurrence.layers)
    return tuple(0 if number in without else count for number, count in enumerate(found))


def _read_window_layers(keys: Keys, layers: int) -> tuple[int, ...]:
    told = keys.value(f"{keys.architecture}.attention.sliding_window_pattern")
    if isinstance(told, Array):
        return tuple(number for number, item in enumerate(told.items[:layers]) if item)
    period = keys.own_number("attention.sliding_window_pattern") or _WINDOW_PERIODS.get(
        keys.architecture or "", 0
    )
    if period == 0:
        return ()
    return tuple(number for number in range(layers) if number % period < period - 1)


def _read_recurrence(keys: Keys, layers: int) -> Recurrence | None:
    size = _count_state(keys)
    if size == 0:
        return None
    return Recurrence(layers=_find_recurrent(keys, layers), bytes_per_layer=size * _FLOAT)


def _count_state(keys: Keys) -> int:
    """Numbers in the state of one layer."""
    width = keys.own_number("embedding_length")
    if head := keys.own_number("wkv.head_size"):
        return width * head + keys.own_number("token_shift_count", 2) * width
    if cache := keys.own_number("shortconv.l_cache"):
        return width * (cache - 1)
    inner, state = keys.own_number("ssm.inner_size"), keys.own_number("ssm.state_size")
    kernel, groups = keys.own_number("ssm.conv_kernel"), keys.own_number("ssm.group_count")
    if not inner or not state:
        return 0
    return max(0, kernel - 1) * (inner + 2 * groups * state) + state * inner


def _find_recurrent(keys: Keys, layers: int) -> tuple[int, ...]:
    heads = keys.own_numbers("attention.head_count_kv")
    if len(heads) > 1:
        return tuple(number for number, count in enumerate(heads[:layers]) if count == 0)
    if period := keys.own_number("full_attention_interval"):
        return tuple(number for number in range(layers) if (number + 1) % period)
    return tuple(range(layers))
