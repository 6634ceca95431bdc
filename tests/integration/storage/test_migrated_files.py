"""A file of an older version is migrated by its next write, after a copy of it was kept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from llama_desktop.domain.chat import Conversation
from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.chat_files import read_chat
from llama_desktop.infrastructure.storage.conversation_record import SCHEMA
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository
from llama_desktop.infrastructure.storage.database import Database
from llama_desktop.infrastructure.storage.migration_backups import keep_backup
from llama_desktop.infrastructure.storage.migrations import CONVERSATION, FileKind, Tables

_VERSION_1: Final = b"""{ "chat": {"1":
  {"schema": 1, "created": 5, "updated": 6.5, "title": "Old", "leaf_id": 2}},
 "messages": {
  "1": {"parent_id": null, "role": "user", "content": "Violets?", "status": "complete",
        "created": 5},
  "2": {"parent_id": 1, "role": "assistant", "content": "Blue.", "status": "complete",
        "created": 6}}}
"""


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = AppPaths.locate(tmp_path)
    paths.prepare()
    (paths.chats / "old.json").write_bytes(_VERSION_1)
    return paths


def _open(paths: AppPaths) -> ConversationRepository:
    return ConversationRepository(
        chats=paths.chats, trash=paths.trash, damaged=paths.damaged, backups=paths.backups
    )


def _rename(conversation: Conversation) -> Conversation:
    return replace(conversation, title="New")


def _backup(paths: AppPaths) -> Path:
    return paths.backups / "conversation-old-v1.json"


def test_reading_alone_changes_nothing(paths: AppPaths) -> None:
    repository = _open(paths)
    (summary,) = repository.take_inventory().summaries
    assert (summary.title, summary.message_count) == ("Old", 2)
    chat = repository.read("old")
    assert [one.content for one in chat.messages] == ["Violets?", "Blue."]
    indexed = read_chat(paths.chats, "old")
    assert indexed is not None
    assert indexed[0] == chat
    assert (paths.chats / "old.json").read_bytes() == _VERSION_1
    assert not paths.backups.exists()


def test_the_next_write_migrates_and_the_backup_is_the_old_file(paths: AppPaths) -> None:
    repository = _open(paths)
    after = repository.change("old", _rename)
    tables = json.loads((paths.chats / "old.json").read_bytes())
    assert tables["chat"]["1"]["schema"] == SCHEMA
    assert tables["chat"]["1"]["title_origin"] == "person"
    assert _open(paths).read("old") == after
    assert _backup(paths).read_bytes() == _VERSION_1
    repository.change("old", lambda one: replace(one, is_pinned=True))
    _open(paths).change("old", lambda one: replace(one, is_pinned=False))
    assert [path.name for path in paths.backups.iterdir()] == [_backup(paths).name]
    assert _backup(paths).read_bytes() == _VERSION_1


def test_a_kill_between_backup_and_write_loses_nothing(paths: AppPaths) -> None:
    path = paths.chats / "old.json"
    keep_backup(path, CONVERSATION, 1, paths.backups)  # and then the process is gone
    (paths.backups / f"{_backup(paths).name}.1.tmp").write_bytes(b"half")
    repository = _open(paths)
    assert len(repository.take_inventory().summaries) == 1
    assert [one.name for one in paths.backups.iterdir()] == [_backup(paths).name]
    assert path.read_bytes() == _backup(paths).read_bytes() == _VERSION_1
    repository.change("old", _rename)
    assert _open(paths).read("old").title == "New"
    assert _backup(paths).read_bytes() == _VERSION_1


def test_a_write_that_fails_after_the_backup_leaves_the_old_file(paths: AppPaths) -> None:
    path = paths.chats / "old.json"
    in_the_way = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    in_the_way.mkdir()
    repository = _open(paths)
    with pytest.raises(StorageFailed):
        repository.change("old", _rename)
    assert path.read_bytes() == _backup(paths).read_bytes() == _VERSION_1
    assert repository.read("old").title == "Old"
    in_the_way.rmdir()
    repository.change("old", _rename)
    assert json.loads(path.read_bytes())["chat"]["1"]["schema"] == SCHEMA
    assert _backup(paths).read_bytes() == _VERSION_1


def test_without_a_backup_nothing_is_migrated(paths: AppPaths) -> None:
    paths.backups.write_bytes(b"no folder")
    with pytest.raises(StorageFailed):
        _open(paths).change("old", _rename)
    assert (paths.chats / "old.json").read_bytes() == _VERSION_1


def test_a_file_of_a_later_version_stays_as_it_is(paths: AppPaths) -> None:
    path = paths.chats / "old.json"
    later = _VERSION_1.replace(b'"schema": 1', b'"schema": %d' % (SCHEMA + 1))
    path.write_bytes(later)
    repository = _open(paths)
    (faulty,) = repository.take_inventory().faulty_files
    assert (faulty.fault, faulty.place) == ("newer", path)
    with pytest.raises(StorageFailed, match="later version"):
        repository.change("old", _rename)
    assert path.read_bytes() == later
    assert not paths.backups.exists()


@pytest.mark.parametrize("is_migrated", [True, False])
def test_what_is_forgotten_is_in_no_backup(paths: AppPaths, *, is_migrated: bool) -> None:
    repository = _open(paths)
    if is_migrated:
        repository.change("old", _rename)
    repository.forget("old", lambda one: replace(one, messages=one.messages[:1], leaf_id=1))
    assert len(_open(paths).read("old").messages) == 1
    assert not _backup(paths).exists()


def test_a_backup_goes_with_the_chat_that_is_deleted_for_good(paths: AppPaths) -> None:
    repository = _open(paths)
    repository.change("old", _rename)
    repository.delete("old")
    assert _backup(paths).exists()
    repository.purge_trash(deleted_before=float("inf"))
    assert not _backup(paths).exists()


def _count(tables: Tables) -> Tables:
    return {**tables, "t": {"1": {**tables["t"]["1"], "steps": tables["t"]["1"]["steps"] + 1}}}


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_file_of_any_version_is_backed_up_under_it(tmp_path: Path, version: int) -> None:
    kind = FileKind("thing", "t", {1: _count, 2: _count, 3: _count})
    path, backups = tmp_path / "a.json", tmp_path / "backups"
    old = json.dumps({"t": {"1": {"schema": version, "steps": 0}}}).encode()
    path.write_bytes(old)
    database = Database(path, kind=kind, backups=backups)
    database.put("t", 2, {"more": True})
    assert Database(path).find("t", 1) == {"schema": 4, "steps": 4 - version}
    assert {one.name: one.read_bytes() for one in backups.iterdir()} == {
        f"thing-a-v{version}.json": old
    }
