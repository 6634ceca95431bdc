"""Turns, with a server that the test itself speaks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes.chat_app import ChatApp, open_chat_app
from fakes.fake_client import FakeServer
from fakes.fake_probe import FakeProbe
from fakes.topic_log import TopicLog
from llama_desktop.domain.chat import (
    MessageStatus,
    PromptProgress,
    Role,
    SamplingParameters,
    TurnPhase,
)
from llama_desktop.domain.errors import (
    BadRequest,
    Conflict,
    ContextOverflow,
    ConversationNotFound,
    EngineRequestFailed,
    MessageNotFound,
    MessageTooLong,
    ServerNotRunning,
    StorageFailed,
    StreamCut,
)
from llama_desktop.domain.events import (
    AnswersSnapshot,
    ContentDelta,
    ReasoningDelta,
    TurnFailed,
    TurnFinished,
    TurnPhaseChanged,
    TurnProgress,
    TurnStarted,
)
from llama_desktop.infrastructure.llama.stream import PromptProgressed, ReasoningPiece
from llama_desktop.services.chat.energy import EnergyMeter
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.telemetry import TelemetryService


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
async def app(tmp_path: Path, server: FakeServer) -> AsyncIterator[ChatApp]:
    async with open_chat_app(tmp_path, server) as app:
        yield app


async def _new_chat(app: ChatApp) -> str:
    return (await app.conversations.create()).id


async def test_a_turn_keeps_question_and_answer_and_tells_each_step(app, server) -> None:
    chat = await _new_chat(app)
    log = TopicLog(app.orchestrator.topic)
    ids = await app.orchestrator.send_message(chat, "What is the sea?")
    stream = await server.client.stream(0)
    progress = PromptProgress(total_tokens=20, cached_tokens=5, processed_tokens=20, seconds=0.1)
    stream.send(PromptProgressed(progress), ReasoningPiece("Hm."))
    stream.say("Salt ", "water.")
    stream.end()
    finished = await log.wait_for(TurnFinished)

    assert [type(event) for event in log.events] == [
        AnswersSnapshot,
        TurnStarted,
        TurnPhaseChanged,
        TurnProgress,
        ReasoningDelta,
        ContentDelta,
        ContentDelta,
        TurnFinished,
    ]
    assert [event.sequence for event in log.events[1:]] == [1, 2, 3, 4, 5, 6, 7]
    assert {event.message_id for event in log.events[1:]} == {ids.answer_message_id}
    started = log.of(TurnStarted)[0]
    assert started.user_message.content == "What is the sea?"
    assert started.message.status is MessageStatus.ANSWERING
    answer = finished.message
    assert (answer.content, answer.reasoning) == ("Salt water.", "Hm.")
    assert answer.status is MessageStatus.COMPLETE
    assert answer.finish_reason == "stop"
    assert answer.model.name == "tiny"
    assert answer.model.file == "tiny-Q4_K_M.gguf"
    assert answer.stats.prompt_tokens == 20
    assert answer.stats.cached_tokens == 5
    assert answer.stats.generated_tokens == 7
    assert answer.stats.tokens_per_second == 45.5
    assert 0 < answer.stats.first_token_seconds <= answer.stats.total_seconds
    assert answer.stats.reasoning_seconds > 0
    kept = await app.conversations.get(chat)
    assert [m.content for m in kept.messages] == ["What is the sea?", "Salt water."]
    assert kept.messages[1] == answer
    assert kept.title == "What is the sea?"


async def test_the_question_is_on_disk_before_the_model_is_asked(app, server) -> None:
    chat = await _new_chat(app)
    on_disk: list[bool] = []
    original = server.client.stream_chat

    def looking(request):
        on_disk.append("What is the sea?" in (app.paths.chats / f"{chat}.json").read_text())
        return original(request)

    server.client.stream_chat = looking
    await app.orchestrator.send_message(chat, "What is the sea?")
    await server.client.stream(0)
    assert on_disk == [True]


async def test_without_a_running_server_nothing_is_written(app, server) -> None:
    server.running = None
    chat = await _new_chat(app)
    with pytest.raises(ServerNotRunning):
        await app.orchestrator.send_message(chat, "Anyone?")
    assert (await app.conversations.get(chat)).messages == ()


@pytest.mark.parametrize("content", ["", " \n\t "])
async def test_an_empty_message_is_refused(app, content: str) -> None:
    chat = await _new_chat(app)
    with pytest.raises(BadRequest):
        await app.orchestrator.send_message(chat, content)


async def test_a_message_of_ten_megabytes_is_refused_with_the_limit(app) -> None:
    chat = await _new_chat(app)
    with pytest.raises(MessageTooLong, match="at most 2 MiB"):
        await app.orchestrator.send_message(chat, "x" * 10_000_000)
    assert (await app.conversations.get(chat)).messages == ()


async def test_lone_surrogates_in_a_question_are_replaced(app, server) -> None:
    chat = await _new_chat(app)
    await app.orchestrator.send_message(chat, "a\ud800b")
    assert (await app.conversations.get(chat)).messages[0].content == "a\ufffdb"


async def test_unknown_conversations_and_parents_are_told(app) -> None:
    with pytest.raises(ConversationNotFound):
        await app.orchestrator.send_message("0123-none", "Hello")
    with pytest.raises(ConversationNotFound):
        await app.orchestrator.send_message("../settings", "Hello")
    chat = await _new_chat(app)
    with pytest.raises(MessageNotFound):
        await app.orchestrator.send_message(chat, "Hello", parent_id=7)
    assert (await app.conversations.get(chat)).messages == ()


async def test_stop_keeps_the_text_frees_the_slot_and_answers_when_saved(app, server) -> None:
    chat = await _new_chat(app)
    log = TopicLog(app.orchestrator.topic)
    ids = await app.orchestrator.send_message(chat, "Talk")
    stream = await server.client.stream(0)
    stream.say("Once upon ")
    await log.wait_for(ContentDelta)
    await app.orchestrator.stop_answer(chat, ids.answer_message_id)

    assert stream.closed.is_set()
    raw = (app.paths.chats / f"{chat}.json").read_text()
    assert '"Once upon "' in raw
    assert '"stopped"' in raw
    finished = log.of(TurnFinished)[0]
    assert finished.message.status is MessageStatus.STOPPED
    assert finished.message.error is None
    assert app.orchestrator.topic.snapshot().turns == ()


async def test_stop_before_the_first_token_leaves_an_empty_stopped_answer(app, server) -> None:
    chat = await _new_chat(app)
    ids = await app.orchestrator.send_message(chat, "Talk")
    await app.orchestrator.stop_answer(chat, ids.answer_message_id)
    answer = await app.answer(chat, ids)
    assert answer.status is MessageStatus.STOPPED
    assert answer.content == ""


async def test_stopping_twice_or_too_late_is_no_error_and_an_unknown_answer_is(app, server) -> None:
    chat = await _new_chat(app)
    ids = await app.orchestrator.send_message(chat, "Talk")
    await asyncio.gather(
        app.orchestrator.stop_answer(chat, ids.answer_message_id),
        app.orchestrator.stop_answer(chat, ids.answer_message_id),
    )
    await app.orchestrator.stop_answer(chat, ids.answer_message_id)
    with pytest.raises(MessageNotFound):
        await app.orchestrator.stop_answer(chat, 99)


async def test_other_chats_wait_visibly_for_a_slot_and_come_in_order(app, server) -> None:
    log = TopicLog(app.orchestrator.topic)
    chats = [await _new_chat(app) for _ in range(3)]
    ids = [await app.orchestrator.send_message(chat, f"Question {chat}") for chat in chats]
    first = await server.client.stream(0)
    phases = {turn.conversation_id: turn.phase for turn in app.orchestrator.topic.snapshot().turns}
    assert phases == {
        chats[0]: TurnPhase.READING,
        chats[1]: TurnPhase.WAITING,
        chats[2]: TurnPhase.WAITING,
    }
    assert (await app.answer(chats[1], ids[1])).status is MessageStatus.WAITING
    first.end()
    change = await log.wait_for(TurnPhaseChanged, lambda event: event.conversation_id != chats[0])
    assert (change.conversation_id, change.phase) == (chats[1], TurnPhase.READING)
    assert (await app.answer(chats[1], ids[1])).status is MessageStatus.ANSWERING
    (await server.client.stream(1)).end()
    third = await server.client.stream(2)
    assert third.request.messages[0].content == f"Question {chats[2]}"


async def test_a_waiting_turn_can_be_stopped_and_never_reaches_the_server(app, server) -> None:
    busy, waiting = await _new_chat(app), await _new_chat(app)
    await app.orchestrator.send_message(busy, "First")
    ids = await app.orchestrator.send_message(waiting, "Second")
    await server.client.stream(0)
    await app.orchestrator.stop_answer(waiting, ids.answer_message_id)
    assert (await app.answer(waiting, ids)).status is MessageStatus.STOPPED
    assert len(server.client.streams) == 1


async def test_several_chats_answer_at_once_without_mixing(tmp_path: Path) -> None:
    server = FakeServer(slots=3)
    async with open_chat_app(tmp_path, server) as app:
        log = TopicLog(app.orchestrator.topic)
        chats = [await _new_chat(app) for _ in range(3)]
        ids = [await app.orchestrator.send_message(chat, f"To {chat}") for chat in chats]
        streams = [await server.client.stream(number) for number in range(3)]
        for _ in range(20):
            for stream in streams:
                stream.say(stream.request.messages[0].content, "|")
        for stream in streams:
            stream.end()
        for chat, turn in zip(chats, ids, strict=True):
            await log.wait_for(TurnFinished, lambda e, chat=chat: e.conversation_id == chat)
            assert (await app.answer(chat, turn)).content == f"To {chat}|" * 20


async def test_a_turn_that_waited_goes_on_with_the_model_that_runs_then(app, server) -> None:
    log = TopicLog(app.orchestrator.topic)
    first, second = await _new_chat(app), await _new_chat(app)
    await app.orchestrator.send_message(first, "One")
    ids = await app.orchestrator.send_message(second, "Two")
    stream = await server.client.stream(0)
    server.load(name="other", slots=2)
    stream.send(StreamCut("The engine was stopped."))
    (await server.client.stream(1)).end()
    await log.wait_for(TurnFinished)
    assert (await app.answer(second, ids)).model.name == "other"


async def test_a_server_that_goes_away_cuts_the_answer_short_and_those_that_wait(
    app, server
) -> None:
    log = TopicLog(app.orchestrator.topic)
    first, second = await _new_chat(app), await _new_chat(app)
    await app.orchestrator.send_message(first, "One")
    await app.orchestrator.send_message(second, "Two")
    stream = await server.client.stream(0)
    stream.say("Half an ans")
    await log.wait_for(ContentDelta)
    server.eject()
    failed = await log.wait_for(TurnFailed, lambda event: event.conversation_id == first)
    assert failed.message.status is MessageStatus.CUT_SHORT
    assert failed.message.content == "Half an ans"
    assert failed.message.error.code == "stream_cut"
    waited = await log.wait_for(TurnFailed, lambda event: event.conversation_id == second)
    assert waited.message.status is MessageStatus.CUT_SHORT
    assert waited.message.error.code == "server_not_running"


async def test_an_error_of_the_engine_fails_the_answer_and_is_no_text_of_it(app, server) -> None:
    chat = await _new_chat(app)
    log = TopicLog(app.orchestrator.topic)
    await app.orchestrator.send_message(chat, "Talk")
    stream = await server.client.stream(0)
    stream.say("So ")
    stream.send(EngineRequestFailed("context shift cannot be used"))
    failed = await log.wait_for(TurnFailed)
    assert failed.message.status is MessageStatus.FAILED
    assert failed.message.content == "So "
    assert failed.message.error.code == "engine_request_failed"


async def test_a_defect_ends_the_turn_and_frees_the_slot(app, server, caplog) -> None:
    chat = await _new_chat(app)
    log = TopicLog(app.orchestrator.topic)
    await app.orchestrator.send_message(chat, "Talk")
    (await server.client.stream(0)).send(ZeroDivisionError("oops"))
    failed = await log.wait_for(TurnFailed)
    assert failed.message.error.code == "internal_error"
    assert "oops" not in failed.message.error.message
    await app.orchestrator.answer_again(chat, failed.message_id)
    await server.client.stream(1)


async def test_the_token_limit_ends_as_length(app, server) -> None:
    chat = await _new_chat(app)
    log = TopicLog(app.orchestrator.topic)
    await app.orchestrator.send_message(chat, "Talk")
    (await server.client.stream(0)).end("length")
    finished = await log.wait_for(TurnFinished)
    assert finished.message.status is MessageStatus.LENGTH
    assert finished.message.finish_reason == "length"


async def test_answer_again_is_a_sibling_and_changes_nothing_that_was(app, server) -> None:
    chat = await _new_chat(app)
    log = TopicLog(app.orchestrator.topic)
    ids = await app.orchestrator.send_message(chat, "Talk")
    stream = await server.client.stream(0)
    stream.say("First answer")
    stream.end()
    await log.wait_for(TurnFinished)
    again = await app.orchestrator.answer_again(chat, ids.answer_message_id)
    assert again.user_message_id == ids.user_message_id
    second = await server.client.stream(1)
    assert [message.content for message in second.request.messages] == ["Talk"]
    second.say("Second answer")
    second.end()
    await log.wait_for(TurnFinished, lambda event: event.message_id == again.answer_message_id)
    kept = await app.conversations.get(chat)
    assert [m.content for m in kept.messages] == ["Talk", "First answer", "Second answer"]
    assert kept.messages[1].parent_id == kept.messages[2].parent_id == ids.user_message_id
    assert kept.leaf_id == again.answer_message_id


async def test_an_edited_question_is_a_new_branch(app, server) -> None:
    chat = await _new_chat(app)
    log = TopicLog(app.orchestrator.topic)
    await app.orchestrator.send_message(chat, "Old question")
    (await server.client.stream(0)).end()
    await log.wait_for(TurnFinished)
    await app.orchestrator.send_message(chat, "New question", parent_id=None)
    stream = await server.client.stream(1)
    assert [message.content for message in stream.request.messages] == ["New question"]
    kept = await app.conversations.get(chat)
    roots = [m.content for m in kept.messages if m.parent_id is None]
    assert roots == ["Old question", "New question"]


async def test_a_question_below_an_answer_under_way_is_refused(app, server) -> None:
    chat = await _new_chat(app)
    await app.orchestrator.send_message(chat, "One")
    with pytest.raises(Conflict, match="still under way"):
        await app.orchestrator.send_message(chat, "Two")
    assert len((await app.conversations.get(chat)).messages) == 2


async def test_deleting_a_conversation_stops_its_turn_first(app, server) -> None:
    chat = await _new_chat(app)
    log = TopicLog(app.orchestrator.topic)
    await app.orchestrator.send_message(chat, "Talk")
    stream = await server.client.stream(0)
    stream.say("Some text")
    await log.wait_for(ContentDelta)
    await app.orchestrator.delete_conversations((chat,))
    assert stream.closed.is_set()
    with pytest.raises(ConversationNotFound):
        await app.conversations.get(chat)
    await app.conversations.restore((chat,))
    restored = await app.conversations.get(chat)
    assert restored.messages[1].content == "Some text"
    assert restored.messages[1].status is MessageStatus.STOPPED


async def test_a_snapshot_in_the_middle_has_the_answer_whole(app, server) -> None:
    chat = await _new_chat(app)
    log = TopicLog(app.orchestrator.topic)
    ids = await app.orchestrator.send_message(chat, "Talk")
    stream = await server.client.stream(0)
    stream.say("a", "b", "c")
    await log.wait_for(ContentDelta, lambda event: event.text == "c")
    (turn,) = app.orchestrator.topic.snapshot().turns
    assert turn.message.content == "abc"
    assert turn.phase is TurnPhase.ANSWERING
    assert turn.sequence == log.events[-1].sequence
    assert (await app.answer(chat, ids)).content == "abc"


async def test_closing_the_app_keeps_the_text_as_cut_short(tmp_path: Path, server) -> None:
    async with open_chat_app(tmp_path, server) as app:
        chat = await _new_chat(app)
        log = TopicLog(app.orchestrator.topic)
        await app.orchestrator.send_message(chat, "Talk")
        stream = await server.client.stream(0)
        stream.say("Text")
        await log.wait_for(ContentDelta)
    assert stream.closed.is_set()
    async with open_chat_app(tmp_path, server) as app:
        answer = (await app.conversations.get(chat)).messages[1]
    assert (answer.status, answer.content) == (MessageStatus.CUT_SHORT, "Text")
    assert answer.error.code == "app_ended"


async def test_a_caller_that_goes_away_does_not_take_the_turn_with_it(app, server) -> None:
    chat = await _new_chat(app)
    log = TopicLog(app.orchestrator.topic)
    asking = asyncio.create_task(app.orchestrator.send_message(chat, "Talk"))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    (await server.client.stream(0)).end()
    await log.wait_for(TurnFinished)


async def test_a_growing_answer_is_saved_while_it_grows(app, server) -> None:
    chat = await _new_chat(app)
    saves = TopicLog(app.conversations.topic)
    await app.orchestrator.send_message(chat, "Talk")
    before = app.repository.change_count
    stream = await server.client.stream(0)
    app.repository.changed.clear()
    stream.say("Growing ")
    await asyncio.to_thread(app.repository.changed.wait)
    assert '"Growing "' in (app.paths.chats / f"{chat}.json").read_text()
    assert app.repository.change_count == before + 1
    assert len(saves.of(object)) == 2  # the snapshot and the question: growing is no news there


async def test_a_question_is_answered_on_a_full_disk_held_told_and_saved_when_there_is_room(
    app, server
) -> None:
    chat = await _new_chat(app)
    log, notices = TopicLog(app.orchestrator.topic), TopicLog(app.notices.topic)
    app.repository.is_full = True
    ids = await app.orchestrator.send_message(chat, "Precious question")
    stream = await server.client.stream(0)
    stream.say("Precious answer")
    stream.end()
    await log.wait_for(TurnFinished)
    (notice,) = app.notices.notices().notices
    assert (notice.code, notice.title) == ("storage_failed", "The disk is full.")
    assert notice.message == (
        "Two new messages are held in memory and saved as soon as there is room."
    )
    kept = await app.conversations.get(chat)
    assert [message.content for message in kept.messages] == [
        "Precious question",
        "Precious answer",
    ]
    assert (await app.answer(chat, ids)).status is MessageStatus.COMPLETE
    assert not (app.paths.chats / f"{chat}.json").exists()
    with pytest.raises(StorageFailed):
        await app.conversations.retry_saving()

    app.repository.is_full = False
    await notices.wait_for(object, lambda event: notices.events[-1].notices == ())
    text = (app.paths.chats / f"{chat}.json").read_text()
    assert "Precious question" in text
    assert "Precious answer" in text


async def test_an_answer_is_held_while_the_disk_is_full_and_saved_when_it_is_not(
    app, server
) -> None:
    chat = await _new_chat(app)
    log, notices = TopicLog(app.orchestrator.topic), TopicLog(app.notices.topic)
    ids = await app.orchestrator.send_message(chat, "Talk")
    stream = await server.client.stream(0)
    app.repository.is_full = True
    stream.say("Precious text")
    stream.end()
    finished = await log.wait_for(TurnFinished)
    assert finished.message.content == "Precious text"
    assert (await app.answer(chat, ids)).content == "Precious text"
    assert "Precious text" not in (app.paths.chats / f"{chat}.json").read_text()
    assert len(notices.events[-1].notices) == 1
    app.repository.is_full = False
    await notices.wait_for(object, lambda event: notices.events[-1].notices == ())
    assert "Precious text" in (app.paths.chats / f"{chat}.json").read_text()


async def test_an_answer_still_held_is_tried_once_more_when_the_app_closes(
    tmp_path: Path, server
) -> None:
    async with open_chat_app(tmp_path, server) as app:
        chat = await _new_chat(app)
        log = TopicLog(app.orchestrator.topic)
        await app.orchestrator.send_message(chat, "Talk")
        stream = await server.client.stream(0)
        app.repository.is_full = True
        stream.say("Precious text")
        stream.end()
        await log.wait_for(TurnFinished)
        app.repository.is_full = False
    assert "Precious text" in (app.paths.chats / f"{chat}.json").read_text()


async def test_old_turns_are_left_out_of_a_small_window_and_named(tmp_path: Path) -> None:
    server = FakeServer(context_size=400)
    async with open_chat_app(tmp_path, server) as app:
        conversation = await app.conversations.create(system_prompt="Be brief.")
        chat, log = conversation.id, TopicLog(app.orchestrator.topic)
        for number in range(6):
            ids = await app.orchestrator.send_message(chat, f"q{number} " + "word " * 50)
            stream = await server.client.stream(number)
            stream.say("answer " * 30)
            stream.end()
            await log.wait_for(
                TurnFinished, lambda e, ids=ids: e.message_id == ids.answer_message_id
            )
        sent = server.client.streams[-1].request.messages
        answer = await app.answer(chat, ids)
    assert sent[0].content == "Be brief."
    assert sent[-1].content.startswith("q5")
    assert answer.omitted_message_ids[:2] == (1, 2)
    assert len(answer.omitted_message_ids) % 2 == 0
    assert not any(message.content.startswith("q0") for message in sent)


async def test_a_question_larger_than_the_window_fails_with_what_to_do(tmp_path: Path) -> None:
    server = FakeServer(context_size=100)
    async with open_chat_app(tmp_path, server) as app:
        chat, log = await _new_chat(app), TopicLog(app.orchestrator.topic)
        await app.orchestrator.send_message(chat, "word " * 500)
        failed = await log.wait_for(TurnFailed)
    assert failed.message.status is MessageStatus.FAILED
    assert failed.message.error.code == "context_overflow"
    assert "larger context size" in failed.message.error.message
    assert server.client.streams == []


async def test_a_refusal_for_length_is_answered_by_counting_exactly(app, server) -> None:
    chat = await _new_chat(app)
    log = TopicLog(app.orchestrator.topic)
    await app.orchestrator.send_message(chat, "Short")
    (await server.client.stream(0)).send(ContextOverflow("too long"))
    (await server.client.stream(1)).end()
    finished = await log.wait_for(TurnFinished)
    assert finished.message.status is MessageStatus.COMPLETE
    assert len(server.client.counted) == 1


async def test_the_conversations_parameters_are_asked_with_and_kept(app, server) -> None:
    parameters = SamplingParameters(temperature=0.2, max_tokens=50)
    chat = (await app.conversations.create(parameters=parameters)).id
    ids = await app.orchestrator.send_message(chat, "Talk")
    assert (await server.client.stream(0)).request.parameters == parameters
    assert (await app.answer(chat, ids)).parameters == parameters
    assert (await app.conversations.get(chat)).messages[0].role is Role.USER


async def test_the_energy_that_an_answer_took_is_kept_with_its_figures(tmp_path, server) -> None:
    probe, states = FakeProbe(0.0), Topic("server_state", server.require_running)
    async with TelemetryService(states, probe) as telemetry:
        meter = EnergyMeter(telemetry.ask_gpus, lambda: telemetry.history)
        async with open_chat_app(tmp_path, server, energy=meter) as app:
            chat = await _new_chat(app)
            log = TopicLog(app.orchestrator.topic)
            ids = await app.orchestrator.send_message(chat, "Hello")
            stream = await server.client.stream(0)
            await telemetry.ask_gpus()  # an answer without any time between has no energy
            stream.say("Hi.")
            stream.end()
            finished = await log.wait_for(TurnFinished)
            assert finished.message.stats.energy_joules in {5.0, 10.0}
            assert finished.message == await app.answer(chat, ids)
