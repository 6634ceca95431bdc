"""A TinyDB file that is whole or as before, whatever fails."""

from __future__ import annotations

import errno
import stat
import sys
from pathlib import Path

import pytest

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.storage.atomic_file import (
    remove_leftovers,
    storage_failed,
    write_atomically,
)
from llama_desktop.infrastructure.storage.damaged_files import set_aside
from llama_desktop.infrastructure.storage.database import DamagedFile, Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chats" / "a.json"


@pytest.fixture
def database(file: Path) -> Database:
    file.parent.mkdir()
    return Database(file)


def test_records_are_there_for_the_next_process_in_the_order_of_their_ids(
    database: Database, file: Path
) -> None:
    for number in (1, 2, 10, 3):
        database.put("messages", number, {"text": f"Привет {number} 😀"})
    again = Database(file)
    assert [record.doc_id for record in again.all("messages")] == [1, 2, 3, 10]
    assert again.find("messages", 10) == {"text": "Привет 10 😀"}
    assert again.find("messages", 4) is None
    assert list(file.parent.iterdir()) == [file]


def test_putting_again_replaces_the_record_and_keeps_no_field_of_the_old_one(
    database: Database, file: Path
) -> None:
    database.put("chat", 1, {"title": "a", "error": "b"})
    database.put("chat", 1, {"title": "c"})
    assert Database(file).find("chat", 1) == {"title": "c"}


def test_several_changes_together_are_one_write(database: Database, file: Path) -> None:
    database.put("chat", 1, {"n": 1})
    before = file.stat().st_ino
    with database.together():
        database.put("chat", 1, {"n": 2})
        database.put("messages", 1, {"text": "a"})
        assert file.stat().st_ino == before
        assert Database(file).find("chat", 1) == {"n": 1}
    assert Database(file).find("messages", 1) == {"text": "a"}


def test_a_failure_in_the_middle_leaves_neither_half(database: Database, file: Path) -> None:
    database.put("chat", 1, {"n": 1})

    def fail_in_the_middle() -> None:
        with database.together():
            database.put("chat", 1, {"n": 2})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_the_middle()
    assert database.find("chat", 1) == {"n": 1}
    assert Database(file).find("chat", 1) == {"n": 1}


@pytest.mark.parametrize("poison", [object(), "\ud800"])
def test_what_cannot_be_written_does_not_poison_what_comes_after(
    database: Database, file: Path, poison: object
) -> None:
    database.put("chat", 1, {"n": 1})
    with pytest.raises((TypeError, ValueError)):
        database.put("chat", 2, {"bad": poison})
    database.put("chat", 3, {"n": 3})
    assert [record.doc_id for record in Database(file).all("chat")] == [1, 3]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_files_are_closed_to_other_users(database: Database, file: Path) -> None:
    database.put("chat", 1, {})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": 1}', b"\xff\xfe\0", b"[" * 5000])
def test_anything_but_tables_is_damaged_and_not_touched(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(DamagedFile):
        Database(file).find("chat", 1)
    assert file.read_bytes() == content


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "chats").write_text("not a folder")
    with pytest.raises(StorageFailed):
        Database(tmp_path / "chats" / "a.json").put("chat", 1, {})


def test_a_failed_write_leaves_no_leftover(tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
        write_atomically(target, b"x")
    assert list(tmp_path.iterdir()) == [target]


def test_leftovers_of_a_killed_process_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.json.123.tmp").write_text("half")
    (tmp_path / "a.json").write_text("whole")
    remove_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_two_files_damaged_in_the_same_second_are_both_kept(tmp_path: Path) -> None:
    places = []
    for content in ("one", "two", "three"):
        path = tmp_path / "a.json"
        path.write_text(content)
        places.append(set_aside(path, tmp_path / "damaged"))
    assert [place.read_text() for place in places] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "full"), (errno.EROFS, "permissions"), (errno.EIO, "could not be read")],
)
def test_errors_of_the_disk_are_sentences_that_say_where(
    tmp_path: Path, number: int, words: str
) -> None:
    error = storage_failed(OSError(number, "Reason"), tmp_path / "chats" / "a.json")
    assert words in error.message
    assert str(tmp_path) in error.message
    assert error.message.endswith(".")
