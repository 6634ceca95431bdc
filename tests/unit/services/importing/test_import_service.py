"""Chats taken in from files: in the list, on the disk, and only once."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fakes.chat_app import ChatApp, open_chat_app
from fakes.fake_client import FakeServer
from fakes.topic_log import TopicLog
from llama_desktop.domain.chat import Attachment, ExportFormat
from llama_desktop.domain.errors import BadRequest, Conflict, ImportRefused
from llama_desktop.domain.imports import ImportState, ImportSummary
from llama_desktop.services.importing.service import ImportService


class KeptFiles:
    """Remembers what was to be kept."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    async def put(self, conversation_id: str, attachment: Attachment, data: bytes) -> None:
        self.kept[conversation_id, attachment.id] = data


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[ChatApp]:
    async with open_chat_app(tmp_path, FakeServer()) as app:
        yield app


def _chat(number: int, said: str = "Hi") -> dict[str, Any]:
    message = {"author": {"role": "user"}, "content": {"content_type": "text", "parts": [said]}}
    nodes = {"a": {"parent": None, "message": message}} if said else {}
    return {"id": f"chat {number}", "title": f"Chat {number}", "mapping": nodes}


def _file(*chats: dict[str, Any]) -> tuple[str, bytes]:
    return "conversations.json", json.dumps(chats).encode()


async def _import(service: ImportService, *files: tuple[str, bytes]) -> ImportState:
    log = TopicLog(service.topic)
    log.events.clear()
    service.begin(files)
    return await log.wait_for(ImportState, lambda state: not state.is_running)


async def test_chats_are_taken_in_once_also_when_they_were_deleted(app: ChatApp) -> None:
    async with ImportService(app.conversations, KeptFiles()) as service:
        log = TopicLog(service.topic)
        first = await _import(service, _file(_chat(1), _chat(2), _chat(3, said="")))
        assert first.summary is not None
        assert (first.summary.imported, first.summary.already_there) == (2, 0)
        assert [(one.title, one.reason) for one in first.summary.refused] == [
            ("Chat 3", "It has no messages.")
        ]
        assert any(event.is_running and event.total == 3 for event in log.of(ImportState))
        listed = await app.conversations.list()
        assert {one.title for one in listed} == {"Chat 1", "Chat 2"}
        await app.conversations.delete(listed[0].id)
        again = await _import(service, _file(_chat(1), _chat(2), _chat(4)))
        assert again.summary == ImportSummary(imported=1, already_there=2, refused_count=0)
        assert len(await app.conversations.list()) == 2


async def test_an_export_of_all_chats_comes_back_as_it_was(app: ChatApp, tmp_path: Path) -> None:
    async with ImportService(app.conversations, KeptFiles()) as service:
        await _import(service, _file(_chat(1), _chat(2)))
    ids = tuple(one.id for one in await app.conversations.list())
    before = [await app.conversations.get(one) for one in ids]
    exported = await app.exports.export(ids, ExportFormat.JSON)
    async with (
        open_chat_app(tmp_path / "other", FakeServer()) as other,
        ImportService(other.conversations, KeptFiles()) as service,
    ):
        await _import(service, (exported.name, exported.text.encode()))
        assert [await other.conversations.get(one) for one in ids] == before


async def test_a_file_that_is_refused_leaves_everything_as_it_is(app: ChatApp) -> None:
    async with ImportService(app.conversations, KeptFiles()) as service:
        ended = await _import(service, _file(_chat(1)), ("b.json", b"<html>"))
        assert ended.error == "b.json is no JSON, or damaged."
        assert await app.conversations.list() == ()


async def test_one_import_at_a_time_and_none_of_nothing(app: ChatApp, tmp_path: Path) -> None:
    async with ImportService(app.conversations, KeptFiles()) as service:
        with pytest.raises(BadRequest):
            service.begin(())
        with pytest.raises(ImportRefused, match="cannot be read"):
            await service.begin_with((tmp_path / "gone.json",))
        assert not await service.begin_with(())
        service.begin((_file(_chat(1)),))
        with pytest.raises(Conflict):
            service.begin((_file(_chat(2)),))
