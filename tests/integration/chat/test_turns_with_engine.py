"""Whole turns with the real embedded engine, through the application as it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fakes.topic_log import TopicLog
from llama_desktop.bootstrap import open_application
from llama_desktop.domain.chat import Message, MessageStatus, SamplingParameters, TurnIds
from llama_desktop.domain.events import (
    ContentDelta,
    ReasoningDelta,
    TurnFailed,
    TurnFinished,
    TurnPhaseChanged,
    TurnProgress,
)
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.application import Application


@asynccontextmanager
async def _app(folder: Path, config: ServerConfig) -> AsyncIterator[Application]:
    paths = AppPaths.locate(folder)
    paths.prepare()
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        await app.llama.start(config)
        yield app


@pytest.fixture
async def app(tmp_path: Path, tiny_model: Path) -> AsyncIterator[Application]:
    config = ServerConfig(model_path=tiny_model, context_size=2048, parallel=1, threads=1)
    async with _app(tmp_path, config) as app:
        yield app


async def _chat(app: Application, **settings) -> str:
    return (await app.conversations.create(**settings)).id


async def _ended(log: TopicLog, ids: TurnIds, chat: str) -> Message:
    def is_this(event: TurnFinished | TurnFailed) -> bool:
        return (event.conversation_id, event.message_id) == (chat, ids.answer_message_id)

    return (await log.wait_for(TurnFinished | TurnFailed, is_this)).message


async def test_an_answer_streams_and_is_kept_with_its_figures(app: Application) -> None:
    chat = await _chat(app, parameters=SamplingParameters(seed=1))  # not one of its short ones
    log = TopicLog(app.orchestrator.topic)
    ids = await app.orchestrator.send_message(chat, "Tell me about the sea.")
    answer = await _ended(log, ids, chat)
    assert answer.status is MessageStatus.COMPLETE
    assert answer.content == "".join(event.text for event in log.of(ContentDelta))
    assert len(answer.content) > 20
    assert log.of(TurnProgress)
    assert answer.stats.prompt_tokens > 5
    assert answer.stats.generated_tokens >= len(log.of(ContentDelta)) > 5
    assert answer.stats.tokens_per_second > 0
    assert 0 < answer.stats.first_token_seconds < answer.stats.total_seconds
    assert answer.model.file.endswith(".gguf")
    assert (await app.conversations.get(chat)).messages[1] == answer


async def test_the_next_turn_finds_the_prompt_before_it_in_the_cache(app: Application) -> None:
    chat = await _chat(app, system_prompt="Answer in short.")
    log = TopicLog(app.orchestrator.topic)
    first = await _ended(log, await app.orchestrator.send_message(chat, "One?"), chat)
    second = await _ended(log, await app.orchestrator.send_message(chat, "Two?"), chat)
    assert second.stats.cached_tokens >= first.stats.prompt_tokens
    assert second.stats.prompt_tokens > first.stats.prompt_tokens


async def test_stop_frees_the_slot_and_keeps_the_text(
    tmp_path: Path, slow_endless_model: Path
) -> None:
    config = ServerConfig(model_path=slow_endless_model, context_size=2048, parallel=1, threads=1)
    async with _app(tmp_path, config) as app:
        chat = await _chat(app)
        log = TopicLog(app.orchestrator.topic)
        ids = await app.orchestrator.send_message(chat, "Talk for ever.")
        await log.wait_for(ContentDelta)
        client = app.llama.require_client()
        assert [slot["is_processing"] for slot in await client.get_slots()] == [True]
        await app.orchestrator.stop_answer(chat, ids.answer_message_id)
        answer = (await app.conversations.get(chat)).messages[1]
        assert answer.status is MessageStatus.STOPPED
        assert answer.content
        async with asyncio.timeout(10):
            # Nobody tells; and asked faster, the server would not notice the stop.
            while (await client.get_slots())[0]["is_processing"]:  # noqa: ASYNC110
                await asyncio.sleep(1.1)
        text = answer.content
        assert (await app.conversations.get(chat)).messages[1].content == text


async def test_several_chats_answer_at_once_and_one_too_many_waits(
    tmp_path: Path, slow_endless_model: Path
) -> None:
    config = ServerConfig(model_path=slow_endless_model, context_size=1024, parallel=2, threads=1)
    async with _app(tmp_path, config) as app:
        log = TopicLog(app.orchestrator.topic)
        chats = [await _chat(app) for _ in range(3)]
        turns = [await app.orchestrator.send_message(chat, f"In {chat}") for chat in chats]
        for chat in chats[:2]:
            await log.wait_for(ContentDelta, lambda event, chat=chat: event.conversation_id == chat)
        assert not [event for event in log.of(ContentDelta) if event.conversation_id == chats[2]]
        await app.orchestrator.stop_answer(chats[0], turns[0].answer_message_id)
        await log.wait_for(TurnPhaseChanged, lambda event: event.conversation_id == chats[2])
        await log.wait_for(ContentDelta, lambda event: event.conversation_id == chats[2])
        # A page that is reloaded now: whole text, and no piece missing or double after it.
        again = TopicLog(app.orchestrator.topic)
        (snapshot,) = again.events[0].turns[0:1]
        await again.wait_for(
            ContentDelta, lambda event: event.conversation_id == snapshot.conversation_id
        )
        for chat, ids in zip(chats[1:], turns[1:], strict=True):
            await app.orchestrator.stop_answer(chat, ids.answer_message_id)
        later = "".join(
            event.text
            for event in again.of(ContentDelta)
            if event.conversation_id == snapshot.conversation_id
        )
        kept = await app.conversations.get(snapshot.conversation_id)
        assert snapshot.message.content + later == kept.messages[1].content


async def test_thinking_is_kept_apart_from_the_answer(tmp_path: Path, think_model: Path) -> None:
    config = ServerConfig(model_path=think_model, context_size=2048, parallel=1, threads=1)
    async with _app(tmp_path, config) as app:
        chat = await _chat(app)
        log = TopicLog(app.orchestrator.topic)
        answer = await _ended(log, await app.orchestrator.send_message(chat, "Why?"), chat)
        assert log.of(ReasoningDelta)
        assert answer.reasoning
        assert answer.content
        assert answer.stats.reasoning_seconds > 0


async def test_a_chat_longer_than_the_window_goes_on_and_says_what_was_left_out(
    tmp_path: Path, tiny_model: Path
) -> None:
    config = ServerConfig(model_path=tiny_model, context_size=512, parallel=1, threads=1)
    async with _app(tmp_path, config) as app:
        chat = await _chat(
            app, system_prompt="Be brief.", parameters=SamplingParameters(max_tokens=40, seed=1)
        )
        log = TopicLog(app.orchestrator.topic)
        for number in range(6):
            ids = await app.orchestrator.send_message(chat, f"Question {number}: " + "sea " * 40)
            answer = await _ended(log, ids, chat)
            assert answer.status in {MessageStatus.COMPLETE, MessageStatus.LENGTH}, answer.error
        assert answer.omitted_message_ids[:2] == (1, 2)
        assert answer.stats.prompt_tokens <= 512 - 40
        failed = await _ended(log, await app.orchestrator.send_message(chat, "sea " * 2000), chat)
        assert failed.status is MessageStatus.FAILED
        assert failed.error.code == "context_overflow"


async def test_an_answer_that_fills_the_window_ends_as_length(
    tmp_path: Path, endless_model: Path
) -> None:
    config = ServerConfig(model_path=endless_model, context_size=256, parallel=1, threads=1)
    async with _app(tmp_path, config) as app:
        chat = await _chat(app)
        log = TopicLog(app.orchestrator.topic)
        answer = await _ended(log, await app.orchestrator.send_message(chat, "Talk."), chat)
        assert answer.status is MessageStatus.LENGTH
        assert answer.content


async def test_ejecting_the_model_cuts_the_answer_short_and_the_chat_goes_on_later(
    tmp_path: Path, slow_endless_model: Path
) -> None:
    config = ServerConfig(model_path=slow_endless_model, context_size=1024, parallel=1, threads=1)
    async with _app(tmp_path, config) as app:
        chat = await _chat(app)
        log = TopicLog(app.orchestrator.topic)
        ids = await app.orchestrator.send_message(chat, "Talk.")
        await log.wait_for(ContentDelta)
        await app.llama.stop()
        answer = await _ended(log, ids, chat)
        assert answer.status is MessageStatus.CUT_SHORT
        assert answer.error.code == "stream_cut"
        assert answer.content
        await app.llama.start(config)
        again = await app.orchestrator.answer_again(chat, ids.answer_message_id)
        await log.wait_for(ContentDelta, lambda event: event.message_id == again.answer_message_id)
