"""What the keys and tensors of a file tell about its model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from llama_desktop.domain.model_facts import Capability, ModelFacts, ModelKind
from llama_desktop.infrastructure.gguf.facts import read_facts
from llama_desktop.infrastructure.gguf.file import read_file
from llama_desktop.infrastructure.gguf.header import parse_header
from models.headers import Value, write_header

_Q4_K, _Q6_K, _F32 = 12, 14, 0


def _read(keys: Mapping[str, Value], *tensors: tuple[str, tuple[int, ...], int]) -> ModelFacts:
    weights = tensors or (("blk.0.attn_q.weight", (256, 256), _Q4_K),)
    return read_facts(parse_header(write_header(keys, weights), 10**12))


def _llama(**more: Value) -> dict[str, Value]:
    return {
        "general.architecture": "llama",
        "llama.block_count": 4,
        "llama.embedding_length": 256,
        "llama.attention.head_count": 8,
        "llama.attention.head_count_kv": 2,
        **{name.replace("__", "."): value for name, value in more.items()},
    }


def test_a_real_file_tells_its_shape(tiny_model: Path) -> None:
    facts = read_facts(read_file(tiny_model)[0])

    assert facts.kind is ModelKind.MODEL
    assert (facts.name, facts.architecture, facts.license) == ("Tiny Fast Test", "llama", "mit")
    assert (facts.context_length, facts.layer_count, facts.vocabulary_size) == (8192, 2, 640)
    assert facts.quantization == "F16"
    assert facts.parameters == 1_508_608
    assert facts.capabilities == (Capability.CHAT,)


def test_a_real_embedding_model_and_projector_are_told_apart(
    embedding_model: Path, vision_projector: Path
) -> None:
    embedder = read_facts(read_file(embedding_model)[0])
    projector = read_facts(read_file(vision_projector)[0])

    assert (embedder.capabilities, embedder.pooling) == ((Capability.EMBEDDING,), "mean")
    assert (projector.kind, projector.capabilities) == (ModelKind.PROJECTOR, (Capability.VISION,))


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        ({"general.type": "adapter"}, ModelKind.ADAPTER),
        ({"general.architecture": "clip"}, ModelKind.PROJECTOR),
        ({"general.type": "imatrix"}, ModelKind.IMPORTANCE_MATRIX),
        ({"general.architecture": "flux"}, ModelKind.IMAGE_GENERATOR),
        ({"general.architecture": "llama"}, ModelKind.MODEL),
    ],
)
def test_files_that_are_no_models_are_told_apart(keys: dict[str, Value], kind: ModelKind) -> None:
    assert _read(keys).kind is kind


def test_a_file_without_weights_is_a_vocabulary() -> None:
    facts = read_facts(parse_header(write_header({"general.architecture": "llama"}), 1000))

    assert facts.kind is ModelKind.VOCABULARY


def test_the_template_tells_of_tools_and_thinking() -> None:
    facts = _read(_llama(tokenizer__chat_template="{% if tools %}…<think>"))

    assert facts.capabilities == (Capability.CHAT, Capability.TOOLS, Capability.THINKING)


@pytest.mark.parametrize(
    ("told", "kind", "shown"),
    [(15, _Q4_K, "Q4_K_M"), (7, _Q4_K, "Q4_K"), (18, _Q6_K, "Q6_K"), (999, _Q4_K, "Q4_K")],
)
def test_the_files_word_for_its_quantisation_counts_where_the_tensors_agree(
    told: int, kind: int, shown: str
) -> None:
    facts = _read(
        {"general.architecture": "llama", "general.file_type": told},
        ("blk.0.attn_q.weight", (256, 256), kind),
        ("output.weight", (256, 8192), _F32),
    )

    assert facts.quantization == shown


def test_of_experts_only_those_in_use_count_as_active() -> None:
    facts = _read(
        _llama(llama__expert_count=8, llama__expert_used_count=2),
        ("blk.0.ffn_up_exps.weight", (256, 10, 8), _F32),
        ("blk.0.attn_q.weight", (256, 10), _F32),
    )

    assert facts.parameters == 256 * 10 * 9
    assert facts.active_parameters == 256 * 10 * 3
    assert facts.weights.experts == (256 * 10 * 8 * 4,)


def test_the_length_of_an_expert_is_the_layers_own_where_no_other_is_told() -> None:
    layer = {"llama.feed_forward_length": 6144}
    several = _llama(llama__expert_count=8, llama__expert_used_count=2) | layer

    assert _read(several | {"llama.expert_feed_forward_length": 768}).expert_length == 768
    assert _read(several).expert_length == 6144
    assert _read(_llama() | layer).expert_length == 0


def test_heads_may_differ_from_layer_to_layer() -> None:
    facts = _read(_llama() | {"llama.attention.head_count_kv": [2, 4, 0, 1]})

    assert facts.attention is not None
    assert facts.attention.kv_heads == (2, 4, 0, 1)
    assert facts.attention.key_length == 32


def test_layers_with_a_sliding_window_are_known_by_architecture_or_by_list() -> None:
    base: dict[str, Value] = {
        "general.architecture": "gemma3",
        "gemma3.block_count": 6,
        "gemma3.embedding_length": 64,
        "gemma3.attention.head_count": 2,
        "gemma3.attention.sliding_window": 1024,
    }
    listed = base | {"gemma3.attention.sliding_window_pattern": [1, 0, 1, 0, 1, 0]}

    by_name, by_list = _read(base).attention, _read(listed).attention

    assert by_name is not None
    assert by_list is not None
    assert by_name.window_layers == (0, 1, 2, 3, 4)
    assert by_list.window_layers == (0, 2, 4)


def test_a_hybrid_keeps_a_state_where_it_has_no_heads() -> None:
    facts = _read(
        _llama(
            llama__ssm__inner_size=512,
            llama__ssm__state_size=16,
            llama__ssm__conv_kernel=4,
            llama__ssm__group_count=1,
        )
        | {"llama.attention.head_count_kv": [0, 2, 0, 2]}
    )

    assert facts.attention is not None
    assert facts.attention.recurrence is not None
    assert facts.attention.recurrence.layers == (0, 2)
    assert facts.attention.recurrence.bytes_per_layer == (3 * (512 + 32) + 16 * 512) * 4


def test_values_of_the_wrong_type_count_as_missing() -> None:
    facts = _read({"general.architecture": 7, "general.name": 3.5, "llama.block_count": "two"})

    assert (facts.architecture, facts.name, facts.attention) == (None, None, None)
