"""Titles by the model, asked of the real embedded engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fakes.chat_app import ChatApp, open_chat_app
from fakes.topic_log import TopicLog
from fakes.watched_server import WatchedServer
from llama_desktop.bootstrap import open_application
from llama_desktop.domain.chat import MessageStatus, SamplingParameters, TitleOrigin
from llama_desktop.domain.events import ConversationSaved, TurnFinished
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.llama.stream import ContentPiece, ReasoningPiece
from llama_desktop.infrastructure.paths import AppPaths

SHORT = SamplingParameters(seed=1, max_tokens=8)


@asynccontextmanager
async def _chat_app(folder: Path, model: Path) -> AsyncIterator[tuple[ChatApp, WatchedServer]]:
    paths = AppPaths.locate(folder / "engine")
    paths.prepare()
    config = ServerConfig(model_path=model, context_size=2048, parallel=1, threads=1)
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        await app.llama.start(config)
        server = WatchedServer(app.llama)
        async with open_chat_app(folder / "chats", server, has_titles=True) as chats:
            yield chats, server


async def _title_after_two_turns(app: ChatApp, server: WatchedServer) -> tuple[str, TitleOrigin]:
    """With the second turn it is decided what becomes of the title after the first."""
    log = TopicLog(app.orchestrator.topic)
    chat = (await app.conversations.create(parameters=SHORT)).id
    await app.orchestrator.send_message(chat, "Tell me about the sea.")
    await (await server.stream(1)).closed.wait()
    ids = await app.orchestrator.send_message(chat, "Go on.")
    await log.wait_for(TurnFinished, lambda event: event.message.id == ids.answer_message_id)
    kept = await app.conversations.get(chat)
    return kept.title, kept.title_origin


async def test_the_model_titles_a_chat_in_what_is_cached_of_it(
    tmp_path: Path, citing_model: Path
) -> None:
    async with _chat_app(tmp_path, citing_model) as (app, server):
        log = TopicLog(app.conversations.topic)
        chat = (await app.conversations.create()).id
        await app.orchestrator.send_message(chat, "What do the notes say?")
        saved = await log.wait_for(
            ConversationSaved, lambda event: event.conversation.title.startswith("As far as")
        )
        assert saved.conversation.title == "As far as we can tell from earlier notes [1], yes"
        assert (await app.conversations.get(chat)).title_origin is TitleOrigin.MODEL
        answer, title = server.streams
        assert title.events[-1].cached_tokens >= answer.events[-1].prompt_tokens


async def test_a_model_that_thinks_is_asked_not_to(tmp_path: Path, think_model: Path) -> None:
    async with _chat_app(tmp_path, think_model) as (app, server):
        chat = (await app.conversations.create()).id
        await app.orchestrator.send_message(chat, "Who are you?")
        title = await server.stream(1)
        await title.closed.wait()
        answer = server.streams[0]
        assert any(isinstance(event, ReasoningPiece) for event in answer.events)
        assert not any(isinstance(event, ReasoningPiece) for event in title.events)
        assert any(isinstance(event, ContentPiece) for event in title.events)


async def test_what_has_no_end_leaves_the_first_words(tmp_path: Path, rambling_model: Path) -> None:
    async with _chat_app(tmp_path, rambling_model) as (app, server):
        assert await _title_after_two_turns(app, server) == (
            "Tell me about the sea.",
            TitleOrigin.FIRST_WORDS,
        )
        assert server.streams[1].events[-1].finish_reason == "length"


async def test_bytes_that_are_no_text_never_become_a_title(
    tmp_path: Path, random_model: Path
) -> None:
    async with _chat_app(tmp_path, random_model) as (app, server):
        title, _ = await _title_after_two_turns(app, server)
        assert "\ufffd" not in title
        assert 0 < len(title) <= 80


async def test_a_message_takes_the_model_from_the_title_and_a_person_s_title_stays(
    tmp_path: Path, slow_endless_model: Path
) -> None:
    async with _chat_app(tmp_path, slow_endless_model) as (app, server):
        log = TopicLog(app.orchestrator.topic)
        chat = (await app.conversations.create(parameters=SHORT)).id
        await app.orchestrator.send_message(chat, "Tell me about the sea.")
        title = await server.stream(1)
        server.goes_on.clear()
        ids = await app.orchestrator.send_message(chat, "And a lake?")
        await title.closed.wait()
        assert not title.is_whole
        server.goes_on.set()
        finished = await log.wait_for(
            TurnFinished, lambda event: event.message.id == ids.answer_message_id
        )
        assert finished.message.status is MessageStatus.LENGTH

        again = await server.stream(3)
        server.goes_on.clear()
        await app.conversations.rename(chat, "Mine")
        server.goes_on.set()
        await again.closed.wait()
        await app.orchestrator.send_message(chat, "And a river?")
        await log.wait_for(TurnFinished, lambda event: event.message.id > ids.answer_message_id)
        kept = await app.conversations.get(chat)
        assert (kept.title, kept.title_origin) == ("Mine", TitleOrigin.PERSON)
