"""Writes a chat model of the llama architecture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter
from gguf.quants import quantize
from numpy.typing import NDArray

from models.bigram import build_bigram_weights
from models.q4_k import pack_q4_k
from models.text import ANSWERS, END_OF_TEXT, END_OF_TURN, PADDING, chat_template
from models.vocabulary import Vocabulary, build_vocabulary

_SEED = 1234
_FILE_TYPES = {"f16": 1, "q8_0": 7, "q4_k": 15}


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a llama."""

    embedding: int
    layers: int
    heads: int
    key_heads: int
    feed_forward: int

    @property
    def head(self) -> int:
        """Numbers per head."""
        return self.embedding // self.heads


FAST = Shape(embedding=256, layers=2, heads=4, key_heads=2, feed_forward=512)
"""1.5 million parameters: thousands of tokens a second."""
HEAVY = Shape(embedding=768, layers=12, heads=12, key_heads=12, feed_forward=2048)
"""86 million parameters: tens of tokens a second on one core."""


def write_llama(
    path: Path,
    name: str,
    *,
    shape: Shape = FAST,
    thinks: bool = False,
    babbles: bool = False,
    ends: bool = True,
    answers: tuple[str, ...] = ANSWERS,
    number_type: str = "f16",
    context_size: int = 8192,
    tensors_per_file: int = 0,
    publisher: str = "",
) -> None:
    """Write a chat model.

    Args:
        path: The file; with `tensors_per_file` its shards lie beside it, as llama.cpp names them.
        name: `general.name`.
        shape: Its sizes.
        thinks: Thinks between `<think>` and `</think>` before it answers.
        babbles: Random weights: any bytes, invalid UTF-8 too, and no end.
        ends: Ends its answers; else it goes on until the context window is full.
        answers: What it says, one or the other.
        number_type: `f16`, `q8_0` or `q4_k` (what the text is kept in stays `f16` then).
        context_size: What it calls its training context.
        tensors_per_file: Split into files of so many tensors; 0: one file.
        publisher: `general.organization`.
    """
    vocabulary = build_vocabulary(answers)
    writer = GGUFWriter(str(path), "llama", split_max_tensors=tensors_per_file)
    writer.add_name(name)
    if publisher:
        writer.add_organization(publisher)
    writer.add_description("Made for tests.")
    writer.add_license("mit")
    writer.add_type("model")
    writer.add_quantization_version(2)
    writer.add_file_type(_FILE_TYPES[number_type])
    _describe_shape(writer, shape, context_size)
    describe_vocabulary(writer, vocabulary)
    writer.add_chat_template(chat_template(thinks=thinks))
    tensors = _build_tensors(vocabulary, shape, answers, thinks=thinks, babbles=babbles, ends=ends)
    writer.add_size_label(f"{sum(tensor.size for tensor in tensors.values()) / 1e6:.1f}M")
    for tensor_name, tensor in tensors.items():
        add_tensor(writer, tensor_name, tensor, number_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe_shape(writer: GGUFWriter, shape: Shape, context_size: int) -> None:
    writer.add_context_length(context_size)
    writer.add_embedding_length(shape.embedding)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.key_heads)
    writer.add_key_length(shape.head)
    writer.add_value_length(shape.head)
    writer.add_rope_dimension_count(shape.head)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)


def describe_vocabulary(writer: GGUFWriter, vocabulary: Vocabulary) -> None:
    writer.add_vocab_size(len(vocabulary.tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(list(vocabulary.tokens))
    writer.add_token_types(list(vocabulary.types))
    writer.add_token_merges([f"{left} {right}" for left, right in vocabulary.merges])
    writer.add_bos_token_id(vocabulary.id_of(END_OF_TEXT))
    writer.add_eos_token_id(vocabulary.id_of(END_OF_TURN))
    writer.add_eot_token_id(vocabulary.id_of(END_OF_TURN))
    writer.add_pad_token_id(vocabulary.id_of(PADDING))
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)


def _build_tensors(
    vocabulary: Vocabulary,
    shape: Shape,
    answers: tuple[str, ...],
    *,
    thinks: bool,
    babbles: bool,
    ends: bool,
) -> dict[str, NDArray[np.floating]]:
    random = np.random.default_rng(_SEED)
    size, count = shape.embedding, len(vocabulary.tokens)
    if babbles:
        embeddings = random.normal(0, 0.5, (count, size))
        output = random.normal(0, 4 / np.sqrt(size), (count, size))
        output[vocabulary.special_ids()] = 0  # far below the likely ones: it does not end
        write_back = 1 / np.sqrt(2 * shape.layers)
    else:
        embeddings, output = build_bigram_weights(
            vocabulary, size, thinks=thinks, ends=ends, random=random, answers=answers
        )
        write_back = 1e-3

    def weights(rows: int, columns: int, scale: float = 1.0) -> NDArray[np.float64]:
        return random.normal(0, scale / np.sqrt(columns), (rows, columns))

    keys = shape.head * shape.key_heads
    tensors: dict[str, NDArray[np.floating]] = {"token_embd.weight": embeddings}
    for layer in range(shape.layers):
        tensors |= {
            f"blk.{layer}.attn_norm.weight": np.ones(size),
            f"blk.{layer}.attn_q.weight": weights(size, size),
            f"blk.{layer}.attn_k.weight": weights(keys, size),
            f"blk.{layer}.attn_v.weight": weights(keys, size),
            f"blk.{layer}.attn_output.weight": weights(size, size, write_back),
            f"blk.{layer}.ffn_norm.weight": np.ones(size),
            f"blk.{layer}.ffn_gate.weight": weights(shape.feed_forward, size),
            f"blk.{layer}.ffn_up.weight": weights(shape.feed_forward, size),
            f"blk.{layer}.ffn_down.weight": weights(size, shape.feed_forward, write_back),
        }
    return tensors | {"output_norm.weight": np.ones(size), "output.weight": output}


def add_tensor(
    writer: GGUFWriter, name: str, tensor: NDArray[np.floating], number_type: str
) -> None:
    numbers = np.ascontiguousarray(tensor, dtype=np.float32)
    if numbers.ndim == 1:  # norms stay exact, as llama.cpp's own converter has it
        writer.add_tensor(name, numbers)
    elif number_type == "f16" or (number_type == "q4_k" and not name.startswith("blk.")):
        writer.add_tensor(name, numbers.astype(np.float16))
    elif number_type == "q4_k":
        packed = pack_q4_k(numbers)
        writer.add_tensor(name, packed, raw_shape=packed.shape, raw_dtype=GGMLQuantizationType.Q4_K)
    else:
        packed = quantize(numbers, GGMLQuantizationType.Q8_0)
        writer.add_tensor(name, packed, raw_shape=packed.shape, raw_dtype=GGMLQuantizationType.Q8_0)
