"""Writes tiny models of other kinds than llama: with experts, and with a sliding window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from gguf import GGUFWriter
from numpy.typing import NDArray

from models.bigram import build_bigram_weights
from models.llama import add_tensor, describe_vocabulary
from models.text import ANSWERS, chat_template
from models.vocabulary import build_vocabulary

_SEED: Final = 3
_EMBEDDING, _HEAD, _HEADS, _KEY_HEADS = 256, 64, 4, 2
_CONTEXT: Final = 8192


@dataclass(frozen=True, slots=True)
class Kind:
    """What sets it apart."""

    architecture: str
    layers: int
    feed_forward: int
    """Of each expert, where there are any."""
    experts: int = 0
    experts_used: int = 0
    window: int = 0
    norms: tuple[str, ...] = ()
    """Of the architecture, besides those that all have."""


EXPERTS: Final = Kind("qwen3moe", layers=4, feed_forward=128, experts=8, experts_used=2)
WINDOWED: Final = Kind(
    "gemma3",
    layers=8,
    feed_forward=512,
    window=512,
    norms=("post_attention_norm", "post_ffw_norm"),
)


def write_kind(path: Path, name: str, kind: Kind) -> None:
    """Write a chat model of this kind; it answers as the llamas do."""
    vocabulary = build_vocabulary(ANSWERS)
    writer = GGUFWriter(str(path), kind.architecture)
    writer.add_name(name)
    writer.add_type("model")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_EMBEDDING)
    writer.add_block_count(kind.layers)
    writer.add_feed_forward_length(kind.feed_forward)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KEY_HEADS)
    writer.add_key_length(_HEAD)
    writer.add_value_length(_HEAD)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    if kind.experts:
        writer.add_expert_count(kind.experts)
        writer.add_expert_used_count(kind.experts_used)
        writer.add_expert_feed_forward_length(kind.feed_forward)
    if kind.window:
        writer.add_sliding_window(kind.window)
    describe_vocabulary(writer, vocabulary)
    writer.add_chat_template(chat_template(thinks=False))
    random = np.random.default_rng(_SEED)
    embeddings, output = build_bigram_weights(
        vocabulary, _EMBEDDING, thinks=False, ends=True, random=random, answers=ANSWERS
    )
    add_tensor(writer, "token_embd.weight", embeddings, "f16")
    for layer in range(kind.layers):
        for tensor, values in _build_layer(kind, random).items():
            add_tensor(writer, f"blk.{layer}.{tensor}.weight", values, "f16")
    add_tensor(writer, "output_norm.weight", np.ones(_EMBEDDING), "f16")
    add_tensor(writer, "output.weight", output, "f16")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _build_layer(kind: Kind, random: np.random.Generator) -> dict[str, NDArray[np.floating]]:
    def weights(*shape: int, scale: float = 1.0) -> NDArray[np.float64]:
        return random.normal(0, scale / np.sqrt(shape[-1]), shape)

    queries, keys = _HEADS * _HEAD, _KEY_HEADS * _HEAD
    wide = (kind.experts, kind.feed_forward) if kind.experts else (kind.feed_forward,)
    back = (kind.experts, _EMBEDDING) if kind.experts else (_EMBEDDING,)
    suffix = "_exps" if kind.experts else ""
    layer = {name: np.ones(_EMBEDDING) for name in ("attn_norm", "ffn_norm", *kind.norms)}
    layer |= {name: np.ones(_HEAD) for name in ("attn_q_norm", "attn_k_norm")}
    layer |= {
        "attn_q": weights(queries, _EMBEDDING),
        "attn_k": weights(keys, _EMBEDDING),
        "attn_v": weights(keys, _EMBEDDING),
        "attn_output": weights(_EMBEDDING, queries, scale=1e-3),
        f"ffn_gate{suffix}": weights(*wide, _EMBEDDING),
        f"ffn_up{suffix}": weights(*wide, _EMBEDDING),
        f"ffn_down{suffix}": weights(*back, kind.feed_forward, scale=1e-3),
    }
    if kind.experts:
        layer["ffn_gate_inp"] = weights(kind.experts, _EMBEDDING)
    return layer
