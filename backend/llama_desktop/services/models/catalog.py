"""Makes the list of models of the files that were found. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from llama_desktop.domain.model_facts import Capability, ModelFacts, ModelKind, ModelWeights
from llama_desktop.domain.models import ModelFile, OtherFile
from llama_desktop.infrastructure.model_files import FoundFile
from llama_desktop.services.models.model_names import ModelName, read_name

_NAMED: Final = 10
_MODEL: Final = ModelKind.MODEL


class Catalog(Struct, frozen=True):
    """What the files are, and the facts behind it."""

    models: tuple[ModelFile, ...]
    others: tuple[OtherFile, ...]
    facts: dict[Path, ModelFacts] = field(default_factory=dict)
    """By path, of models and of projectors; those of a split model are of all its parts."""


class _Named(Struct, frozen=True):
    file: FoundFile
    name: ModelName

    @property
    def kind(self) -> ModelKind:
        """By the header; without one, by the name."""
        if self.file.facts is not None:
            return self.file.facts.kind
        return ModelKind.PROJECTOR if self.name.is_projector else _MODEL


def build_catalog(files: Iterable[FoundFile]) -> Catalog:
    """The models by name: split files as one, projectors beside the models of their folder."""
    models: dict[tuple[Path, str, int], list[_Named]] = defaultdict(list)
    projectors: dict[Path, list[FoundFile]] = defaultdict(list)
    others: list[OtherFile] = []
    same, twins = _find_same(files)
    facts: dict[Path, ModelFacts] = {}
    for file in same:
        named = _Named(file, read_name(file.label or file.path.name))
        if named.kind is ModelKind.PROJECTOR:
            if file.fault is None and file.facts is not None:
                projectors[file.path.parent].append(file)
                facts[file.path] = file.facts
        elif named.kind is _MODEL:
            key = (file.path.parent, f"{named.name.stem}{file.path.suffix}", named.name.part_count)
            models[key].append(named)
        else:
            others.append(_build_other(named))
    built: list[ModelFile] = []
    for (folder, _, _), parts in models.items():
        model = _build_model(parts, _pick_projector(projectors[folder], parts[0]), twins)
        built.append(model)
        if whole := combine(_order(parts)):
            facts[model.path] = whole
    return Catalog(
        models=tuple(sorted(built, key=lambda model: (model.name.casefold(), str(model.path)))),
        others=tuple(sorted(others, key=lambda other: (other.name.casefold(), str(other.path)))),
        facts=facts,
    )


def find_problem(file: FoundFile) -> str | None:
    """Why a file cannot be used, as a sentence."""
    return None if file.fault is None else f"This file {file.fault}."


def _find_same(
    files: Iterable[FoundFile],
) -> tuple[list[FoundFile], dict[Path, tuple[Path, ...]]]:
    """Each file once, and under which other names it was found."""
    first: dict[object, FoundFile] = {}
    twins: dict[Path, tuple[Path, ...]] = {}
    for file in sorted(files, key=lambda file: (file.label is None, str(file.path))):
        # One of Ollama's files may have several labels: those are names, not files.
        kept = first.setdefault(file.identity or file.path, file)
        if kept.path != file.path:
            twins[kept.path] = (*twins.get(kept.path, ()), file.path)
    return list(first.values()), twins


def _build_other(named: _Named) -> OtherFile:
    facts = named.file.facts
    return OtherFile(
        path=named.file.path,
        name=named.name.stem,
        kind=named.kind,
        size_bytes=named.file.size_bytes,
        architecture=None if facts is None else facts.architecture,
    )


def _build_model(
    parts: Sequence[_Named], projector: FoundFile | None, twins: dict[Path, tuple[Path, ...]]
) -> ModelFile:
    by_number = {part.name.part: part.file for part in sorted(parts, key=_number)}
    name = parts[0].name
    present = list(by_number.values())
    count = name.part_count
    missing = tuple(number for number in range(1, count + 1) if number not in by_number)
    problems = (problem for file in present if (problem := find_problem(file)) is not None)
    facts = present[0].facts or ModelFacts(kind=_MODEL)
    whole = combine(_order(parts)) or facts
    return ModelFile(
        path=present[0].path,
        name=_choose_name(name.name, facts.name),
        quantization=whole.quantization or name.quantization,
        size_bytes=sum(file.size_bytes for file in present),
        part_count=count,
        missing_parts=missing,
        problem=_describe_missing(missing, count) or next(problems, None),
        mmproj_path=None if projector is None else projector.path,
        mmproj_bytes=0 if projector is None else projector.size_bytes,
        title=facts.name,
        publisher=facts.publisher,
        architecture=facts.architecture,
        parameters=whole.parameters,
        active_parameters=whole.active_parameters,
        context_length=facts.context_length,
        layer_count=facts.layer_count,
        vocabulary_size=facts.vocabulary_size,
        license=facts.license,
        base_model=facts.base_model,
        capabilities=_join_capabilities(facts, projector),
        has_chat_template=facts.has_chat_template,
        other_paths=twins.get(present[0].path, ()),
    )


def combine(parts: Sequence[ModelFacts]) -> ModelFacts | None:
    """The facts of a split model: the first part's, with what the tensors of all add up to."""
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        parameters=sum(part.parameters for part in parts),
        expert_parameters=sum(part.expert_parameters for part in parts),
        quantization=max(parts, key=lambda part: part.parameters).quantization,
        weights=_add(tuple(part.weights for part in parts)),
    )


