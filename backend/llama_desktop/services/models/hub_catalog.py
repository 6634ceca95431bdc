"""What a repository's list of files offers: models by quantisation, and vision parts. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final

from llama_desktop.domain.downloads import HubFile, HubQuantization
from llama_desktop.services.models.model_names import ModelName, read_name

_SHOWN: Final = 200

_Named = tuple[HubFile, ModelName]


def group_files(
    files: Iterable[HubFile],
) -> tuple[tuple[HubQuantization, ...], tuple[HubFile, ...]]:
    """The models by size, and the vision parts, the usual one first."""
    models: dict[tuple[str, str, int], list[_Named]] = defaultdict(list)
    projectors: list[HubFile] = []
    for file in files:
        path = PurePosixPath(file.path)
        name = read_name(path.name)
        if name.is_projector:
            projectors.append(file)
        elif not path.name.lower().startswith(("imatrix", "ggml-vocab")):
            models[str(path.parent), name.stem, name.part_count].append((file, name))
    groups = [_group(parts) for parts in models.values()]
    named = _make_unique(groups)
    by_size = sorted(named, key=lambda one: (one.size_bytes, one.name))
    projectors.sort(key=lambda file: (not _is_usual(file), file.size_bytes))
    return tuple(by_size[:_SHOWN]), tuple(projectors[:_SHOWN])


def _group(parts: Sequence[_Named]) -> HubQuantization:
    by_number = dict(sorted((name.part, file) for file, name in parts))
    name = parts[0][1]
    missing = tuple(number for number in range(1, name.part_count + 1) if number not in by_number)
    return HubQuantization(
        name=name.quantization or name.stem,
        size_bytes=sum(file.size_bytes for file in by_number.values()),
        files=tuple(by_number.values()),
        missing_parts=missing,
    )


def _make_unique(groups: Sequence[HubQuantization]) -> list[HubQuantization]:
    """Several models of one quantisation in a repository are told apart by their files."""
    counts: dict[str, int] = defaultdict(int)
    for group in groups:
        counts[group.name] += 1
    return [
        group
        if counts[group.name] == 1
        else HubQuantization(
            name=_stem(group.files[0].path),
            size_bytes=group.size_bytes,
            files=group.files,
            missing_parts=group.missing_parts,
        )
        for group in groups
    ]


def _stem(path: str) -> str:
    folder = str(PurePosixPath(path).parent)
    stem = read_name(PurePosixPath(path).name).stem
    return stem if folder == "." else f"{folder}/{stem}"


def _is_usual(file: HubFile) -> bool:
    """Half precision: as good as the full one, at half its size."""
    quantization = read_name(PurePosixPath(file.path).name).quantization or ""
    return quantization.endswith("F16") and not quantization.startswith("B")
