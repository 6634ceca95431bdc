"""After everything is deleted, no file of the data folder has a word of what was said."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from llama_desktop.bootstrap import open_application
from llama_desktop.bridge.api import Api
from llama_desktop.domain.chat import Conversation
from llama_desktop.domain.erasing import Erasable
from llama_desktop.domain.errors import Conflict
from llama_desktop.domain.memory import Fact
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.migrations import CONVERSATION
from llama_desktop.services.application import Application
from llama_desktop.services.conversation_tree import append_question
from llama_desktop.services.erasing import EraseService

SECRET = "xylophonist"


async def _say(app: Application, content: str, file: bytes = b"") -> str:
    chat = await app.conversations.create()
    attachments = ()
    if file:
        added = await app.attachments.add("notes.txt", file)
        attachments = await app.attachments.take(chat.id, (added.id,))

    def decide(old: Conversation) -> Conversation:
        asked = append_question(old, content, parent_id=None, now=1.0)
        *before, question = asked.messages
        return replace(asked, messages=(*before, replace(question, attachments=attachments)))

    await app.conversations.change(chat.id, decide)
    return chat.id


def _holders(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).parts[0]
        for path in folder.rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    }


async def test_nothing_that_was_said_is_left_and_the_app_goes_on(tmp_path: Path) -> None:
    paths = AppPaths.locate(tmp_path)
    paths.prepare()
    (paths.damaged / "chat.json.broken-1").write_text(SECRET)
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        chat = await _say(app, f"My neighbour is a {SECRET}.", f"On the {SECRET}".encode())
        trashed = await _say(app, f"The {SECRET} again.")
        await app.conversations.delete(trashed)
        paths.backups.mkdir()
        for version in CONVERSATION.migrations:
            for one in (chat, trashed):
                name = f"{CONVERSATION.name}-{one}-v{version}.json"
                (paths.backups / name).write_text(SECRET)
        (paths.trash / "unreadable.json").write_text(f"{{{SECRET}")
        empty = await app.conversations.create(title=f"About a {SECRET}")
        await app.conversations.rename(empty.id, f"About the {SECRET}")
        await app.conversations.create(title=f"Not kept, on the {SECRET}")
        waiting = await app.attachments.add("more.txt", f"A {SECRET} plays".encode())
        await app.drafts.save(chat, f"Does the {SECRET}", (waiting.id,))
        await app.facts.save(Fact(id="a", text=f"I know a {SECRET}.", created=1.0))
        await app.snapshots.make()
        await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
        holders = _holders(tmp_path)
        assert holders >= {"attachments", "chats", "damaged", "facts.json", "snapshots", "trash"}
        assert "drafts.json" in holders
        assert any(name.startswith("search.db") for name in holders)
        assert await app.erasing.count() == Erasable(
            chat_count=3, trashed_chat_count=1, draft_count=1, fact_count=1, snapshot_count=1
        )

        answer = json.loads((await Api(app).invoke("delete_all_data", b"")).body)

        assert "error" not in answer, answer
        await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
        assert _holders(tmp_path) == set()
        assert await app.erasing.count() == Erasable(
            chat_count=0, trashed_chat_count=0, draft_count=0, fact_count=0, snapshot_count=0
        )
        after = await _say(app, "And now the weather.")
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        assert [one.id for one in await app.conversations.list()] == [after]
        assert _holders(tmp_path) == set()


async def test_nothing_is_deleted_while_an_import_brings_chats_in(tmp_path: Path) -> None:
    paths = AppPaths.locate(tmp_path)
    paths.prepare()
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        chat = await _say(app, "Stay.")
        erasing = EraseService(
            app.conversations,
            app.orchestrator,
            app.drafts,
            app.attachments,
            app.facts,
            app.snapshots,
            app.memory,
            damaged=paths.damaged,
            is_importing=lambda: True,
        )
        with pytest.raises(Conflict):
            await erasing.erase()
        assert [one.id for one in await app.conversations.list()] == [chat]
