"""What the single-file executable leaves behind when it is killed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from llama_desktop.infrastructure.unpacked import mark_in_use, remove_left_folders

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the lock is POSIX's")


def _left_folder(parent: Path, name: str = "_MEIabc123") -> Path:
    folder = parent / name
    folder.mkdir()
    (folder / ".llama-desktop").touch()
    (folder / "library.so").write_bytes(b"x" * 100)
    return folder


def test_a_folder_that_nobody_uses_is_removed(tmp_path: Path) -> None:
    folder = _left_folder(tmp_path)

    assert remove_left_folders(parent=tmp_path, unpacking_seconds=0) == [folder]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_stays(tmp_path: Path) -> None:
    folder = tmp_path / "_MEIused00"
    folder.mkdir()
    mark_in_use(folder)

    assert remove_left_folders(parent=tmp_path, unpacking_seconds=0) == []
    assert folder.is_dir()


def test_a_folder_of_another_program_stays(tmp_path: Path) -> None:
    folder = tmp_path / "_MEIother0"
    folder.mkdir()

    assert remove_left_folders(parent=tmp_path, unpacking_seconds=0) == []
    assert folder.is_dir()


def test_a_folder_that_is_just_being_unpacked_stays(tmp_path: Path) -> None:
    folder = _left_folder(tmp_path)

    assert remove_left_folders(parent=tmp_path) == []
    os.utime(folder, (0, 0))
    assert remove_left_folders(parent=tmp_path) == [folder]


def test_a_mark_that_points_elsewhere_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "_MEIlink00"
    folder.mkdir()
    outside = tmp_path / "precious"
    outside.touch()
    (folder / ".llama-desktop").symlink_to(outside)

    assert remove_left_folders(parent=tmp_path, unpacking_seconds=0) == []
    assert outside.exists()
