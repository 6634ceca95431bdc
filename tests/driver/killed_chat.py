"""A chat that is killed at random moments, with drafts, files, turns and the trash; and a look
at what the next start finds."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fakes.fake_client import FakeServer
from llama_desktop.domain.chat import UNFINISHED
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.attachment_files import AttachmentFiles
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository
from llama_desktop.infrastructure.storage.draft_repository import DraftRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.attachments import AttachmentService
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.drafts import DraftService
from llama_desktop.services.notices import NoticeService

_PROGRAM = Path(__file__).with_name("chat_process.py")
_TESTS = Path(__file__).parents[1]


@dataclass(slots=True)
class Told:
    """What the process acknowledged before it was killed."""

    sent: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Chat and file of each question."""
    drafted: tuple[int, str] | None = None
    """The last draft and its file."""
    deleted: dict[str, bool] = field(default_factory=dict)
    """By chat; False: restored."""

    def hear(self, line: str) -> None:
        match line.split():
            case ["drafted", number, file]:
                self.drafted = int(number), file
            case ["sent", number, chat, file]:
                self.sent[int(number)] = chat, file
            case ["deleted", chat]:
                self.deleted[chat] = True
            case ["restored", chat]:
                self.deleted[chat] = False


def _chat_until_killed(folder: Path, first: int, seconds: float) -> Told:
    environment = {**os.environ, "PYTHONPATH": str(_TESTS)}
    with subprocess.Popen(
        [sys.executable, str(_PROGRAM), str(folder), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        lines += process.stdout.readlines()
        timer.join()
    told = Told()
    for line in lines:
        if line.endswith("\n"):
            told.hear(line)
    return told


@dataclass(frozen=True, slots=True)
class Found:
    """The same folder at the next start."""

    paths: AppPaths
    conversations: ConversationService
    drafts: DraftService
    attachments: AttachmentService
    notices: NoticeService


@asynccontextmanager
async def _next_start(folder: Path) -> AsyncIterator[Found]:
    paths, storage, notices = AppPaths.locate(folder), StorageThread(), NoticeService()
    repository = ConversationRepository(
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
            yield Found(paths, conversations, drafts, attachments, notices)
    finally:
        await storage.aclose()


async def _check(found: Found, told: Told) -> None:
    drafts = await found.drafts.list()
    assert found.notices.notices().notices == ()
    in_trash = {summary.id for summary in await found.conversations.list_trash()}
    in_list = {summary.id for summary in await found.conversations.list()}
    assert not in_trash & in_list
    # The last order may have been carried out without a word.
    *_, last_chat = [chat for chat, _ in told.sent.values()] or [""]
    for chat, is_deleted in told.deleted.items():
        if chat != last_chat:
            assert chat in (in_trash if is_deleted else in_list)
    trashed = in_trash & {chat for chat, _ in told.sent.values()}
    await found.conversations.restore(tuple(trashed))

    texts: set[str] = set()
    for chat in {chat for chat, _ in told.sent.values()}:
        conversation = await found.conversations.get(chat)
        assert not [one for one in conversation.messages if one.status in UNFINISHED]
        for message in conversation.messages:
            texts.add(message.content)
            for attachment in message.attachments:
                number = message.content.removeprefix("question ")
                content = await found.attachments.read(chat, attachment)
                assert content == f"file {number}"
    for number in told.sent:
        assert f"question {number}" in texts
    written = {draft.content for draft in drafts}
    assert not written & texts  # what was sent is no draft any more
    if told.drafted is not None and told.drafted[0] not in told.sent:
        number, file = told.drafted
        content = await found.attachments.get(file)
        assert content.text == f"file {number}"
    assert list(found.paths.damaged.iterdir()) == []
    for folder in (found.paths.chats, found.paths.attachments):
        assert not list(folder.glob("*.tmp"))


async def _is_somewhere(found: Found, number: int) -> bool:
    """Whether the last draft is still one, or a question, also in a chat nobody was told of."""
    text = f"question {number}"
    if any(text in draft.content for draft in await found.drafts.list()):
        return True
    for summary in await found.conversations.list():
        conversation = await found.conversations.get(summary.id)
        if any(message.content == text for message in conversation.messages):
            return True
    return False


async def kill_chats(folder: Path, *, kills: int, seed: int) -> int:
    """Kill so often; how many questions were acknowledged. Fails where anything was lost."""
    chance = random.Random(seed)
    sent = 0
    for run in range(kills):
        told = _chat_until_killed(folder, run * 1000, chance.uniform(0, 0.15))
        sent += len(told.sent)
        async with _next_start(folder) as found:
            await _check(found, told)
            if told.drafted is not None:
                assert await _is_somewhere(found, told.drafted[0])
    return sent
