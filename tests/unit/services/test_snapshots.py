"""Snapshots over real files: what they cost, and what can be forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from fakes.chat_app import ChatApp, open_chat_app
from fakes.fake_client import FakeServer
from llama_desktop.domain.chat import Message, MessageStatus, Role
from llama_desktop.domain.snapshots import Snapshot
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.snapshot_folder import SnapshotFolder
from llama_desktop.services.snapshots import DAY, SnapshotService, choose_outdated


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[ChatApp]:
    async with open_chat_app(tmp_path, FakeServer()) as app:
        yield app


def _folder(paths: AppPaths) -> SnapshotFolder:
    return SnapshotFolder(data=paths.data, snapshots=paths.snapshots, files=(paths.drafts_file,))


def _service(app: ChatApp, *, settle: float = 1e6) -> SnapshotService:
    return SnapshotService(_folder(app.paths), settle_seconds=settle)


async def _say(app: ChatApp, chat: str, content: str, **more: object) -> None:
    def decide(old):
        message = Message(
            id=len(old.messages) + 1,
            parent_id=old.leaf_id,
            role=Role.USER,
            content=content,
            status=MessageStatus.COMPLETE,
            created=1.0,
            **more,
        )
        return replace(old, messages=(*old.messages, message), leaf_id=message.id)

    await app.conversations.change(chat, decide)


async def test_a_snapshot_takes_no_room_and_later_changes_leave_it_as_it_is(app: ChatApp) -> None:
    chat = (await app.conversations.create(title="Sea")).id
    await _say(app, chat, "first")
    app.paths.drafts_file.write_text("{}")
    service = _service(app)
    made = await service.make()
    place = app.paths.snapshots / made.id
    kept, now = place / "chats" / f"{chat}.json", app.paths.chats / f"{chat}.json"
    assert kept.samefile(now)
    await _say(app, chat, "second")
    assert "second" not in kept.read_text()
    assert (place / "drafts.json").read_text() == "{}"
    assert await service.list() == (made,)
    assert made.conversation_count == 1


async def test_a_start_makes_one_where_the_last_is_older_than_a_day(app: ChatApp) -> None:
    service = _service(app, settle=0.0)
    left = app.paths.snapshots / "20260101-000000-000000.making"
    left.mkdir(parents=True)
    async with service:
        await _until_made(service)
    (first,) = await service.list()
    assert not left.exists()
    async with _service(app, settle=0.0) as again:
        await again.forget(lambda _: False)  # waits for its turn
    assert await service.list() == (first,)


async def _until_made(service: SnapshotService) -> None:
    while not await service.list():
        pass


async def test_what_is_forgotten_is_in_no_snapshot(app: ChatApp) -> None:
    gone = (await app.conversations.create(title="Secret place")).id
    chat = (await app.conversations.create(title="Sea")).id
    await _say(app, chat, "keep this")
    app.paths.facts_file.write_text("a secret fact")
    service = _service(app)
    await service.make()
    made = await service.make()
    assert b"ecret" in _all_bytes(app.paths.snapshots)

    forgotten = await service.forget(lambda one: one.id == gone, files=(app.paths.facts_file.name,))

    assert forgotten == 2
    assert b"ecret" not in _all_bytes(app.paths.snapshots)
    assert (app.paths.snapshots / made.id / "chats" / f"{chat}.json").exists()


async def test_what_waited_for_its_question_goes_with_what_is_forgotten(app: ChatApp) -> None:
    app.paths.drafts_file.write_text("half a secret")
    (app.paths.attachments / "a").write_text("a secret file")
    service = _service(app)
    await service.make()
    assert b"secret file" in _all_bytes(app.paths.snapshots)

    await service.forget(lambda _: False, files=(app.paths.drafts_file.name,))

    assert b"secret" not in _all_bytes(app.paths.snapshots)


async def test_what_cannot_be_understood_goes_with_what_is_forgotten(app: ChatApp) -> None:
    await app.conversations.create(title="Sea")
    service = _service(app)
    made = await service.make()
    strange = app.paths.snapshots / made.id / "chats" / "strange.json"
    strange.write_text("half a secr")

    assert await service.forget(lambda _: False) == 1

    assert not strange.exists()


def _all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_last_seven_stay_and_then_one_a_week() -> None:
    now = 1e9
    snapshots = [
        Snapshot(id=str(day), created=now - day * DAY, conversation_count=1) for day in range(100)
    ]
    outdated = {snapshot.id for snapshot in choose_outdated(snapshots)}
    kept = [snapshot.id for snapshot in snapshots if snapshot.id not in outdated]
    assert kept == ["0", "1", "2", "3", "4", "5", "6", "13", "20", "27", "34"]
