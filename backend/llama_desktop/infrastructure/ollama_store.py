"""Reads Ollama's store of models in place: names in manifests, files by their digests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from llama_desktop.infrastructure.model_files import FolderScan, Tell, look_at
from llama_desktop.infrastructure.model_headers import ModelHeaders

_DIGEST: Final = re.compile(r"^sha256[:-]([0-9a-f]{64})$")
_LARGEST_MANIFEST: Final = 1024 * 1024
_MODEL: Final = "application/vnd.ollama.image.model"
_PROJECTOR: Final = "application/vnd.ollama.image.projector"
_USUAL_PLACES: Final = ("registry.ollama.ai", "library")


def is_ollama_store(folder: Path) -> bool:
    """Whether a folder is one, by what is in it."""
    return (folder / "manifests").is_dir() and (folder / "blobs").is_dir()


def scan_ollama_store(store: Path, headers: ModelHeaders, tell: Tell = lambda: None) -> FolderScan:
    """The models that its manifests name. Blocks: call it in a thread."""
    scan = FolderScan()
    for label, layers in _read_manifests(store, scan):
        model = _find_blob(store, layers.get(_MODEL))
        found = None if model is None else look_at(model, headers)
        if found is not None:
            projector = _find_blob(store, layers.get(_PROJECTOR))
            scan.files.append(replace(found, label=label, projector=projector))
            if projector is not None and (seen := look_at(projector, headers)) is not None:
                scan.files.append(seen)
            tell()
    scan.files.sort(key=lambda found: found.label or "")
    return scan


def _read_manifests(store: Path, scan: FolderScan) -> Iterator[tuple[str, dict[str, str]]]:
    root = store / "manifests"
    for path in sorted(root.rglob("*")):
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST_MANIFEST:
                continue
            told = msgspec.json.decode(path.read_bytes())
        except (OSError, ValueError) as error:
            scan.unreadable.append((path, str(error).lower()))
            continue
        layers = _read_layers(told)
        if layers:
            yield _label(path.relative_to(root).parts), layers


def _read_layers(manifest: Any) -> dict[str, str]:
    layers = manifest.get("layers") if isinstance(manifest, dict) else None
    if not isinstance(layers, list):
        return {}
    return {
        layer["mediaType"]: layer["digest"]
        for layer in layers
        if isinstance(layer, dict)
        and isinstance(layer.get("mediaType"), str)
        and isinstance(layer.get("digest"), str)
    }


def _find_blob(store: Path, digest: str | None) -> Path | None:
    """A file in the store's own folder, whatever a manifest says and links point to."""
    match = _DIGEST.match(digest or "")
    if match is None:
        return None
    blobs = store / "blobs"
    path = blobs / f"sha256-{match[1]}"
    try:
        is_inside = path.resolve(strict=True).is_relative_to(blobs.resolve(strict=True))
    except (OSError, RuntimeError):  # it is not there, or its links go in a circle
        return None
    return path if is_inside else None


def _label(parts: tuple[str, ...]) -> str:
    """`registry.ollama.ai/library/qwen3/8b` is `qwen3:8b`."""
    *places, tag = parts
    kept = [place for place in places if place not in _USUAL_PLACES]
    return f"{'/'.join(kept)}:{tag}"
