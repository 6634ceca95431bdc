"""Makes of a GGUF header what the app wants to know of a model. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from llama_desktop.domain.model_facts import Capability, ModelFacts, ModelKind
from llama_desktop.infrastructure.gguf.attention import read_attention
from llama_desktop.infrastructure.gguf.header import Array, Header, Tensor
from llama_desktop.infrastructure.gguf.keys import Keys
from llama_desktop.infrastructure.gguf.tensor_types import FILE_TYPES, TENSOR_TYPES
from llama_desktop.infrastructure.gguf.weights import is_expert, weigh

_POOLING: Final = {0: "none", 1: "mean", 2: "cls", 3: "last", 4: "rank"}
_SIGNS_OF_THINKING: Final = ("enable_thinking", "reasoning_content", "<think>", "reasoning_effort")
_IMAGE_GENERATORS: Final = frozenset(
    {"flux", "sd1", "sdxl", "sd3", "aura", "ltxv", "hyvid", "wan", "hidream", "cosmos", "lumina2"}
    | {"qwen_image", "pig", "z_image"}
)
_NO_LINK: Final = re.compile(r"^https?://(?:www\.)?huggingface\.co/")


def read_facts(header: Header) -> ModelFacts:
    """The facts; of one part of a split model, of that part alone."""
    keys = Keys(header.keys)
    kind = _find_kind(keys, header.tensors)
    parameters = sum(tensor.element_count for tensor in header.tensors)
    pooling = _POOLING.get(keys.own_number("pooling_type", -1))
    template = keys.text("tokenizer.chat_template")
    return ModelFacts(
        kind=kind,
        architecture=keys.architecture,
        name=keys.text("general.name") or keys.text("general.basename"),
        publisher=_find_publisher(keys),
        license=keys.text("general.license"),
        base_model=_find_base_model(keys),
        parameters=parameters,
        expert_parameters=sum(one.element_count for one in header.tensors if is_expert(one.name)),
        quantization=_find_quantization(keys, header.tensors),
        context_length=keys.own_number("context_length") or None,
        layer_count=keys.own_number("block_count"),
        embedding_length=keys.own_number("embedding_length"),
        feed_forward_length=max(keys.own_numbers("feed_forward_length"), default=0),
        head_count=max(keys.own_numbers("attention.head_count"), default=0),
        expert_count=keys.own_number("expert_count"),
        experts_used=keys.own_number("expert_used_count"),
        expert_length=_find_expert_length(keys),
        vocabulary_size=_count_vocabulary(keys),
        has_chat_template=template is not None,
        pooling=pooling,
        capabilities=_find_capabilities(keys, kind, pooling, template, header.tensors),
        attention=read_attention(keys) if kind is ModelKind.MODEL else None,
        weights=weigh(header.tensors),
        part=keys.number("split.no") + 1,
        part_count=max(1, keys.number("split.count")),
    )


def _find_expert_length(keys: Keys) -> int:
    """Where only experts are, some say it as the layer's own."""
    if keys.own_number("expert_count") == 0:
        return 0
    return keys.own_number("expert_feed_forward_length") or max(
        keys.own_numbers("feed_forward_length"), default=0
    )


def _find_kind(keys: Keys, tensors: Sequence[Tensor]) -> ModelKind:
    told = keys.text("general.type")
    if told in ("adapter", "lora") or keys.text("adapter.type"):
        return ModelKind.ADAPTER
    if told == "mmproj" or keys.architecture == "clip":
        return ModelKind.PROJECTOR
    if told == "imatrix":
        return ModelKind.IMPORTANCE_MATRIX
    if keys.architecture in _IMAGE_GENERATORS:
        return ModelKind.IMAGE_GENERATOR
    if not tensors and keys.number("split.count") < 2:
        return ModelKind.VOCABULARY
    return ModelKind.MODEL


def _find_publisher(keys: Keys) -> str | None:
    return keys.text("general.organization") or keys.text("general.author")


def _find_base_model(keys: Keys) -> str | None:
    link = keys.text("general.base_model.0.repo_url")
    if link and _NO_LINK.match(link):
        return _NO_LINK.sub("", link).strip("/") or None
    return keys.text("general.base_model.0.name")


def _find_quantization(keys: Keys, tensors: Sequence[Tensor]) -> str | None:
    """By what most numbers of the matrices are stored as; the file's word where it agrees."""
    counts: Counter[int] = Counter()
    for tensor in tensors:
        if len(tensor.shape) > 1 and not tensor.name.startswith(("token_embd", "output")):
            counts[tensor.type_number] += tensor.element_count
    if not counts:
        return None
    known = TENSOR_TYPES.get(counts.most_common(1)[0][0])
    if known is None:
        return None
    told = FILE_TYPES.get(keys.number("general.file_type", -1))
    return told if told is not None and _width(told) == _width(known[0]) else known[0]


def _width(name: str) -> str:
    """`4` of Q4_K_M, `16` of F16."""
    digits = re.search(r"\d+", name)
    return digits[0] if digits else name


def _count_vocabulary(keys: Keys) -> int:
    tokens = keys.value("tokenizer.ggml.tokens")
    return tokens.length if isinstance(tokens, Array) else keys.own_number("vocab_size")


def _find_capabilities(
    keys: Keys,
    kind: ModelKind,
    pooling: str | None,
    template: str | None,
    tensors: Sequence[Tensor],
) -> tuple[Capability, ...]:
    if kind is ModelKind.PROJECTOR:
        seen = Capability.VISION, keys.flag("clip.has_vision_encoder")
        heard = Capability.AUDIO, keys.flag("clip.has_audio_encoder")
        return tuple(capability for capability, there in (seen, heard) if there)
    if kind is not ModelKind.MODEL:
        return ()
    if pooling == "rank" or any(tensor.name == "cls.output.weight" for tensor in tensors):
        return (Capability.RERANKING,)
    if (
        pooling in ("mean", "cls", "last")
        or keys.own_flag("attention.causal", default=True) is False
    ):
        return (Capability.EMBEDDING,)
    found = [Capability.CHAT]
    if template and "tools" in template:
        found.append(Capability.TOOLS)
    if template and any(sign in template for sign in _SIGNS_OF_THINKING):
        found.append(Capability.THINKING)
    return tuple(found)
