"""Files that come all or not at all, whenever the process that brings them dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.storage.coming_files import ComingFiles


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "chats").mkdir()
    (tmp_path / "chats" / "a.json").write_text("old")
    (tmp_path / "trash").mkdir()
    (tmp_path / "trash" / "b.json").write_text("deleted")
    return tmp_path


def _gather(data: Path) -> ComingFiles:
    coming = ComingFiles(data)
    place = coming.gather()
    (place / "chats" / "b.files").mkdir(parents=True)
    (place / "chats" / "a.json").write_text("new")
    (place / "chats" / "b.json").write_text("new")
    (place / "chats" / "b.files" / "x").write_text("file")
    (place / "settings.json").write_text("new")
    return coming


def _is_new(data: Path) -> bool:
    names = ("chats/a.json", "chats/b.json", "settings.json")
    return (
        all((data / name).exists() and (data / name).read_text() == "new" for name in names)
        and (data / "chats" / "b.files" / "x").read_text() == "file"
        and not (data / "trash" / "b.json").exists()
        and not list(data.glob("restoring*"))
    )


def test_all_comes_and_what_is_to_go_goes(data: Path) -> None:
    _gather(data).bring_in(["trash/b.json", "trash/b.files"])
    assert _is_new(data)


def test_what_was_only_gathered_when_the_process_died_never_comes(data: Path) -> None:
    _gather(data)
    assert ComingFiles(data).finish() is None
    assert (data / "chats" / "a.json").read_text() == "old"
    assert (data / "trash" / "b.json").exists()
    assert sorted(path.name for path in data.iterdir()) == ["chats", "trash"]


def test_what_was_whole_comes_at_the_next_start_wherever_it_was_cut_off(data: Path) -> None:
    _gather(data)
    whole = data / "restoring"
    (data / "restoring.making").rename(whole)
    (whole / "removed.json").write_text('["trash/b.json"]')
    # Some of it had come before the process died.
    (whole / "chats" / "a.json").replace(data / "chats" / "a.json")
    assert ComingFiles(data).finish() is None
    assert _is_new(data)


def test_a_start_after_the_last_step_finds_nothing_to_do(data: Path) -> None:
    (data / "restoring").mkdir()
    (data / "restoring" / "removed.json").write_text("[]")
    assert ComingFiles(data).finish() is None
    assert not (data / "restoring").exists()
    assert (data / "chats" / "a.json").read_text() == "old"


def test_what_cannot_come_now_does_not_come_later_over_newer_things(data: Path) -> None:
    coming = _gather(data)
    (data / "settings.json").mkdir()  # no file can take its place
    with pytest.raises(StorageFailed):
        coming.bring_in([])
    (data / "settings.json").rmdir()
    (data / "chats" / "a.json").write_text("newer")
    assert ComingFiles(data).finish() is None
    assert (data / "chats" / "a.json").read_text() == "newer"
    assert not list(data.glob("restoring*"))
