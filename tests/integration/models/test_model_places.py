"""Where models lie: our folders and other programs' stores; what is kept of their headers."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path

from llama_desktop.domain.models import CacheKind
from llama_desktop.infrastructure.folder_watch import watch_folders
from llama_desktop.infrastructure.model_caches import list_usual_caches
from llama_desktop.infrastructure.model_headers import ModelHeaders
from llama_desktop.infrastructure.model_places import scan_place
from llama_desktop.services.models.caches import look_at_caches
from llama_desktop.services.models.catalog import build_catalog

_HEX = "0123456789abcdef" * 4


def _ollama(root: Path, model: Path, projector: Path | None = None) -> Path:
    """A store with `qwen3:8b`, as Ollama lays it out."""
    store = root / ".ollama" / "models"
    (store / "blobs").mkdir(parents=True)
    shutil.copy(model, store / "blobs" / f"sha256-{_HEX}")
    layers = [{"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{_HEX}"}]
    if projector is not None:
        other = _HEX[::-1]
        shutil.copy(projector, store / "blobs" / f"sha256-{other}")
        kind = "application/vnd.ollama.image.projector"
        layers.append({"mediaType": kind, "digest": f"sha256:{other}"})
    _write_manifest(store, "qwen3", "8b", layers)
    return store


def _write_manifest(store: Path, name: str, tag: str, layers: object) -> None:
    folder = store / "manifests" / "registry.ollama.ai" / "library" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / tag).write_text(json.dumps({"layers": layers}), encoding="utf-8")


def test_ollamas_models_have_their_names_and_projectors(
    tmp_path: Path, tiny_model: Path, vision_projector: Path
) -> None:
    store = _ollama(tmp_path, tiny_model, vision_projector)
    (model,) = build_catalog(scan_place(store, ModelHeaders()).files).models

    assert model.name == "qwen3:8b"
    assert model.path == store / "blobs" / f"sha256-{_HEX}"
    assert model.mmproj_path == store / "blobs" / f"sha256-{_HEX[::-1]}"
    assert model.problem is None


def test_a_manifest_reaches_nothing_outside_its_store(tmp_path: Path, tiny_model: Path) -> None:
    store = _ollama(tmp_path, tiny_model)
    kind = "application/vnd.ollama.image.model"
    for number, digest in enumerate(["sha256:../../secret", "/etc/passwd", f"sha256:{'f' * 64}"]):
        _write_manifest(store, f"bad{number}", "1", [{"mediaType": kind, "digest": digest}])
    shutil.copy(tiny_model, tmp_path / "outside")
    (store / "blobs" / f"sha256-{'f' * 64}").symlink_to(tmp_path / "outside")
    _write_manifest(store, "odd", "1", {"layers": 7})

    assert [found.label for found in scan_place(store, ModelHeaders()).files] == ["qwen3:8b"]


def test_the_hugging_face_cache_is_read_through_its_links(tmp_path: Path, tiny_model: Path) -> None:
    repo = tmp_path / "hub" / "models--org--name"
    (repo / "blobs").mkdir(parents=True)
    shutil.copy(tiny_model, repo / "blobs" / _HEX)
    for commit in ("aaa", "bbb"):
        (repo / "snapshots" / commit).mkdir(parents=True)
        (repo / "snapshots" / commit / "tiny.gguf").symlink_to(repo / "blobs" / _HEX)
    (model,) = build_catalog(scan_place(tmp_path / "hub", ModelHeaders()).files).models

    assert model.name == "tiny"
    assert len(model.other_paths) == 1


def test_the_caches_of_other_programs_are_found(tmp_path: Path, tiny_model: Path) -> None:
    store = _ollama(tmp_path, tiny_model)
    studio = tmp_path / ".lmstudio" / "models" / "publisher" / "repo"
    studio.mkdir(parents=True)
    shutil.copy(tiny_model, studio / "tiny.gguf")
    places = [
        place
        for place in list_usual_caches(tmp_path, {"OLLAMA_MODELS": str(store)})
        if place[1].is_relative_to(tmp_path)
    ]
    found = look_at_caches(places, added={store})

    assert [(cache.kind, cache.model_count, cache.is_added) for cache in found] == [
        (CacheKind.OLLAMA, 1, True),
        (CacheKind.LM_STUDIO, 1, False),
    ]


def test_headers_are_read_again_only_when_a_file_has_changed(
    tmp_path: Path, tiny_model: Path
) -> None:
    path = tmp_path / "a.gguf"
    shutil.copy(tiny_model, path)
    kept = tmp_path / "kept.cache"
    headers = ModelHeaders(kept)
    before = headers.read(path, path.stat())
    headers.save()
    status = path.stat()
    path.write_bytes(b"X" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert ModelHeaders(kept).read(path, path.stat()) == before

    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))

    assert ModelHeaders(kept).read(path, path.stat()).facts is None


def test_a_damaged_file_of_kept_headers_costs_nothing(tmp_path: Path, tiny_model: Path) -> None:
    kept = tmp_path / "kept.cache"
    kept.write_bytes(b"nonsense")

    assert ModelHeaders(kept).read(tiny_model, tiny_model.stat()).facts is not None


async def test_a_new_model_file_is_noticed_and_other_files_are_not(tmp_path: Path) -> None:
    stop = asyncio.Event()
    changes = watch_folders([tmp_path, tmp_path / "none"], stop)
    told = asyncio.ensure_future(anext(changes))
    async with asyncio.timeout(20):
        while not told.done():  # it may take a moment until the system watches
            (tmp_path / "a.part").write_bytes(b"x")
            (tmp_path / "b.gguf").write_bytes(os.urandom(3))
            await asyncio.wait([told], timeout=0.2)
    stop.set()
    await changes.aclose()
