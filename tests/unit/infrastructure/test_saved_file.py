"""Files that a person saves."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.saved_file import save_text


def test_a_saved_file_is_whole_and_readable_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "Plans.md"
    other = tmp_path / "other"
    other.touch()
    save_text(path, "# Grüße\n")
    save_text(path, "# Grüße\r\n\ud800")
    assert path.read_bytes() == "# Grüße\r\n?".encode()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["Plans.md", "other"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_what_a_link_leads_to_is_written(tmp_path: Path) -> None:
    target, link, circle = tmp_path / "target.md", tmp_path / "link.md", tmp_path / "circle.md"
    link.symlink_to(target)
    save_text(link, "text")
    assert target.read_text() == "text"
    assert link.is_symlink()
    circle.symlink_to(circle)
    with pytest.raises(StorageFailed):
        save_text(circle, "text")


@pytest.mark.parametrize("name", ["missing/a.md", "folder", "x" * 300])
def test_a_place_that_takes_nothing_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside").touch()
    with pytest.raises(StorageFailed):
        save_text(tmp_path / name, "text")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
