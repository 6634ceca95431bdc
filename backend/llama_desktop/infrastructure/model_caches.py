"""Knows where other programs keep their models."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from llama_desktop.domain.models import CacheKind
from llama_desktop.infrastructure.ollama_store import is_ollama_store


def list_usual_caches(
    home: Path, environment: Mapping[str, str] = os.environ
) -> Iterator[tuple[CacheKind, Path]]:
    """Where they may be, the place that a program was told first; whether or not they exist."""
    if told := environment.get("OLLAMA_MODELS"):
        yield CacheKind.OLLAMA, Path(told)
    yield CacheKind.OLLAMA, home / ".ollama" / "models"
    if sys.platform == "linux":
        yield CacheKind.OLLAMA, Path("/usr/share/ollama/.ollama/models")
    yield CacheKind.LM_STUDIO, home / ".lmstudio" / "models"
    yield CacheKind.LM_STUDIO, home / ".cache" / "lm-studio" / "models"
    if told := environment.get("HF_HUB_CACHE"):
        yield CacheKind.HUGGING_FACE, Path(told)
    if told := environment.get("HF_HOME"):
        yield CacheKind.HUGGING_FACE, Path(told) / "hub"
    cache = environment.get("XDG_CACHE_HOME")
    base = Path(cache) if cache else home / ".cache"
    yield CacheKind.HUGGING_FACE, base / "huggingface" / "hub"


def find_owner(
    path: Path, home: Path | None = None, environment: Mapping[str, str] = os.environ
) -> CacheKind | None:
    """Whose store a file is in, by where it is and by how the folders around it look.

    `path` has its links followed already. `home`: the person's own where not given.
    """
    for kind, place in list_usual_caches(home or Path.home(), environment):
        if path.is_relative_to(place.expanduser().resolve()):
            return kind
    for folder in path.parents:
        if is_ollama_store(folder):
            return CacheKind.OLLAMA
        if (folder / "blobs").is_dir() and (folder / "snapshots").is_dir():
            return CacheKind.HUGGING_FACE
    return None
