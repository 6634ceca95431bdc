"""Models of real shapes and sizes whose weights are holes in files: they cost a few kilobytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.headers import Value, write_header

_Q4_K, _Q5_K, _F16 = 12, 13, 1
_BYTES: Final = {_Q4_K: 144 / 256, _Q5_K: 176 / 256, _F16: 2.0}
_TOOLS: Final = "{{ tools }}{{ messages }}"
_THINKS: Final = "{{ tools }}{{ enable_thinking }}{{ messages }}"


@dataclass(frozen=True, slots=True)
class _Shape:
    file: str
    name: str
    publisher: str
    architecture: str
    layers: int
    width: int
    kv_heads: int
    inner: int
    context: int
    kind: int = _Q4_K
    template: str = _TOOLS


_SHAPES: Final = (
    _Shape(
        "gemma-3-12b-it-Q4_K_M", "Gemma 3 12B It", "Google", "gemma3", 48, 3840, 8, 15360, 131072
    ),
    _Shape(
        "Mistral-Small-3.2-24B-Q4_K_M",
        "Mistral Small 3.2 24B",
        "Mistral AI",
        "llama",
        40,
        5120,
        8,
        32768,
        131072,
    ),
    _Shape(
        "Llama-3.1-8B-Instruct-Q5_K_M",
        "Llama 3.1 8B Instruct",
        "Meta",
        "llama",
        32,
        4096,
        8,
        14336,
        131072,
        _Q5_K,
    ),
    _Shape(
        "Llama-3.3-70B-Instruct-Q4_K_M",
        "Llama 3.3 70B Instruct",
        "Meta",
        "llama",
        80,
        8192,
        8,
        28672,
        131072,
    ),
    _Shape(
        "Qwen3-0.6B-F16", "Qwen3 0.6B", "Qwen", "qwen3", 28, 1024, 8, 3072, 40960, _F16, _THINKS
    ),
)


def write_shown_library(folder: Path) -> Path:
    """A few models that people have, below one folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for shape in _SHAPES:
        _write(folder / f"{shape.file}.gguf", shape)
    return folder


def shown_header(file: str) -> bytes:
    """What one of them begins with, by its file's name without the ending."""
    return next(_describe(shape)[0] for shape in _SHAPES if shape.file == file)


def _write(path: Path, shape: _Shape) -> None:
    header, data_bytes = _describe(shape)
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + 32 + data_bytes)


def _describe(shape: _Shape) -> tuple[bytes, int]:
    """The header, and how many bytes of weights follow."""
    own = shape.architecture
    keys: dict[str, Value] = {
        "general.architecture": own,
        "general.name": shape.name,
        "general.organization": shape.publisher,
        "general.file_type": {_Q4_K: 15, _Q5_K: 17, _F16: 1}[shape.kind],
        f"{own}.block_count": shape.layers,
        f"{own}.context_length": shape.context,
        f"{own}.embedding_length": shape.width,
        f"{own}.feed_forward_length": shape.inner,
        f"{own}.attention.head_count": shape.width // 128,
        f"{own}.attention.head_count_kv": shape.kv_heads,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.tokens": ["a", "b"],
        f"{own}.vocab_size": 128_256,
        "tokenizer.chat_template": shape.template,
    }
    narrow = 128 * shape.kv_heads
    matrices = {
        "attn_q": (shape.width, shape.width),
        "attn_k": (shape.width, narrow),
        "attn_v": (shape.width, narrow),
        "attn_output": (shape.width, shape.width),
        "ffn_up": (shape.width, shape.inner),
        "ffn_gate": (shape.width, shape.inner),
        "ffn_down": (shape.inner, shape.width),
    }
    tensors = [
        (f"blk.{layer}.{name}.weight", size, shape.kind)
        for layer in range(shape.layers)
        for name, size in matrices.items()
    ]
    tensors.append(("token_embd.weight", (shape.width, 128_256), shape.kind))
    numbers = sum(columns * rows for _, (columns, rows), _ in tensors)
    return write_header(keys, tensors), int(numbers * _BYTES[shape.kind])
