"""Deleted conversations, over real files in a temporary folder."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fakes.stubborn_repository import StubbornRepository
from fakes.topic_log import TopicLog
from llama_desktop.domain.chat import (
    Attachment,
    AttachmentKind,
    Conversation,
    Overflow,
    SamplingParameters,
)
from llama_desktop.domain.errors import ConversationNotFound
from llama_desktop.domain.events import ConversationSaved
from llama_desktop.domain.settings import Settings
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.attachment_files import AttachmentFiles
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.conversation_tree import append_question
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.notices import NoticeService

DAY = 24 * 3600
_AS_IT_CAME = Settings()


@asynccontextmanager
async def open_chats(
    folder: Path, settings: Settings = _AS_IT_CAME
) -> AsyncIterator[tuple[ConversationService, AppPaths]]:
    paths, storage, notices = AppPaths.locate(folder), StorageThread(), NoticeService()
    paths.prepare()
    repository = StubbornRepository(
        chats=paths.chats, trash=paths.trash, damaged=paths.damaged, backups=paths.backups
    )
    try:
        service = ConversationService(repository, storage, notices, lambda: settings)
        async with service:
            yield service, paths
            assert notices.notices().notices == ()
    finally:
        await storage.aclose()


def _file(number: int) -> Attachment:
    return Attachment(
        id=f"file-{number}",
        name="a.txt",
        kind=AttachmentKind.TEXT,
        media_type="text/plain",
        size_bytes=4,
    )


async def _chat_with_file(service: ConversationService, paths: AppPaths) -> str:
    """A chat that names one file and has a second one that nothing names."""
    chat = await service.create()
    files = AttachmentFiles(unsent=paths.attachments, chats=paths.chats)
    for number in (1, 2):
        files.add(_file(number), b"text")
        files.take(f"file-{number}", chat.id)

    def ask(old: Conversation) -> Conversation:
        return append_question(old, "See", parent_id=None, now=1.0, attachments=(_file(1),))

    await service.change(chat.id, ask)
    return chat.id


async def test_files_go_into_the_trash_and_come_back_with_their_chat(tmp_path: Path) -> None:
    async with open_chats(tmp_path) as (service, paths):
        chat = await _chat_with_file(service, paths)
        await service.delete(chat)
        assert list(paths.chats.iterdir()) == []
        assert (paths.trash / f"{chat}.files" / "file-1").read_text() == "text"
        await service.restore((chat,))
        assert list(paths.trash.iterdir()) == []
        assert (paths.chats / f"{chat}.files" / "file-1").read_text() == "text"


async def test_the_trash_lists_the_last_deleted_first(tmp_path: Path) -> None:
    async with open_chats(tmp_path) as (service, paths):
        ids = [(await service.create(title=f"Chat {number}")).id for number in range(3)]
        for chat in (ids[1], ids[0]):
            await service.delete(chat)
        past = time.time() - 60
        os.utime(paths.trash / f"{ids[1]}.json", (past, past))
        assert [summary.id for summary in await service.list_trash()] == [ids[0], ids[1]]
        assert [summary.title for summary in await service.restore((ids[0], ids[1]))] == [
            "Chat 0",
            "Chat 1",
        ]
        assert await service.list_trash() == ()


async def test_the_trash_keeps_thirty_days_from_the_deletion_on(tmp_path: Path) -> None:
    async with open_chats(tmp_path) as (service, paths):
        old = await _chat_with_file(service, paths)
        recent = (await service.create(title="Not touched for years")).id
        years_ago = time.time() - 900 * DAY
        os.utime(paths.chats / f"{recent}.json", (years_ago, years_ago))
        for chat in (old, recent):
            await service.delete(chat)
        long_ago = time.time() - 30 * DAY - 60
        os.utime(paths.trash / f"{old}.json", (long_ago, long_ago))
    async with open_chats(tmp_path) as (service, paths):
        assert [summary.id for summary in await service.list_trash()] == [recent]
        assert [path.name for path in paths.trash.iterdir()] == [f"{recent}.json"]
        with pytest.raises(ConversationNotFound):
            await service.restore((old,))


async def test_a_start_finishes_what_a_kill_left_half_done(tmp_path: Path) -> None:
    async with open_chats(tmp_path) as (service, paths):
        deleted = await _chat_with_file(service, paths)
        kept = await _chat_with_file(service, paths)
    # Killed in the middle of deleting one, of sending to a second, of sending to a new one.
    (paths.chats / f"{deleted}.json").rename(paths.trash / f"{deleted}.json")
    (paths.chats / "never-kept.files").mkdir()
    (paths.chats / "never-kept.files" / "file-9").write_text("also in attachments/")
    async with open_chats(tmp_path) as (service, _):
        assert [summary.id for summary in await service.list()] == [kept]
    assert sorted(path.name for path in (paths.chats / f"{kept}.files").iterdir()) == [
        "file-1",
        "file-1.json",
    ]
    assert (paths.trash / f"{deleted}.files" / "file-1").exists()
    assert not (paths.chats / "never-kept.files").exists()
    assert not (paths.chats / f"{deleted}.files").exists()


async def test_files_of_a_damaged_chat_are_kept_aside_with_it(tmp_path: Path) -> None:
    async with open_chats(tmp_path) as (service, paths):
        chat = await _chat_with_file(service, paths)
    path = paths.chats / f"{chat}.json"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(AssertionError):  # there is a notice
        async with open_chats(tmp_path) as (service, _):
            assert await service.list() == ()
    names = sorted(path.name.split(".broken")[0] for path in paths.damaged.iterdir())
    assert names == [f"{chat}.files", f"{chat}.json"]


async def test_pinning_keeps_the_time_and_survives_a_restart(tmp_path: Path) -> None:
    async with open_chats(tmp_path) as (service, _):
        chat = await service.create(title="Pinned")
        log = TopicLog(service.topic)
        summary = await service.pin(chat.id, is_pinned=True)
        assert summary.is_pinned
        assert summary.updated == chat.updated
        assert [event.conversation for event in log.of(ConversationSaved)] == [summary]
    async with open_chats(tmp_path) as (service, _):
        assert await service.list() == (summary,)
        assert not (await service.pin(chat.id, is_pinned=False)).is_pinned
        blank = await service.create()
        await service.pin(blank.id, is_pinned=True)
        other = await service.create()
        await service.update(
            other.id,
            system_prompt="",
            parameters=SamplingParameters(),
            overflow=Overflow.NOTHING,
        )
        assert len(await service.list()) == 3


@pytest.mark.parametrize(("days", "is_kept"), [(7, False), (30, True), (None, True)])
async def test_the_trash_is_kept_as_long_as_the_settings_say(
    tmp_path: Path, days: int | None, is_kept: bool
) -> None:
    async with open_chats(tmp_path) as (service, paths):
        chat = await service.create(title="Old")
        await service.delete(chat.id)
        deleted = time.time() - 10 * DAY
        os.utime(paths.trash / f"{chat.id}.json", (deleted, deleted))
    async with open_chats(tmp_path, Settings(trash_days=days)) as (service, paths):
        await service.list()
        assert (paths.trash / f"{chat.id}.json").exists() is is_kept


async def test_a_new_chat_begins_as_the_settings_say(tmp_path: Path) -> None:
    usual = Settings(
        chat_system_prompt="Be brief.",
        chat_parameters=SamplingParameters(temperature=0.2),
        chat_overflow=Overflow.MIDDLE,
    )
    async with open_chats(tmp_path, usual) as (service, _):
        chat = await service.create()
        own = await service.create(
            system_prompt="", parameters=SamplingParameters(), overflow=Overflow.OLDEST
        )
    assert (chat.system_prompt, chat.parameters.temperature) == ("Be brief.", 0.2)
    assert chat.overflow is Overflow.MIDDLE
    assert (own.system_prompt, own.parameters.temperature) == ("", None)
    assert own.overflow is Overflow.OLDEST
