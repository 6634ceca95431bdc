"""Files and images of questions, all the way to the real embedded engine."""

from __future__ import annotations

import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fakes.topic_log import TopicLog
from llama_desktop.bootstrap import open_application
from llama_desktop.domain.chat import Message, MessageStatus, TurnIds
from llama_desktop.domain.errors import AttachmentUnusable
from llama_desktop.domain.events import TurnFailed, TurnFinished
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.application import Application

IMAGE_TOKENS = 16  # of the tiny projector


@asynccontextmanager
async def _app(folder: Path, model: Path, projector: Path | None) -> AsyncIterator[Application]:
    paths = AppPaths.locate(folder)
    paths.prepare()
    config = ServerConfig(
        model_path=model, mmproj_path=projector, context_size=2048, parallel=1, threads=1
    )
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        await app.llama.start(config)
        yield app


@pytest.fixture
async def app(
    tmp_path: Path, tiny_model: Path, vision_projector: Path
) -> AsyncIterator[Application]:
    async with _app(tmp_path, tiny_model, vision_projector) as app:
        yield app


def _png(side: int = 32) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    line = b"\0" + bytes(range(side * 3))
    rows = line * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


async def _ended(log: TopicLog, ids: TurnIds) -> Message:
    def is_this(event: TurnFinished | TurnFailed) -> bool:
        return event.message_id == ids.answer_message_id

    return (await log.wait_for(TurnFinished | TurnFailed, is_this)).message


async def test_a_text_file_is_counted_by_the_model_and_read_with_its_question(
    app: Application,
) -> None:
    log = TopicLog(app.orchestrator.topic)
    file = await app.attachments.add("sea.txt", b"The sea is wide and blue. " * 20)
    assert file.token_count > 50
    bare = (await app.conversations.create()).id
    ids = await app.orchestrator.send_message(bare, "What is it about?")
    without = (await _ended(log, ids)).stats.prompt_tokens
    log = TopicLog(app.orchestrator.topic)
    chat = (await app.conversations.create()).id
    ids = await app.orchestrator.send_message(chat, "What is it about?", attachment_ids=(file.id,))
    answer = await _ended(log, ids)
    assert answer.status is MessageStatus.COMPLETE
    assert answer.stats.prompt_tokens - without == pytest.approx(file.token_count, abs=3)


async def test_an_image_is_seen_also_in_a_branched_chat(app: Application) -> None:
    log = TopicLog(app.orchestrator.topic)
    image = await app.attachments.add("sea.png", _png(), width=32, height=32)
    chat = (await app.conversations.create()).id
    ids = await app.orchestrator.send_message(chat, "What is it?", attachment_ids=(image.id,))
    answer = await _ended(log, ids)
    assert answer.status is MessageStatus.COMPLETE
    assert answer.stats.prompt_tokens > IMAGE_TOKENS
    log = TopicLog(app.orchestrator.topic)
    copy = await app.branches.copy(chat, ids.answer_message_id)
    await app.orchestrator.delete_conversations((chat,))
    ids = await app.orchestrator.send_message(copy.id, "And now?")
    assert (await _ended(log, ids)).status is MessageStatus.COMPLETE


async def test_an_image_for_a_model_without_eyes_is_refused_before_anything_is_kept(
    tmp_path: Path, tiny_model: Path
) -> None:
    async with _app(tmp_path, tiny_model, None) as app:
        image = await app.attachments.add("sea.png", _png())
        chat = (await app.conversations.create(title="Blind")).id
        with pytest.raises(AttachmentUnusable, match="cannot see images"):
            await app.orchestrator.send_message(chat, "What?", attachment_ids=(image.id,))
        assert (await app.conversations.get(chat)).messages == ()


async def test_a_sent_question_clears_its_draft(app: Application, tmp_path: Path) -> None:
    log = TopicLog(app.orchestrator.topic)
    file = await app.attachments.add("sea.txt", b"The sea.")
    await app.drafts.save(None, "What is", (file.id,))
    chat = (await app.conversations.create()).id
    ids = await app.orchestrator.send_message(chat, "What is it?", attachment_ids=(file.id,))
    assert await app.drafts.list() == ()
    assert list((tmp_path / "attachments").iterdir()) == []
    await _ended(log, ids)
