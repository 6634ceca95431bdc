"""Questions that the real embedded engine reads while they are still being written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fakes.chat_app import ChatApp, open_chat_app
from fakes.topic_log import TopicLog
from fakes.watched_server import WatchedServer
from llama_desktop.bootstrap import open_application
from llama_desktop.domain.chat import AnswerStats, Message, SamplingParameters
from llama_desktop.domain.errors import ConversationNotFound, ServerNotRunning
from llama_desktop.domain.events import TurnFinished, TurnProgress
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.chat.reading_ahead import DraftQuestion
from models.make import chat_model, windowed_model

SHORT = SamplingParameters(seed=1, max_tokens=4)
LONG_TEXT = "The quick brown fox jumps over the lazy dog and the dog does not mind. " * 40
FEW_TOKENS = 40
"""More than the end of a question and what a template adds take."""


@asynccontextmanager
async def _chat_app(
    folder: Path, model: Path, *, parallel: int = 1, is_wanted: bool = True
) -> AsyncIterator[tuple[ChatApp, WatchedServer]]:
    paths = AppPaths.locate(folder / "engine")
    paths.prepare()
    config = ServerConfig(
        model_path=model, context_size=8192 * parallel, parallel=parallel, threads=1
    )
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        await app.llama.start(config)
        server = WatchedServer(app.llama)
        async with open_chat_app(folder / "chats", server, reads_ahead=lambda: is_wanted) as chats:
            yield chats, server


async def _ask(app: ChatApp, chat: str, text: str, *attachment_ids: str) -> Message:
    """The answer with its figures."""
    log = TopicLog(app.orchestrator.topic)
    ids = await app.orchestrator.send_message(chat, text, attachment_ids=attachment_ids)
    await log.wait_for(TurnFinished, lambda event: event.message.id == ids.answer_message_id)
    return await app.answer(chat, ids)


def _stats_of(answer: Message) -> AnswerStats:
    assert answer.stats is not None
    return answer.stats


def _count_read(answer: Message) -> int:
    """Tokens of the prompt that were not in the cache."""
    stats = _stats_of(answer)
    return (stats.prompt_tokens or 0) - (stats.cached_tokens or 0)


@pytest.mark.parametrize("make_model", [chat_model, windowed_model])
async def test_what_was_read_ahead_is_not_read_again(
    tmp_path: Path, make_model: Callable[[], Path]
) -> None:
    async with _chat_app(tmp_path, make_model()) as (app, server):
        chat = (await app.conversations.create(parameters=SHORT)).id
        file = app.attachments.add_text("fox.txt", LONG_TEXT)
        begun = DraftQuestion(conversation_id=chat, content="What does", attachment_ids=(file.id,))

        app.orchestrator.read_ahead(begun)
        reading = await server.reading(0)
        await reading.over.wait()
        answer = await _ask(app, chat, "What does the fox do?", file.id)

        assert reading.is_whole
        assert reading.prompt.endswith("What does")
        assert (_stats_of(answer).prompt_tokens or 0) > 500
        assert _count_read(answer) < FEW_TOKENS


async def test_another_question_in_the_end_keeps_the_chat_before_it_cached(
    tmp_path: Path,
) -> None:
    async with _chat_app(tmp_path, windowed_model()) as (app, server):
        chat = (await app.conversations.create(parameters=SHORT)).id
        await _ask(app, chat, LONG_TEXT)

        app.orchestrator.read_ahead(
            DraftQuestion(conversation_id=chat, content="Something " * 200 + "else")
        )
        await (await server.reading(0)).over.wait()
        answer = await _ask(app, chat, "What does the fox do?")

        assert _count_read(answer) < FEW_TOKENS


async def test_another_question_that_is_sent_meanwhile_finds_the_chat_in_its_slot(
    tmp_path: Path, heavy_model: Path
) -> None:
    async with _chat_app(tmp_path, heavy_model, parallel=2) as (app, server):
        chat = (await app.conversations.create(parameters=SHORT)).id
        known = _stats_of(await _ask(app, chat, LONG_TEXT))

        app.orchestrator.read_ahead(
            DraftQuestion(conversation_id=chat, content="Now listen. " * 300)
        )
        reading = await server.reading(0)
        await _wait_until_busy(server)
        answer = await _ask(app, chat, "What does the fox do?")

        assert not reading.is_whole
        assert (_stats_of(answer).cached_tokens or 0) >= (known.prompt_tokens or 0)


async def test_a_question_that_is_sent_meanwhile_is_read_on(
    tmp_path: Path, heavy_model: Path
) -> None:
    async with _chat_app(tmp_path, heavy_model, parallel=2) as (app, server):
        log = TopicLog(app.orchestrator.topic)
        chat = (await app.conversations.create(parameters=SHORT)).id
        begun = LONG_TEXT + "What does"

        app.orchestrator.read_ahead(DraftQuestion(conversation_id=chat, content=begun))
        reading = await server.reading(0)
        await _wait_until_busy(server)
        answer = await _ask(app, chat, begun + " the fox do?")

        assert reading.is_whole
        assert _count_read(answer) < FEW_TOKENS
        # How far the reading is, is told as of any question.
        told = [event.progress for event in log.events if isinstance(event, TurnProgress)]
        assert told[0].processed_tokens - told[0].cached_tokens > FEW_TOKENS


async def _until_over() -> None:
    """Whatever is being read ahead."""
    await asyncio.gather(
        *(one for one in asyncio.all_tasks() if one.get_name().endswith("read ahead"))
    )


async def _wait_until_busy(server: WatchedServer) -> None:
    while not any(slot["is_processing"] for slot in await server.require_client().get_slots()):
        pass


async def test_a_new_chat_is_read_with_the_instructions_that_it_would_have(
    tmp_path: Path, tiny_model: Path
) -> None:
    async with _chat_app(tmp_path, tiny_model) as (app, server):
        app.orchestrator.read_ahead(
            DraftQuestion(conversation_id=None, content="Hello", system_prompt="Speak like a fox.")
        )
        reading = await server.reading(0)
        await reading.over.wait()

        assert "Speak like a fox." in reading.prompt
        assert reading.prompt.endswith("Hello")
        assert await app.conversations.list() == ()


async def test_what_grows_is_read_to_its_end_and_then_on(tmp_path: Path, heavy_model: Path) -> None:
    async with _chat_app(tmp_path, heavy_model, parallel=2) as (app, server):
        for words in ("", "What", "What does the", "What does the fox do?"):
            app.orchestrator.read_ahead(
                DraftQuestion(conversation_id=None, content=LONG_TEXT + words)
            )
            await server.reading(0)
            await _wait_until_busy(server)
        await (await server.reading(1)).over.wait()

        assert [one.is_whole for one in server.readings] == [True, True]
        assert server.readings[1].prompt.endswith("What does the fox do?")


async def test_what_is_deleted_or_begun_anew_is_read_no_further(
    tmp_path: Path, heavy_model: Path
) -> None:
    async with _chat_app(tmp_path, heavy_model) as (app, server):
        app.orchestrator.read_ahead(DraftQuestion(conversation_id=None, content=LONG_TEXT))
        await server.reading(0)
        await _wait_until_busy(server)
        app.orchestrator.read_ahead(DraftQuestion(conversation_id=None, content="Short"))
        await (await server.reading(1)).over.wait()
        app.orchestrator.read_ahead(DraftQuestion(conversation_id=None, content=LONG_TEXT))
        third = await server.reading(2)
        app.orchestrator.read_ahead(DraftQuestion(conversation_id=None, content=" "))
        await third.over.wait()

        assert [one.is_whole for one in server.readings] == [False, True, False]


async def test_a_stopped_answer_ends_the_reading_that_it_waits_for(
    tmp_path: Path, heavy_model: Path
) -> None:
    async with _chat_app(tmp_path, heavy_model) as (app, server):
        chat = (await app.conversations.create(parameters=SHORT)).id
        app.orchestrator.read_ahead(DraftQuestion(conversation_id=chat, content=LONG_TEXT))
        reading = await server.reading(0)
        await _wait_until_busy(server)

        ids = await app.orchestrator.send_message(chat, LONG_TEXT + "What does the fox do?")
        await app.orchestrator.stop_answer(chat, ids.answer_message_id)
        await reading.over.wait()

        assert not reading.is_whole
        assert server.streams == []


async def test_nothing_is_read_ahead_beside_an_answer(tmp_path: Path, endless_model: Path) -> None:
    async with _chat_app(tmp_path, endless_model, parallel=2) as (app, server):
        chat = (await app.conversations.create()).id
        ids = await app.orchestrator.send_message(chat, "Talk")
        await server.stream(0)

        app.orchestrator.read_ahead(DraftQuestion(conversation_id=None, content="Hello"))
        await app.orchestrator.stop_answer(chat, ids.answer_message_id)
        app.orchestrator.read_ahead(DraftQuestion(conversation_id=None, content="Goodbye"))
        reading = await server.reading(0)
        await reading.over.wait()

        assert reading.prompt.endswith("Goodbye")


async def test_nothing_is_read_ahead_where_it_is_not_wanted_or_not_text(
    tmp_path: Path, tiny_model: Path, vision_projector: Path
) -> None:
    paths = AppPaths.locate(tmp_path / "engine")
    paths.prepare()
    config = ServerConfig(model_path=tiny_model, mmproj_path=vision_projector, threads=1)
    wanted = False
    async with open_application(paths, desktop=NoDesktop(), version="test") as engine:
        await engine.llama.start(config)
        server = WatchedServer(engine.llama)
        async with open_chat_app(tmp_path / "chats", server, reads_ahead=lambda: wanted) as app:
            image = app.attachments.add_image("fox.png", b"png")
            app.orchestrator.read_ahead(DraftQuestion(conversation_id=None, content="Unwanted"))
            await _until_over()
            wanted = True
            app.orchestrator.read_ahead(
                DraftQuestion(conversation_id=None, content="Look", attachment_ids=(image.id,))
            )
            await _until_over()
            app.orchestrator.read_ahead(DraftQuestion(conversation_id=None, content="Hello"))
            reading = await server.reading(0)
            await reading.over.wait()

            assert reading.prompt.endswith("Hello")


async def test_a_reading_that_fails_is_not_told(tmp_path: Path, tiny_model: Path) -> None:
    paths = AppPaths.locate(tmp_path / "engine")
    paths.prepare()
    async with open_application(paths, desktop=NoDesktop(), version="test") as engine:
        server = WatchedServer(engine.llama)
        async with open_chat_app(tmp_path / "chats", server, reads_ahead=lambda: True) as app:
            app.orchestrator.read_ahead(DraftQuestion(conversation_id=None, content="Nobody"))
            await _until_over()
            with pytest.raises(ServerNotRunning):
                await app.orchestrator.send_message("no-chat", "Nobody")
            await engine.llama.start(ServerConfig(model_path=tiny_model, threads=1))
            app.orchestrator.read_ahead(DraftQuestion(conversation_id="no-chat", content="Gone"))
            await _until_over()
            with pytest.raises(ConversationNotFound):
                await app.orchestrator.send_message("no-chat", "Gone")
            chat = (await app.conversations.create(parameters=SHORT)).id

            assert (await _ask(app, chat, "Hello")).error is None
            assert server.readings == []


async def test_after_a_server_that_went_away_nothing_is_read_until_a_question_is_sent(
    tmp_path: Path, heavy_model: Path
) -> None:
    paths = AppPaths.locate(tmp_path / "engine")
    paths.prepare()
    config = ServerConfig(model_path=heavy_model, context_size=8192, parallel=1, threads=1)
    draft = DraftQuestion(conversation_id=None, content=LONG_TEXT)
    async with open_application(paths, desktop=NoDesktop(), version="test") as engine:
        await engine.llama.start(config)
        server = WatchedServer(engine.llama)
        async with open_chat_app(tmp_path / "chats", server, reads_ahead=lambda: True) as app:
            chat = (await app.conversations.create(parameters=SHORT)).id
            app.orchestrator.read_ahead(draft)
            reading = await server.reading(0)
            await _wait_until_busy(server)
            await engine.llama.stop()
            await reading.over.wait()

            await engine.llama.start(config)
            app.orchestrator.read_ahead(draft)
            await _until_over()
            assert len(server.readings) == 1
            await _ask(app, chat, "Hello")
            app.orchestrator.read_ahead(draft)
            await (await server.reading(1)).over.wait()
