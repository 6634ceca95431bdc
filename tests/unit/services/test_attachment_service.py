"""Attachments, over real files in a temporary folder."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakes.fake_client import FakeServer
from llama_desktop.domain.chat import AttachmentKind
from llama_desktop.domain.errors import AttachmentUnusable, ConversationNotFound
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.attachment_files import AttachmentFiles
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.attachments import MAX_PER_QUESTION, AttachmentService
from llama_desktop.services.notices import NoticeService

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480) + bytes(100)


@dataclass(frozen=True, slots=True)
class Kept:
    service: AttachmentService
    server: FakeServer
    paths: AppPaths

    def names(self, folder: str) -> set[str]:
        return {path.name for path in (self.paths.data / folder).iterdir()}


@asynccontextmanager
async def open_kept(folder: Path) -> AsyncIterator[Kept]:
    paths, storage, server = AppPaths.locate(folder), StorageThread(), FakeServer()
    paths.prepare()
    files = AttachmentFiles(unsent=paths.attachments, chats=paths.chats)
    try:
        yield Kept(AttachmentService(files, storage, NoticeService(), server), server, paths)
    finally:
        await storage.aclose()


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    async with open_kept(tmp_path) as opened:
        yield opened


async def test_a_text_is_counted_and_kept_as_the_model_reads_it(kept: Kept) -> None:
    data = b"\xff\xfe" + "two wörds".encode("utf-16-le")
    attachment = await kept.service.add("/home/me/a.txt", data)
    assert (attachment.name, attachment.kind) == ("a.txt", AttachmentKind.TEXT)
    assert attachment.size_bytes == len(data)
    assert attachment.token_count == 6  # File: a.txt ``` two wörds ```
    assert (await kept.service.get(attachment.id)).text == "two wörds"
    assert (kept.paths.attachments / attachment.id).read_text("utf-8") == "two wörds"


async def test_without_a_model_nothing_is_counted(kept: Kept) -> None:
    kept.server.eject()
    assert (await kept.service.add("a.txt", b"two words")).token_count is None


async def test_an_image_is_kept_as_it_came(kept: Kept) -> None:
    attachment = await kept.service.add("a.png", PNG, width=640, height=480)
    content = await kept.service.get(attachment.id)
    assert (content.data, content.text) == (PNG, None)
    assert (attachment.width, attachment.height, attachment.token_count) == (640, 480, None)
    with pytest.raises(AttachmentUnusable, match="another size"):
        await kept.service.add("a.png", PNG, width=64, height=480)


async def test_what_a_question_takes_lies_beside_its_conversation(kept: Kept) -> None:
    attachment = await kept.service.add("a.txt", b"text")
    assert await kept.service.take("chat-1", (attachment.id, attachment.id)) == (attachment,)
    await kept.service.discard((attachment.id,))
    assert kept.names("attachments") == set()
    assert kept.names("chats/chat-1.files") == {attachment.id, f"{attachment.id}.json"}
    assert await kept.service.read("chat-1", attachment) == "text"
    assert (await kept.service.get(attachment.id)).text == "text"
    # An edit of the question names it again.
    assert await kept.service.take("chat-1", (attachment.id,)) == (attachment,)


async def test_a_branched_chat_has_files_of_its_own(kept: Kept) -> None:
    attachment = await kept.service.add("a.txt", b"text")
    await kept.service.take("chat-1", (attachment.id,))
    await kept.service.copy("chat-1", "chat-2", (attachment,))
    for path in (kept.paths.chats / "chat-1.files").iterdir():
        path.unlink()
    assert await kept.service.read("chat-2", attachment) == "text"
    with pytest.raises(AttachmentUnusable, match=r"a\.txt is not kept any more"):
        await kept.service.read("chat-1", attachment)
    await kept.service.copy("chat-1", "chat-3", (attachment,))  # gone: nothing to copy


async def test_images_are_refused_where_the_model_cannot_see(kept: Kept) -> None:
    attachment = await kept.service.add("a.png", PNG)
    with pytest.raises(AttachmentUnusable, match="tiny cannot see images"):
        await kept.service.take("chat-1", (attachment.id,))
    kept.server.load(has_vision=True)
    assert await kept.service.take("chat-1", (attachment.id,)) == (attachment,)
    assert await kept.service.read("chat-1", attachment) == PNG


@pytest.mark.parametrize("attachment_id", ["", "..", "../x", "a/b", "nul\0", "A", "x" * 65, "gone"])
async def test_ids_that_are_none_are_gone(kept: Kept, attachment_id: str) -> None:
    with pytest.raises(AttachmentUnusable):
        await kept.service.get(attachment_id)
    with pytest.raises(AttachmentUnusable):
        await kept.service.take("chat-1", (attachment_id,))
    assert await kept.service.look_up((attachment_id,)) == ()


async def test_a_conversation_id_cannot_lead_elsewhere(kept: Kept) -> None:
    attachment = await kept.service.add("a.txt", b"text")
    with pytest.raises(ConversationNotFound):
        await kept.service.take("../trash", (attachment.id,))


async def test_a_question_has_a_limit_of_files(kept: Kept) -> None:
    ids = tuple(f"id-{number}" for number in range(MAX_PER_QUESTION + 1))
    with pytest.raises(AttachmentUnusable, match="at most"):
        await kept.service.take("chat-1", ids)


async def test_files_of_the_disk_are_added_all_or_none(kept: Kept, tmp_path: Path) -> None:
    good, binary, folder = tmp_path / "good.py", tmp_path / "bad.bin", tmp_path / "folder"
    good.write_text("x = 1")
    binary.write_bytes(bytes(100))
    folder.mkdir()
    assert [one.name for one in await kept.service.add_files((good,))] == ["good.py"]
    before = kept.names("attachments")
    for bad in (binary, folder, tmp_path / "missing.txt"):
        with pytest.raises(AttachmentUnusable, match=bad.name):
            await kept.service.add_files((good, bad))
    assert kept.names("attachments") == before


async def test_a_huge_file_is_not_read_into_memory(kept: Kept, tmp_path: Path) -> None:
    huge = tmp_path / "huge.log"
    with huge.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(AttachmentUnusable, match=r"1048576\.0 MiB"):
        await kept.service.add_files((huge,))


async def test_a_new_start_removes_what_nothing_names_and_keeps_the_rest(tmp_path: Path) -> None:
    async with open_kept(tmp_path) as kept:
        named = await kept.service.add("a.txt", b"named")
        forgotten = await kept.service.add("b.txt", b"forgotten")
    (tmp_path / "attachments" / "cut-off").write_bytes(b"a kill before the label")
    async with open_kept(tmp_path) as kept:
        fresh = await kept.service.add("c.txt", b"fresh")
        await kept.service.sweep(frozenset({named.id}))
        assert await kept.service.look_up((named.id, forgotten.id, fresh.id)) == (named, fresh)
        assert len(kept.names("attachments")) == 4
