"""Titles by the model, with a server that the test itself speaks for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes.chat_app import ChatApp, open_chat_app
from fakes.fake_client import FakeServer
from fakes.topic_log import TopicLog
from llama_desktop.domain.chat import MessageStatus, TitleOrigin
from llama_desktop.domain.errors import EngineRequestFailed
from llama_desktop.domain.events import ConversationSaved, TurnFinished, TurnStarted


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
async def app(tmp_path: Path, server: FakeServer) -> AsyncIterator[ChatApp]:
    async with open_chat_app(tmp_path, server, has_titles=True) as app:
        yield app


async def _answer(app: ChatApp, chat: str, number: int) -> None:
    await app.orchestrator.send_message(chat, "What is the sea?")
    stream = await app.server.client.stream(number)
    stream.say("Salt water.")
    stream.end()


async def _heard(app: ChatApp, title: str) -> None:
    log = TopicLog(app.conversations.topic)
    if all(one.title != title for one in await app.conversations.list()):
        await log.wait_for(ConversationSaved, lambda event: event.conversation.title == title)


async def test_after_the_first_answer_the_model_titles_the_chat(app, server) -> None:
    chat = (await app.conversations.create()).id
    await _answer(app, chat, 0)
    asking = await server.client.stream(1)
    before = await app.conversations.get(chat)
    first = server.client.streams[0].request
    assert asking.request.messages[: len(first.messages)] == first.messages  # the cache holds
    assert [m.role for m in asking.request.messages] == ["user", "assistant", "user"]
    assert asking.request.parameters.thinking is False
    assert asking.request.parameters.max_tokens == 32
    assert (before.title, before.title_origin) == ("What is the sea?", TitleOrigin.FIRST_WORDS)
    asking.say('"Salt ', 'water"')
    asking.end()
    await _heard(app, "Salt water")
    after = await app.conversations.get(chat)
    assert after.title_origin is TitleOrigin.MODEL
    assert after.updated == before.updated
    await _answer(app, chat, 2)
    await app.orchestrator.send_message(chat, "More")
    assert (await server.client.stream(3)).request.messages[-1].content == "More"


async def test_a_turn_that_begins_interrupts_the_title_and_does_not_wait(app, server) -> None:
    chat = (await app.conversations.create()).id
    await _answer(app, chat, 0)
    asking = await server.client.stream(1)
    log = TopicLog(app.orchestrator.topic)
    await app.orchestrator.send_message(chat, "And a lake?")
    answering = await server.client.stream(2)
    assert log.of(TurnStarted)[-1].message.status is MessageStatus.ANSWERING
    await asking.closed.wait()
    answering.say("Fresh.")
    answering.end()
    again = await server.client.stream(3)
    assert len(again.request.messages) == 5
    again.say("Waters")
    again.end()
    await _heard(app, "Waters")


async def test_a_title_that_the_person_gives_meanwhile_stays(app, server) -> None:
    chat = (await app.conversations.create()).id
    await _answer(app, chat, 0)
    asking = await server.client.stream(1)
    await app.conversations.rename(chat, "Mine")
    asking.say("Salt water")
    asking.end()
    await _answer(app, chat, 2)
    assert (await app.conversations.get(chat)).title == "Mine"


async def test_without_a_usable_title_the_first_words_stay(app, server) -> None:
    chat = (await app.conversations.create()).id
    await _answer(app, chat, 0)
    asking = await server.client.stream(1)
    asking.send(EngineRequestFailed("No."))
    await _answer(app, chat, 2)
    (await server.client.stream(3)).end()
    log = TopicLog(app.orchestrator.topic)
    await _answer(app, chat, 4)
    await log.wait_for(TurnFinished)
    assert (await app.conversations.get(chat)).title == "What is the sea?"


async def test_a_chat_that_was_named_from_the_start_is_not_titled(app, server) -> None:
    chat = (await app.conversations.create(title="Plans")).id
    await _answer(app, chat, 0)
    await _answer(app, chat, 1)
    assert (await app.conversations.get(chat)).title == "Plans"
