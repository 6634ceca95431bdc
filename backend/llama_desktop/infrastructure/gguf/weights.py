"""Adds up where the bytes of a model are. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from llama_desktop.domain.model_facts import ModelWeights
from llama_desktop.infrastructure.gguf.header import Tensor

_LAYER: Final = re.compile(r"^(?:blk|enc\.blk|dec\.blk)\.(\d{1,4})\.")
_EXPERT: Final = re.compile(r"\.ffn_(?:gate|up|down|gate_up)_(?:exps|chexps)\.|\.ffn_\w+\.\d+\.")
_MAX_LAYERS: Final = 1024


def is_expert(name: str) -> bool:
    """Whether a tensor belongs to experts of which only some are used for a token."""
    return _EXPERT.search(name) is not None


def weigh(tensors: Iterable[Tensor]) -> ModelWeights:
    """The bytes of each layer, and of what is in none."""
    layers: defaultdict[int, int] = defaultdict(int)
    experts: defaultdict[int, int] = defaultdict(int)
    sums = {"input": 0, "output": 0, "other": 0}
    for tensor in tensors:
        size = tensor.size_bytes or 0
        match = _LAYER.match(tensor.name)
        if match and int(match[1]) < _MAX_LAYERS:
            layers[int(match[1])] += size
            experts[int(match[1])] += size if is_expert(tensor.name) else 0
        else:
            sums[_find_place(tensor.name)] += size
    count = max(layers, default=-1) + 1
    return ModelWeights(
        layers=tuple(layers[number] for number in range(count)),
        experts=tuple(experts[number] for number in range(count)) if any(experts.values()) else (),
        **sums,
    )


def _find_place(name: str) -> str:
    if name.startswith(("token_embd.", "per_layer_token_embd.", "position_embd.")):
        return "input"
    if name.startswith(("output.", "output_norm.", "cls.")):
        return "output"
    return "other"
