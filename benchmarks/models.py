"""What the benchmarks take from the tests: models, long chats, a server that keeps a pace."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from driver.long_chat import long_text, write_long_chat
from driver.running_app import RunningApp, running_app
from fakes.fake_behaviour import Behaviour, write_fake_model
from fakes.fake_llama_server import install as write_fake_server
from models.headers import write_header
from models.make import (
    chat_model,
    endless_model,
    heavy_model,
    random_model,
    roomy_model,
    slow_endless_model,
)

__all__ = [
    "Behaviour",
    "RunningApp",
    "chat_model",
    "endless_model",
    "heavy_model",
    "long_text",
    "random_model",
    "roomy_model",
    "running_app",
    "slow_endless_model",
    "write_fake_model",
    "write_fake_server",
    "write_large_vocabulary",
    "write_library",
    "write_long_chat",
    "write_many_chats",
    "write_slow_model",
]


def write_slow_model(path: Path, pieces: tuple[str, ...], per_second: float) -> Path:
    """A model for the fake server: it says these pieces, so many a second."""
    return write_fake_model(path, Behaviour(answer=pieces, piece_seconds=1 / per_second))


def write_many_chats(data: Path, count: int, *, now: float) -> None:
    """Chats of two messages each, under titles of their own, in a folder that no app has open."""
    subjects = ("Garden plan", "Bread hydration", "Letter to the landlord", "Rust lifetimes")
    write_long_chat(data, "chat-0", messages=2, now=now)
    first = data / "chats" / "chat-0.json"
    text = first.read_text(encoding="utf-8")
    for number in range(count):
        title = f"{subjects[number % len(subjects)]} number {number}"
        changed = text.replace("A long chat", title)
        (data / "chats" / f"chat-{number}.json").write_text(changed, encoding="utf-8")


_FAMILY: Final = 20
"""Models with one vocabulary: sizes, versions and quantisations of a family share theirs."""


def write_library(folder: Path, count: int) -> list[Path]:
    """Models of 22 layers, their headers as long as real ones, their weights holes in the files."""
    folder.mkdir(parents=True)
    paths = [folder / f"bench-{number}-F16.gguf" for number in range(count)]
    for begin in range(0, count, _FAMILY):
        header, size = _write_model_header(f"family{begin}-", 32_000)
        for path in paths[begin : begin + _FAMILY]:
            _write_model(path, header, size)
    return paths


def write_large_vocabulary(path: Path) -> Path:
    """A model whose vocabulary has 150,000 tokens."""
    _write_model(path, *_write_model_header("token", 150_000))
    return path


def _write_model(path: Path, header: bytes, size: int) -> None:
    with path.open("wb") as file:
        file.write(header)
        file.truncate(size)


def _write_model_header(token: str, vocabulary: int) -> tuple[bytes, int]:
    """The header, and how large a file it is for."""
    width, layers = 2048, 22
    keys = {
        "general.architecture": "llama",
        "general.name": "Bench",
        "llama.block_count": layers,
        "llama.context_length": 32_768,
        "llama.embedding_length": width,
        "llama.attention.head_count": 32,
        "llama.attention.head_count_kv": 4,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.tokens": [f"{token}{number}" for number in range(vocabulary)],
    }
    shapes = [
        (f"blk.{layer}.{name}.weight", (width, width), 1)
        for layer in range(layers)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_up", "ffn_gate", "ffn_down")
    ]
    header = write_header(keys, [("token_embd.weight", (width, vocabulary), 1), *shapes])
    return header, len(header) + 2 * width * vocabulary + 64
