"""Drafts, over real files in a temporary folder."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from fakes.fake_client import FakeServer
from fakes.stubborn_repository import StubbornRepository
from llama_desktop.domain.chat import Attachment, Conversation
from llama_desktop.domain.errors import MessageTooLong
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.attachment_files import AttachmentFiles
from llama_desktop.infrastructure.storage.draft_repository import DraftRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.attachments import AttachmentService
from llama_desktop.services.conversation_tree import append_question
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.drafts import DraftService
from llama_desktop.services.notices import NoticeService


@dataclass(frozen=True, slots=True)
class Desk:
    drafts: DraftService
    attachments: AttachmentService
    conversations: ConversationService
    notices: NoticeService

    async def texts(self) -> dict[str | None, str]:
        return {draft.conversation_id: draft.content for draft in await self.drafts.list()}

    async def ask(
        self, conversation_id: str, content: str, attachments: tuple[Attachment, ...] = ()
    ) -> None:
        """Keep a question as a turn does."""

        def decide(old: Conversation) -> Conversation:
            return append_question(
                old, content, parent_id=None, now=time.time(), attachments=attachments
            )

        await self.conversations.change(conversation_id, decide)


@asynccontextmanager
async def open_desk(folder: Path) -> AsyncIterator[Desk]:
    paths, storage, notices = AppPaths.locate(folder), StorageThread(), NoticeService()
    paths.prepare()
    repository = StubbornRepository(
        chats=paths.chats, trash=paths.trash, damaged=paths.damaged, backups=paths.backups
    )
    files = AttachmentFiles(unsent=paths.attachments, chats=paths.chats)
    attachments = AttachmentService(files, storage, notices, FakeServer())
    try:
        async with (
            ConversationService(repository, storage, notices) as conversations,
            DraftService(
                DraftRepository(file=paths.drafts_file, damaged=paths.damaged),
                storage,
                notices,
                conversations,
                attachments,
            ) as drafts,
        ):
            yield Desk(drafts, attachments, conversations, notices)
    finally:
        await storage.aclose()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def test_drafts_and_their_files_are_there_after_a_restart(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        chat = await desk.conversations.create(title="Plans")
        file = await desk.attachments.add("a.txt", b"text")
        await desk.drafts.save(None, "for a new chat")
        await desk.drafts.save(chat.id, "half a thou", (file.id,))
        await desk.drafts.save(chat.id, "half a thought", (file.id,))
        expected = await desk.drafts.list()
    async with open_desk(tmp_path) as desk:
        assert await desk.drafts.list() == expected
        assert (await desk.attachments.get(file.id)).text == "text"
    assert [draft.content for draft in expected] == ["half a thought", "for a new chat"]
    assert expected[0].attachments == (file,)


async def test_an_emptied_draft_is_forgotten(desk: Desk) -> None:
    await desk.drafts.save(None, "something")
    await desk.drafts.save(None, " \n")
    assert await desk.drafts.list() == ()


async def test_a_draft_of_files_alone_is_kept_and_files_that_are_gone_are_left_out(
    desk: Desk,
) -> None:
    file = await desk.attachments.add("a.txt", b"text")
    await desk.drafts.save(None, "", (file.id, "gone", "../x", file.id))
    [draft] = await desk.drafts.list()
    assert draft.attachments == (file,)


async def test_a_draft_has_the_limit_of_a_message(desk: Desk) -> None:
    with pytest.raises(MessageTooLong):
        await desk.drafts.save(None, "x" * (2 * 1024 * 1024 + 1))


async def test_a_sent_question_lets_go_of_its_draft_and_files(desk: Desk, tmp_path: Path) -> None:
    chat = await desk.conversations.create()
    file = await desk.attachments.add("a.txt", b"text")
    await desk.drafts.save(None, "What is this", (file.id,))
    await desk.drafts.save(chat.id, "What is this?")
    (taken,) = await desk.attachments.take(chat.id, (file.id,))
    await desk.ask(chat.id, "What is this?", (taken,))
    await desk.drafts.forget_sent(chat.id, "What is this?", (taken,))
    assert await desk.drafts.list() == ()
    assert os.listdir(tmp_path / "attachments") == []  # noqa: PTH208 - names are what is compared
    assert await desk.attachments.read(chat.id, taken) == "text"


async def test_what_was_written_meanwhile_stays(desk: Desk) -> None:
    chat = await desk.conversations.create(title="Plans")
    await desk.drafts.save(chat.id, "The next question")
    await desk.drafts.save(None, "Another chat's")
    await desk.drafts.forget_sent(chat.id, "A question that waited", ())
    assert len(await desk.drafts.list()) == 2


async def test_a_draft_that_was_sent_just_before_a_kill_does_not_come_back(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        sent = await desk.conversations.create(title="Sent")
        edited = await desk.conversations.create(title="Asked the same again")
        await desk.ask(edited.id, "Why?")
        await desk.drafts.save(sent.id, "Why?")
        await desk.drafts.save(edited.id, "Why?")
        await desk.ask(sent.id, "Why?")
    async with open_desk(tmp_path) as desk:
        assert await desk.texts() == {edited.id: "Why?"}


async def test_a_deleted_chats_draft_goes_and_comes_back_with_it(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        chat = await desk.conversations.create(title="Plans")
        await desk.drafts.save(chat.id, "half a thought")
        await desk.conversations.delete(chat.id)
        assert await desk.drafts.list() == ()
    async with open_desk(tmp_path) as desk:
        assert await desk.drafts.list() == ()
        await desk.conversations.restore((chat.id,))
        assert await desk.texts() == {chat.id: "half a thought"}


async def test_what_was_written_in_a_chat_that_was_never_kept_waits_for_a_new_one(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as desk:
        blank = await desk.conversations.create()
        await desk.drafts.save(None, "first")
        await desk.drafts.save(blank.id, "second")
    async with open_desk(tmp_path) as desk:
        assert await desk.texts() == {None: "first\n\nsecond"}


async def test_the_draft_of_a_chat_that_is_deleted_for_good_goes_too(tmp_path: Path) -> None:
    paths = AppPaths.locate(tmp_path)
    async with open_desk(tmp_path) as desk:
        chat = await desk.conversations.create(title="Old")
        await desk.drafts.save(chat.id, "half a thought")
        (draft,) = await desk.drafts.list()
        await desk.conversations.delete(chat.id)
    past = time.time() - 31 * 24 * 3600
    os.utime(paths.trash / f"{chat.id}.json", (past, past))
    repository = DraftRepository(file=paths.drafts_file, damaged=paths.damaged)
    repository.save((replace(draft, updated=past - 60),))
    async with open_desk(tmp_path) as desk:
        assert await desk.drafts.list() == ()


async def test_files_of_no_draft_are_swept_at_start(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        named = await desk.attachments.add("a.txt", b"a")
        other = await desk.attachments.add("b.txt", b"b")
        await desk.drafts.save(None, "see", (named.id,))
    async with open_desk(tmp_path) as desk:
        await desk.drafts.list()
        assert await desk.attachments.look_up((named.id, other.id)) == (named,)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"drafts": {"1": {"content": 5}}}'])
async def test_damaged_drafts_are_kept_aside_with_their_files(
    tmp_path: Path, content: bytes
) -> None:
    async with open_desk(tmp_path) as desk:
        file = await desk.attachments.add("a.txt", b"a")
    (tmp_path / "drafts.json").write_bytes(content)
    async with open_desk(tmp_path) as desk:
        assert await desk.drafts.list() == ()
        (notice,) = desk.notices.notices().notices
        await desk.drafts.save(None, "new")
        assert await desk.attachments.look_up((file.id,)) == (file,)
    (kept,) = (tmp_path / "damaged").iterdir()
    assert kept.read_bytes() == content
    assert str(kept) in notice.message
