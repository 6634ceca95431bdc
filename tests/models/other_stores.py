"""The stores of other programs, as they lay out a model each below a home folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

_HEX = "0123456789abcdef" * 4


def write_other_stores(home: Path, model: Path) -> dict[str, Path]:
    """Copies of one model: `qwen3:8b`, `studio-model` and `hub-model`; the three places."""
    copies = {
        "ollama": _write_ollama(home / ".ollama" / "models", model),
        "lm_studio": _write_studio(home / ".lmstudio" / "models", model),
        "hugging_face": _write_hub(home / ".cache" / "huggingface" / "hub", model),
    }
    for number, copy in enumerate(copies.values()):
        with copy.open("ab") as file:  # the same model in two places would be one
            file.write(bytes(number + 1))
    return {
        "ollama": home / ".ollama" / "models",
        "lm_studio": home / ".lmstudio" / "models",
        "hugging_face": home / ".cache" / "huggingface" / "hub",
    }


def _write_ollama(store: Path, model: Path) -> Path:
    blob = store / "blobs" / f"sha256-{_HEX}"
    blob.parent.mkdir(parents=True)
    shutil.copy(model, blob)
    manifest = store / "manifests" / "registry.ollama.ai" / "library" / "qwen3" / "8b"
    manifest.parent.mkdir(parents=True)
    kind = "application/vnd.ollama.image.model"
    layers = [{"mediaType": kind, "digest": f"sha256:{_HEX}"}]
    manifest.write_text(json.dumps({"layers": layers}), encoding="utf-8")
    return blob


def _write_studio(place: Path, model: Path) -> Path:
    file = place / "publisher" / "repo" / "studio-model.gguf"
    file.parent.mkdir(parents=True)
    shutil.copy(model, file)
    return file


def _write_hub(place: Path, model: Path) -> Path:
    repo = place / "models--org--name"
    blob = repo / "blobs" / _HEX
    blob.parent.mkdir(parents=True)
    shutil.copy(model, blob)
    link = repo / "snapshots" / "aaa" / "hub-model.gguf"
    link.parent.mkdir(parents=True)
    link.symlink_to(blob)
    return blob