def _add(weights: Sequence[ModelWeights]) -> ModelWeights:
    return ModelWeights(
        layers=_add_layers([one.layers for one in weights]),
        experts=_add_layers([one.experts for one in weights]),
        input=sum(one.input for one in weights),
        output=sum(one.output for one in weights),
        other=sum(one.other for one in weights),
    )


def _add_layers(layers: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip_longest(*layers, fillvalue=0))


def _order(parts: Sequence[_Named]) -> list[ModelFacts]:
    """The facts of the parts, first part first."""
    ordered = sorted(parts, key=_number)
    return [part.file.facts for part in ordered if part.file.facts is not None]


def _number(part: _Named) -> int:
    return part.name.part


def _choose_name(by_file: str, told: str | None) -> str:
    """The header's spelling, where it is that of the file's name; else the file's name.

    Headers often have the name of what a model was made from, or of somebody's folder.
    """
    if told is None or _bare(told) not in _bare(by_file):
        return by_file
    return told if len(_bare(told)) * 4 >= len(_bare(by_file)) * 3 else by_file


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold()) or "\0"


def _join_capabilities(facts: ModelFacts, projector: FoundFile | None) -> tuple[Capability, ...]:
    if projector is None or projector.facts is None or Capability.CHAT not in facts.capabilities:
        return facts.capabilities
    return (*facts.capabilities, *projector.facts.capabilities)


def _describe_missing(missing: tuple[int, ...], part_count: int) -> str | None:
    if not missing:
        return None
    if len(missing) == 1:
        return f"Part {missing[0]} of {part_count} is missing."
    numbers = ", ".join(str(number) for number in missing[:_NAMED])
    more = " and more" if len(missing) > _NAMED else ""
    return f"Of {part_count} parts these are missing: {numbers}{more}."


def _pick_projector(projectors: Sequence[FoundFile], model: _Named) -> FoundFile | None:
    """The one whose name shares most with the model's; projectors come in several precisions."""
    if model.file.label is not None:  # its store says which, and has all in one folder
        return next((one for one in projectors if one.path == model.file.projector), None)
    if not projectors:
        return None
    wanted = model.name.name.casefold()
    return max(
        sorted(projectors, key=lambda file: file.path),
        key=lambda file: (wanted in file.path.name.casefold(), _is_half(file.path.name)),
    )


def _is_half(file_name: str) -> bool:
    return (read_name(file_name).quantization or "").endswith("F16")
