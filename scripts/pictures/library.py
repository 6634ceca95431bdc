"""A folder of models for the pictures: one that runs, and the headers of larger ones."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from fakes.fake_behaviour import Behaviour
from models.headers import Value, write_header
from models.llama import HEAVY, write_llama
from pictures import texts

_GB: Final = 10**9
_Q4_K, _Q5_K, _F16, _MXFP4 = 12, 13, 1, 39
"""Numbers of GGML's types of tensors."""
_TOOLS: Final = "{% if tools %}tools{% endif %}{{ messages }}"
_THINKS: Final = _TOOLS + "<think>{{ reasoning_content }}{{ enable_thinking }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Large:
    """A model as its header tells it."""

    file: str
    name: str
    publisher: str
    architecture: str
    gigabytes: float
    billions: float
    layers: int
    embedding: int
    context: int
    kind: int
    file_type: int
    heads: int = 32
    key_heads: int = 8
    template: str = _TOOLS
    experts: int = 0


_LARGE: Final = (
    _Large(file="gemma-3-12b-it-Q4_K_M", name="Gemma 3 12B it", publisher="Google",
           architecture="gemma3", gigabytes=7.3, billions=12.2, layers=48, embedding=3840,
           context=131_072, kind=_Q4_K, file_type=15, heads=16),
    _Large(file="Mistral-Small-3.2-24B-Q4_K_M", name="Mistral Small 3.2 24B",
           publisher="Mistral AI", architecture="llama", gigabytes=14.3, billions=23.6, layers=40,
           embedding=5120, context=131_072, kind=_Q4_K, file_type=15),
    _Large(file="gpt-oss-20b-MXFP4", name="gpt-oss 20B", publisher="OpenAI",
           architecture="gpt-oss", gigabytes=12.1, billions=20.9, layers=24, embedding=2880,
           context=131_072, kind=_MXFP4, file_type=38, heads=64, template=_THINKS),
    _Large(file="Qwen2.5-VL-7B-Q4_K_M", name="Qwen2.5 VL 7B", publisher="Qwen",
           architecture="qwen2vl", gigabytes=4.7, billions=7.6, layers=28, embedding=3584,
           context=128_000, kind=_Q4_K, file_type=15, heads=28, key_heads=4),
    _Large(file="Llama-3.1-8B-Instruct-Q5_K_M", name="Llama 3.1 8B Instruct", publisher="Meta",
           architecture="llama", gigabytes=5.7, billions=8.0, layers=32, embedding=4096,
           context=131_072, kind=_Q5_K, file_type=17),
    _Large(file="Llama-3.3-70B-Instruct-Q4_K_M", name="Llama 3.3 70B Instruct", publisher="Meta",
           architecture="llama", gigabytes=42.5, billions=70.6, layers=80, embedding=8192,
           context=131_072, kind=_Q4_K, file_type=15, heads=64),
    _Large(file="nomic-embed-text-v1.5-F16", name="Nomic Embed Text v1.5", publisher="Nomic",
           architecture="nomic-bert", gigabytes=0.274, billions=0.137, layers=12, embedding=768,
           context=2048, kind=_F16, file_type=1, heads=12, key_heads=12, template=""),
)  # fmt: skip


def write_library(folder: Path) -> Path:
    """Fill a folder; the model in it that can be loaded. The large files are empty behind their
    headers and take no room.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for model in _LARGE:
        _write_large(folder / f"{model.file}.gguf", model)
    runs = folder / "Qwen3-8B-Q4_K_M.gguf"
    if not runs.exists():
        write_llama(
            runs,
            "Qwen3 8B",
            shape=HEAVY,
            thinks=True,
            ends=False,
            answers=texts.SAID,
            number_type="q4_k",
            context_size=40_960,
            publisher="Qwen",
        )
    return runs


def write_named(folder: Path, file: str) -> Path:
    """One of the large ones alone; `file` is its name without the ending."""
    path = folder / f"{file}.gguf"
    _write_large(path, next(model for model in _LARGE if model.file == file))
    return path


def write_failing(folder: Path, file: str, behaviour: Behaviour) -> Path:
    """One of them with hardly a weight, which the fake llama-server fails to load."""
    path = folder / f"{file}.gguf"
    large = next(model for model in _LARGE if model.file == file)
    small = replace(large, billions=large.billions / 1e3, gigabytes=large.gigabytes / 1e3)
    _write_large(path, small, {"fake.behaviour": json.dumps(asdict(behaviour))})
    return path


def _write_large(path: Path, model: _Large, more: dict[str, Value] | None = None) -> None:
    kind = model.architecture
    keys: dict[str, Value] = {
        "general.architecture": kind,
        "general.name": model.name,
        "general.organization": model.publisher,
        "general.file_type": model.file_type,
        f"{kind}.context_length": model.context,
        f"{kind}.block_count": model.layers,
        f"{kind}.embedding_length": model.embedding,
        f"{kind}.attention.head_count": model.heads,
        f"{kind}.attention.head_count_kv": model.key_heads,
        **(more or {}),
    }
    if model.template:
        keys["tokenizer.chat_template"] = model.template
    # One matrix for each layer, as wide as makes the model's size: nobody reads its data.
    rows = round(model.billions * 1e9 / model.layers / model.embedding)
    tensors = [
        (f"blk.{layer}.ffn_up.weight", (model.embedding, rows), model.kind)
        for layer in range(model.layers)
    ]
    with path.open("wb") as file:
        file.write(write_header(keys, tensors))
        file.truncate(round(model.gigabytes * _GB))
