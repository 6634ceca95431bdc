"""Makes the list of models of the files that were found. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from llama_desktop.domain.models import ModelFile
from llama_desktop.infrastructure.model_files import FoundFile
from llama_desktop.services.models.model_names import ModelName, read_name

_MAGIC: Final = b"GGUF"
_NAMED: Final = 10

_Named = tuple[FoundFile, ModelName]


def build_catalog(files: Iterable[FoundFile]) -> tuple[ModelFile, ...]:
    """The models by name: split files as one, projectors beside the models of their folder."""
    models: dict[tuple[Path, str, int], list[_Named]] = defaultdict(list)
    projectors: dict[Path, list[Path]] = defaultdict(list)
    for file in files:
        name = read_name(file.path.name)
        if name.is_projector:
            if find_problem(file) is None:
                projectors[file.path.parent].append(file.path)
        else:
            key = (file.path.parent, f"{name.stem}{file.path.suffix}", name.part_count)
            models[key].append((file, name))
    built = [
        _build_model(parts, _pick_projector(projectors[folder], parts[0][1]))
        for (folder, _, _), parts in models.items()
    ]
    return tuple(sorted(built, key=lambda model: (model.name.casefold(), str(model.path))))


def find_problem(file: FoundFile) -> str | None:
    """Why a file cannot be a model, as far as its size and first bytes tell."""
    if file.unreadable is not None:
        return f"This file cannot be read: {file.unreadable}."
    if file.size_bytes == 0:
        return "This file is empty. The download may have failed."
    if file.head.startswith(_MAGIC):
        return None
    return f"This is no GGUF file: {_guess(file.head)}."


def _build_model(parts: Sequence[_Named], projector: Path | None) -> ModelFile:
    by_number = dict(sorted((name.part, file) for file, name in parts))
    name = parts[0][1]
    present = list(by_number.values())
    missing = tuple(number for number in range(1, name.part_count + 1) if number not in by_number)
    problems = (problem for file in present if (problem := find_problem(file)) is not None)
    return ModelFile(
        path=present[0].path,
        name=name.name,
        quantization=name.quantization,
        size_bytes=sum(file.size_bytes for file in present),
        part_count=name.part_count,
        missing_parts=missing,
        problem=_describe_missing(missing, name.part_count) or next(problems, None),
        mmproj_path=projector,
    )


def _describe_missing(missing: tuple[int, ...], part_count: int) -> str | None:
    if not missing:
        return None
    if len(missing) == 1:
        return f"Part {missing[0]} of {part_count} is missing."
    numbers = ", ".join(str(number) for number in missing[:_NAMED])
    more = " and more" if len(missing) > _NAMED else ""
    return f"Of {part_count} parts these are missing: {numbers}{more}."


def _pick_projector(projectors: Sequence[Path], model: ModelName) -> Path | None:
    """The one whose name shares most with the model's; projectors come in several precisions."""
    if not projectors:
        return None
    wanted = model.name.casefold()
    return max(
        sorted(projectors),
        key=lambda path: (wanted in path.name.casefold(), _is_half(path.name)),
    )


def _is_half(file_name: str) -> bool:
    return (read_name(file_name).quantization or "").endswith("F16")


def _guess(head: bytes) -> str:
    start = head.lstrip()[:32].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "it is a web page, as a failed download leaves it"
    if head.startswith(b"version https://git-lfs"):
        return "it is a Git LFS pointer; the file itself was not downloaded"
    if len(head) > 8 and head[8:9] == b"{" and head[5:8] == b"\0\0\0":
        return "it looks like a safetensors file, which has to be converted first"
    if head.startswith((b"ggml", b"lmgg", b"ggjt", b"tjgg", b"fmgg", b"ggmf", b"GGML")):
        return "it is in llama.cpp's format from before GGUF; look for a newer file"
    if head.startswith(b"PK\x03\x04"):
        return "it is a ZIP archive or a PyTorch file"
    if head[:4] == b"\0\0\0\0":
        return "it begins with zeros, as an unfinished download does"
    return "it does not begin with “GGUF”"
