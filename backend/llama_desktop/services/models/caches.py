"""Finds other programs' models on this machine."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from llama_desktop.domain.models import CacheKind, ModelCache
from llama_desktop.infrastructure.model_headers import ModelHeaders
from llama_desktop.infrastructure.model_places import scan_place
from llama_desktop.services.models.catalog import build_catalog


def look_at_caches(
    places: Iterable[tuple[CacheKind, Path]], added: Collection[Path]
) -> tuple[ModelCache, ...]:
    """Those that hold models. Reads every file's header: call it in a thread."""
    headers = ModelHeaders()
    seen: set[Path] = set()
    found: list[ModelCache] = []
    for kind, path in places:
        place = path.expanduser().absolute()
        real = place.resolve()
        if real in seen or not place.is_dir():
            continue
        seen.add(real)
        models = build_catalog(scan_place(place, headers).files).models
        if models:
            found.append(
                ModelCache(
                    kind=kind,
                    path=place,
                    model_count=len(models),
                    size_bytes=sum(model.size_bytes for model in models),
                    is_added=place in added,
                )
            )
    return tuple(found)
