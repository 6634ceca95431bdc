"""The short list of models that a person without one is offered. Data; sizes as of their upload."""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class ListedModel(Struct, frozen=True):
    """One entry of the list."""

    title: str
    repo: str
    quantization: str
    size_bytes: int
    """Of its files, the vision part included."""
    context_bytes: int
    """What 8,192 tokens of context take, by its layers and heads."""
    license: str
    why: str
    short: str
    with_projector: bool = False


SUGGESTED_MODELS: Final = (
    # 36 layers with 8 heads of 128 numbers, for keys and values, 2 bytes each.
    ListedModel(
        title="Qwen3 8B",
        repo="Qwen/Qwen3-8B-GGUF",
        quantization="Q4_K_M",
        size_bytes=5_030_000_000,
        context_bytes=1_208_000_000,
        license="Apache 2.0",
        why="A good all-rounder: chat, code, tools, and it can think first.",
        short="knows more",
    ),
    ListedModel(
        title="Qwen3 4B",
        repo="Qwen/Qwen3-4B-GGUF",
        quantization="Q4_K_M",
        size_bytes=2_500_000_000,
        context_bytes=1_208_000_000,
        license="Apache 2.0",
        why="Quick on most computers: chat, code, tools, and it can think first.",
        short="faster",
    ),
    # 28 layers with 8 heads of 128 numbers.
    ListedModel(
        title="Qwen3 1.7B",
        repo="Qwen/Qwen3-1.7B-GGUF",
        quantization="Q8_0",
        size_bytes=1_830_000_000,
        context_bytes=940_000_000,
        license="Apache 2.0",
        why="Small and quick, for short questions and older computers; it can think first.",
        short="faster",
    ),
    # Few layers look at the whole context; the others at the last 1,024 tokens.
    ListedModel(
        title="Gemma 3 1B",
        repo="ggml-org/gemma-3-1b-it-GGUF",
        quantization="Q4_K_M",
        size_bytes=806_000_000,
        context_bytes=70_000_000,
        license="Gemma terms",
        why="The smallest that holds a conversation; runs on nearly everything.",
        short="smallest",
    ),
    ListedModel(
        title="Gemma 3 12B",
        repo="ggml-org/gemma-3-12b-it-GGUF",
        quantization="Q4_K_M",
        size_bytes=8_154_000_000,
        context_bytes=1_040_000_000,
        license="Gemma terms",
        why="Sees images and writes well in many languages.",
        short="sees images",
        with_projector=True,
    ),
    ListedModel(
        title="Gemma 3 4B",
        repo="ggml-org/gemma-3-4b-it-GGUF",
        quantization="Q4_K_M",
        size_bytes=3_341_000_000,
        context_bytes=350_000_000,
        license="Gemma terms",
        why="Sees images and is quick on most computers.",
        short="sees images",
        with_projector=True,
    ),
)
"""For text and for images, each from the most able to the smallest."""
