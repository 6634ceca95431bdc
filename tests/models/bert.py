"""Writes an embedding model of the bert architecture, with a WordPiece vocabulary."""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np
from gguf import GGUFWriter, PoolingType, TokenType
from numpy.typing import NDArray

_WORDS = """the of and to in is you that it he was for on are as with his they be at one have this
cat dog car bank river money python code model server test paris france capital berlin weather
question answer document file text search memory song food bread apple doctor hospital football
"""
_SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_WORD_START = "\u2581"
"""llama.cpp marks where a word starts, not where it goes on."""
_SIZE, _LAYERS, _HEADS, _FEED_FORWARD, _CONTEXT = 64, 2, 4, 128, 512


def write_bert(
    path: Path, name: str, *, ranks: bool = False, meanings: tuple[str, ...] = ()
) -> None:
    """Write an embedding model with mean pooling, or a re-ranker.

    The words in one of `meanings` mean the same to it; letters mean nothing then.
    """
    tokens = _list_tokens(meanings)
    writer = GGUFWriter(str(path), "bert")
    writer.add_name(name)
    writer.add_license("mit")
    writer.add_type("model")
    writer.add_file_type(1)
    writer.add_quantization_version(2)
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_SIZE)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(_HEADS)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(PoolingType.RANK if ranks else PoolingType.MEAN)
    writer.add_vocab_size(len(tokens))
    writer.add_token_type_count(2)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types(
        [TokenType.CONTROL if t in _SPECIAL_TOKENS else TokenType.NORMAL for t in tokens]
    )
    writer.add_pad_token_id(0)
    writer.add_unk_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_sep_token_id(3)
    writer.add_eos_token_id(3)
    writer.add_mask_token_id(4)
    tensors = _build_tensors(len(tokens))
    if meanings:
        _let_mean_the_same(tensors["token_embd.weight"], tokens, meanings)
        tensors["position_embd.weight"] *= 0
    if ranks:
        tensors |= _build_head()
    for tensor_name, tensor in tensors.items():
        writer.add_tensor(tensor_name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _list_tokens(meanings: tuple[str, ...]) -> list[str]:
    letters = [c for c in string.printable if not c.isspace() and not c.isupper()]
    starts = [
        _WORD_START + text for text in (*letters, *_WORDS.split(), *" ".join(meanings).split())
    ]
    return list(dict.fromkeys([*_SPECIAL_TOKENS, *starts, *letters, "ing", "ed", "er", "ly"]))


def _let_mean_the_same(
    vectors: NDArray[np.floating], tokens: list[str], meanings: tuple[str, ...]
) -> None:
    for meaning in meanings:
        first, *others = (tokens.index(_WORD_START + word) for word in meaning.split())
        vectors[others] = vectors[first]
    letters = [at for at, token in enumerate(tokens) if len(token.lstrip(_WORD_START)) == 1]
    vectors[letters] = 0


def _build_tensors(token_count: int) -> dict[str, NDArray[np.floating]]:
    random = np.random.default_rng(1234)

    def weights(rows: int, columns: int, scale: float = 1.0) -> NDArray[np.float16]:
        return random.normal(0, scale / np.sqrt(columns), (rows, columns)).astype(np.float16)

    def norm(name: str) -> dict[str, NDArray[np.floating]]:
        return {
            f"{name}.weight": np.ones(_SIZE, np.float32),
            f"{name}.bias": np.zeros(_SIZE, np.float32),
        }

    tensors: dict[str, NDArray[np.floating]] = {
        "token_embd.weight": random.normal(0, 1, (token_count, _SIZE)).astype(np.float16),
        "token_types.weight": np.zeros((2, _SIZE), np.float32),
        "position_embd.weight": random.normal(0, 0.02, (_CONTEXT, _SIZE)).astype(np.float32),
        **norm("token_embd_norm"),
    }
    for layer in range(_LAYERS):
        block = f"blk.{layer}"
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            scale = 0.1 if part == "attn_output" else 1.0
            tensors[f"{block}.{part}.weight"] = weights(_SIZE, _SIZE, scale)
            tensors[f"{block}.{part}.bias"] = np.zeros(_SIZE, np.float32)
        tensors |= {
            **norm(f"{block}.attn_output_norm"),
            f"{block}.ffn_up.weight": weights(_FEED_FORWARD, _SIZE),
            f"{block}.ffn_up.bias": np.zeros(_FEED_FORWARD, np.float32),
            f"{block}.ffn_down.weight": weights(_SIZE, _FEED_FORWARD, 0.1),
            f"{block}.ffn_down.bias": np.zeros(_SIZE, np.float32),
            **norm(f"{block}.layer_output_norm"),
        }
    return tensors


def _build_head() -> dict[str, NDArray[np.floating]]:
    """What makes one number of a question with a text."""
    random = np.random.default_rng(4321)
    return {
        "cls.weight": random.normal(0, 1 / np.sqrt(_SIZE), (_SIZE, _SIZE)).astype(np.float32),
        "cls.bias": np.zeros(_SIZE, np.float32),
        "cls.output.weight": random.normal(0, 1, (1, _SIZE)).astype(np.float32),
        "cls.output.bias": np.zeros(1, np.float32),
    }
