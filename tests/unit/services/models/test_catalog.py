"""The list of models that is made of files."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from llama_desktop.domain.model_facts import Capability, ModelFacts, ModelKind, ModelWeights
from llama_desktop.infrastructure.model_files import FoundFile
from llama_desktop.services.models.catalog import build_catalog, find_problem

_MODEL = ModelFacts(kind=ModelKind.MODEL)
_PROJECTOR = ModelFacts(kind=ModelKind.PROJECTOR, capabilities=(Capability.VISION,))


def _file(path: str, facts: ModelFacts | None = None, size: int = 1000) -> FoundFile:
    usual = _PROJECTOR if "mmproj" in path else _MODEL
    return FoundFile(Path(path), size, facts or usual)


def test_models_come_by_name_whatever_their_case() -> None:
    models = build_catalog([_file("/m/b.gguf"), _file("/m/C.gguf"), _file("/x/a.gguf")]).models
    assert [model.name for model in models] == ["a", "b", "C"]


def test_the_parts_of_a_split_file_are_one_model() -> None:
    files = [_file(f"/m/big-Q4_0-0000{i}-of-00003.gguf", size=100 * i) for i in (3, 1, 2)]
    (model,) = build_catalog(files).models
    assert model.path == Path("/m/big-Q4_0-00001-of-00003.gguf")
    assert (model.name, model.quantization) == ("big", "Q4_0")
    assert (model.size_bytes, model.part_count, model.missing_parts) == (600, 3, ())
    assert model.problem is None


def test_missing_parts_are_named() -> None:
    (model,) = build_catalog([_file("/m/big-00002-of-00003.gguf")]).models
    assert model.missing_parts == (1, 3)
    assert model.problem == "Of 3 parts these are missing: 1, 3."


def test_parts_in_two_folders_are_two_models() -> None:
    models = build_catalog(
        [_file("/a/big-00001-of-00002.gguf"), _file("/b/big-00002-of-00002.gguf")]
    ).models
    assert [model.missing_parts for model in models] == [(2,), (1,)]
    assert models[0].problem == "Part 2 of 2 is missing."


def test_a_projector_is_no_model_and_goes_with_the_models_of_its_folder() -> None:
    models = build_catalog(
        [
            _file("/m/llava.gguf"),
            _file("/m/mmproj-llava-f32.gguf"),
            _file("/m/mmproj-llava-f16.gguf"),
            _file("/other/plain.gguf"),
        ]
    ).models
    assert [(model.name, model.mmproj_path) for model in models] == [
        ("llava", Path("/m/mmproj-llava-f16.gguf")),
        ("plain", None),
    ]


def test_what_is_wrong_with_a_file_is_a_sentence() -> None:
    file = FoundFile(Path("/m/x.gguf"), 5, fault="cannot be read: permission denied")

    assert find_problem(file) == "This file cannot be read: permission denied."
    assert find_problem(_file("/m/x.gguf")) is None


def test_the_header_counts_more_than_the_files_name() -> None:
    facts = ModelFacts(
        kind=ModelKind.MODEL,
        name="Qwen3 8B",
        quantization="Q6_K",
        parameters=8_200_000_000,
        context_length=40_960,
        capabilities=(Capability.CHAT,),
    )
    (model,) = build_catalog([_file("/m/qwen3-8b-Q4_K_M.gguf", facts)]).models

    assert (model.name, model.quantization) == ("Qwen3 8B", "Q6_K")
    assert (model.parameters, model.context_length) == (8_200_000_000, 40_960)


def test_a_name_in_the_header_that_is_another_models_is_no_name_for_this_one() -> None:
    facts = ModelFacts(kind=ModelKind.MODEL, name="Qwen3 8B")
    (model,) = build_catalog([_file("/m/My-Story-Writer-v2.gguf", facts)]).models

    assert (model.name, model.title) == ("My-Story-Writer-v2", "Qwen3 8B")


def test_a_projector_is_known_by_its_header_and_lends_what_it_can() -> None:
    chat = ModelFacts(kind=ModelKind.MODEL, capabilities=(Capability.CHAT,))
    files = [_file("/m/llava.gguf", chat), _file("/m/vision-part.gguf", _PROJECTOR)]
    (model,) = build_catalog(files).models

    assert model.mmproj_path == Path("/m/vision-part.gguf")
    assert model.capabilities == (Capability.CHAT, Capability.VISION)


def test_adapters_and_vocabularies_are_no_models() -> None:
    files = [
        _file("/m/lora.gguf", ModelFacts(kind=ModelKind.ADAPTER, architecture="llama")),
        _file("/m/vocab.gguf", ModelFacts(kind=ModelKind.VOCABULARY)),
    ]
    catalog = build_catalog(files)

    assert catalog.models == ()
    assert [(other.name, other.kind.value) for other in catalog.others] == [
        ("lora", "adapter"),
        ("vocab", "vocabulary"),
    ]


def test_one_file_under_two_names_is_one_model() -> None:
    files = [replace(_file(path), identity=(1, 2)) for path in ("/m/a.gguf", "/other/b.gguf")]
    (model,) = build_catalog(files).models

    assert (model.path, model.other_paths) == (Path("/m/a.gguf"), (Path("/other/b.gguf"),))


def test_the_parts_of_a_split_model_add_up() -> None:
    first = ModelFacts(
        kind=ModelKind.MODEL,
        parameters=10,
        expert_count=4,
        experts_used=1,
        expert_parameters=8,
        weights=ModelWeights(layers=(5, 0), input=1),
    )
    second = ModelFacts(
        kind=ModelKind.MODEL,
        parameters=8,
        expert_parameters=8,
        weights=ModelWeights(layers=(0, 7), output=2),
    )
    names = ("/m/big-00002-of-00002.gguf", "/m/big-00001-of-00002.gguf")
    catalog = build_catalog([_file(names[0], second), _file(names[1], first)])
    (model,) = catalog.models

    assert (model.parameters, model.active_parameters) == (18, 6)
    assert catalog.facts[model.path].weights == ModelWeights(layers=(5, 7), input=1, output=2)
