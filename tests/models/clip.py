"""Writes an mmproj: a CLIP tower with LLaVA's projector, for `--mmproj`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGUFWriter
from numpy.typing import NDArray

from models.llama import FAST

_SIZE, _LAYERS, _HEADS, _FEED_FORWARD = 64, 3, 4, 128
_IMAGE, _PATCH = 56, 14
_TEXT_SIZE = FAST.embedding


def write_clip(path: Path, name: str) -> None:
    """Write a projector of images of 56 x 56 pixels into 16 tokens."""
    writer = GGUFWriter(str(path), "clip")
    writer.add_type("mmproj")
    writer.add_name(name)
    writer.add_license("mit")
    writer.add_file_type(0)
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", "mlp")
    writer.add_bool("clip.use_gelu", True)
    for key, number in {
        "image_size": _IMAGE,
        "patch_size": _PATCH,
        "embedding_length": _SIZE,
        "feed_forward_length": _FEED_FORWARD,
        "projection_dim": _TEXT_SIZE,
        "block_count": _LAYERS,
        "attention.head_count": _HEADS,
    }.items():
        writer.add_uint32(f"clip.vision.{key}", number)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-5)
    writer.add_array("clip.vision.image_mean", [0.48, 0.46, 0.41])
    writer.add_array("clip.vision.image_std", [0.27, 0.26, 0.28])
    for tensor_name, tensor in _build_tensors().items():
        writer.add_tensor(tensor_name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _build_tensors() -> dict[str, NDArray[np.float32]]:
    random = np.random.default_rng(1234)

    def weights(*shape: int) -> NDArray[np.float32]:
        return random.normal(0, 1 / np.sqrt(np.prod(shape[1:])), shape).astype(np.float32)

    def linear(name: str, rows: int, columns: int) -> dict[str, NDArray[np.float32]]:
        return {
            f"{name}.weight": weights(rows, columns),
            f"{name}.bias": np.zeros(rows, np.float32),
        }

    def norm(name: str) -> dict[str, NDArray[np.float32]]:
        return {
            f"{name}.weight": np.ones(_SIZE, np.float32),
            f"{name}.bias": np.zeros(_SIZE, np.float32),
        }

    tensors = {
        "v.patch_embd.weight": weights(_SIZE, 3, _PATCH, _PATCH),
        "v.position_embd.weight": weights((_IMAGE // _PATCH) ** 2 + 1, _SIZE),
        "v.class_embd": np.zeros(_SIZE, np.float32),
        **norm("v.pre_ln"),
    }
    for layer in range(_LAYERS):
        block = f"v.blk.{layer}"
        for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
            tensors |= linear(f"{block}.{part}", _SIZE, _SIZE)
        tensors |= norm(f"{block}.ln1") | norm(f"{block}.ln2")
        tensors |= linear(f"{block}.ffn_up", _FEED_FORWARD, _SIZE)
        tensors |= linear(f"{block}.ffn_down", _SIZE, _FEED_FORWARD)
    tensors |= linear("mm.0", _TEXT_SIZE, _SIZE) | linear("mm.2", _TEXT_SIZE, _TEXT_SIZE)
    return tensors
