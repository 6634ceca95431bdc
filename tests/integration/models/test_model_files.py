"""The search for GGUF files, on a real file system."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from llama_desktop.infrastructure.model_files import FolderScan, scan_folder
from llama_desktop.infrastructure.model_headers import ModelHeaders
from llama_desktop.services.models.catalog import build_catalog
from models.headers import write_header

_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file systems only")


def _make(path: Path, content: bytes = write_header()) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _scan(folder: Path) -> FolderScan:
    return scan_folder(folder, ModelHeaders())


def _names(folder: Path) -> list[str]:
    return [found.path.name for found in _scan(folder).files]


def test_any_layout_and_any_case_is_found(tmp_path: Path) -> None:
    _make(tmp_path / "a.gguf")
    _make(tmp_path / ".hidden" / "publisher" / "repo" / "b.GGUF")
    _make(tmp_path / "notes.txt")
    (tmp_path / "folder.gguf").mkdir()
    assert sorted(_names(tmp_path)) == ["a.gguf", "b.GGUF"]


@_POSIX
def test_links_are_followed_and_loops_end(tmp_path: Path) -> None:
    blob = _make(tmp_path / "blobs" / "0123")
    snapshots = tmp_path / "models" / "snapshots"
    snapshots.mkdir(parents=True)
    (snapshots / "model.gguf").symlink_to(blob)
    (tmp_path / "models" / "loop").symlink_to(tmp_path / "models")
    (tmp_path / "models" / "self").symlink_to(tmp_path / "models" / "self")
    (tmp_path / "models" / "gone.gguf").symlink_to(tmp_path / "nowhere")
    found = {file.path.name: file for file in _scan(tmp_path / "models").files}
    assert sorted(found) == ["gone.gguf", "model.gguf"]
    assert found["model.gguf"].facts is not None
    assert found["gone.gguf"].fault == "cannot be read: its link points to nothing"


@_POSIX
def test_pipes_and_sockets_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket.gguf"))
        assert _names(tmp_path) == []


@_POSIX
def test_names_that_are_no_text_are_counted_and_left_out(tmp_path: Path) -> None:
    _make(tmp_path / "good.gguf")
    with open(os.fsencode(tmp_path) + b"/bad-\xff.gguf", "wb"):  # noqa: PTH123 - bytes, not a Path
        pass
    scan = _scan(tmp_path)
    assert [found.path.name for found in scan.files] == ["good.gguf"]
    assert scan.unnamed_count == 1


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_told_and_the_rest_found(tmp_path: Path) -> None:
    _make(tmp_path / "good.gguf")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    scan = _scan(tmp_path)
    assert [found.path.name for found in scan.files] == ["good.gguf"]
    assert scan.unreadable == [(closed, "permission denied")]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    ((place, reason),) = _scan(tmp_path / "none").unreadable
    assert place == tmp_path / "none"
    assert reason == "no such file or directory"


def test_real_models_come_out_sound_and_split_ones_whole(
    tiny_model: Path, split_model: Path, vision_projector: Path
) -> None:
    folders = {tiny_model.parent, split_model.parent, vision_projector.parent}
    catalog = build_catalog(found for folder in folders for found in _scan(folder).files)
    by_path = {model.path: model for model in catalog.models}
    assert by_path[tiny_model].problem is None
    assert by_path[tiny_model].size_bytes == tiny_model.stat().st_size
    split = by_path[split_model]
    assert (split.part_count, split.missing_parts, split.problem) == (3, (), None)
    assert vision_projector not in by_path
