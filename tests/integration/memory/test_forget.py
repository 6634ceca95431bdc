"""What is forgotten is nowhere any more: not in the files, not in the index."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from llama_desktop.bootstrap import open_application
from llama_desktop.domain.chat import Conversation, Message, MessageStatus, Role
from llama_desktop.domain.errors import BadRequest
from llama_desktop.domain.memory import Fact
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.application import Application

DAY = 86_400.0
SECRET = "xylophonist"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    paths = AppPaths.locate(tmp_path)
    paths.prepare()
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        yield app


async def _chat(app: Application, *said: tuple[str, float], file: bytes = b"") -> str:
    chat = await app.conversations.create(title="A chat")
    attachments = ()
    if file:
        added = await app.attachments.add("secret.txt", file)
        attachments = await app.attachments.take(chat.id, (added.id,))
        await app.attachments.discard((added.id,))

    def decide(old: Conversation) -> Conversation:
        messages = tuple(
            Message(
                id=number,
                parent_id=number - 1 or None,
                role=Role.USER if number % 2 else Role.ASSISTANT,
                content=content,
                status=MessageStatus.COMPLETE,
                created=created,
                attachments=attachments if number == 1 else (),
            )
            for number, (content, created) in enumerate(said, start=1)
        )
        return replace(old, messages=messages, leaf_id=len(messages))

    await app.conversations.change(chat.id, decide)
    return chat.id


def _holders(folder: Path) -> list[str]:
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]


async def test_a_span_of_time_is_gone_from_files_trash_and_index(
    app: Application, tmp_path: Path
) -> None:
    now = time.time()
    mixed = await _chat(
        app,
        (f"My neighbour is a {SECRET}.", now - 5 * DAY),
        (f"A {SECRET}, I see.", now - 5 * DAY),
        ("And the weather is fine.", now - DAY),
        ("It is.", now - DAY),
        file=f"Notes on the {SECRET}".encode(),
    )
    whole = await _chat(app, (f"Only about the {SECRET}.", now - 5 * DAY))
    trashed = await _chat(app, (f"The {SECRET} again.", now - 5 * DAY))
    await app.conversations.delete(trashed)
    await app.facts.save(Fact(id="a", text=f"I know a {SECRET}.", created=now - 5 * DAY))
    await app.facts.save(Fact(id="b", text="I live in Lisbon.", created=now))
    await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
    assert {mixed, whole} == {
        hit.conversation_id for hit in await app.memory.search(SECRET, limit=9)
    }

    since, until = now - 6 * DAY, now - 2 * DAY
    counted = await app.forgetting.count(since, until)
    assert (counted.message_count, counted.chat_count, counted.whole_chat_count) == (3, 2, 1)
    assert (counted.trashed_chat_count, counted.fact_count) == (1, 1)
    assert _holders(tmp_path)
    await app.forgetting.forget(since, until, with_facts=True)

    await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
    assert await app.memory.search(SECRET, limit=9) == ()
    assert await app.memory.search("weather", limit=9)
    assert [one.id for one in await app.conversations.list()] == [mixed]
    assert await app.conversations.list_trash() == ()
    assert [fact.id for fact in app.facts.get()] == ["b"]
    kept = await app.conversations.get(mixed)
    assert [(one.id, one.parent_id) for one in kept.messages] == [(3, None), (4, 3)]
    assert _holders(tmp_path) == []
    assert (await app.forgetting.count(since, until)).chat_count == 0


async def test_everything_is_gone_and_the_app_goes_on(app: Application, tmp_path: Path) -> None:
    await _chat(app, (f"My neighbour is a {SECRET}.", time.time()))
    await app.facts.save(Fact(id="a", text=f"I know a {SECRET}.", created=time.time()))
    await app.forgetting.forget(None, None, with_facts=False)
    assert await app.conversations.list() == ()
    await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
    assert _holders(tmp_path) == ["facts.json"]
    await _chat(app, ("Something new.", time.time()))
    await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
    assert len(await app.memory.search("something new", limit=9)) == 1
    with pytest.raises(BadRequest):
        await app.forgetting.count(2.0, 1.0)
