"""Answers that are continued, and branches that go, with a server that the test speaks for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes.chat_app import ChatApp, open_chat_app
from fakes.fake_client import FakeServer
from fakes.topic_log import TopicLog
from llama_desktop.domain.chat import MessageStatus, SamplingParameters, TurnIds
from llama_desktop.domain.errors import (
    AttachmentUnusable,
    Conflict,
    EngineRequestFailed,
    MessageNotFound,
)
from llama_desktop.domain.events import ContentDelta, TurnFailed, TurnFinished, TurnStarted
from llama_desktop.infrastructure.llama.chat_request import ChatMessage
from llama_desktop.infrastructure.llama.stream import ContentPiece, ReasoningPiece


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
async def app(tmp_path: Path, server: FakeServer) -> AsyncIterator[ChatApp]:
    async with open_chat_app(tmp_path, server) as app:
        yield app


async def _chat(app: ChatApp, **settings) -> str:
    return (await app.conversations.create(**settings)).id


async def _stopped(app: ChatApp, chat: str, *pieces: ContentPiece | ReasoningPiece) -> TurnIds:
    log, number = TopicLog(app.orchestrator.topic), len(app.server.client.streams)
    ids = await app.orchestrator.send_message(chat, "Talk")
    stream = await app.server.client.stream(number)
    stream.send(*pieces)
    for _ in pieces:
        await log.wait_for(object, lambda event: log.events[-1].sequence >= 2 + len(pieces))
    await app.orchestrator.stop_answer(chat, ids.answer_message_id)
    return ids


async def _answered(app: ChatApp, chat: str, question: str, answer: str, **more) -> TurnIds:
    log, number = TopicLog(app.orchestrator.topic), len(app.server.client.streams)
    ids = await app.orchestrator.send_message(chat, question, **more)
    stream = await app.server.client.stream(number)
    stream.say(answer)
    stream.end()
    await log.wait_for(
        TurnFinished | TurnFailed, lambda event: event.message_id == ids.answer_message_id
    )
    return ids


async def test_a_stopped_answer_goes_on_in_its_place_and_only_grows(app, server) -> None:
    chat = await _chat(app)
    ids = await _stopped(app, chat, ReasoningPiece("Hm.", 1, 10.0), ContentPiece("Once ", 2, 10.0))
    before = await app.answer(chat, ids)
    assert (before.stats.generated_tokens, before.stats.tokens_per_second) == (2, 10.0)
    log = TopicLog(app.orchestrator.topic)
    again = await app.orchestrator.continue_answer(chat, ids.answer_message_id)
    assert again == ids
    stream = await server.client.stream(1)
    assert stream.request.messages[-1] == ChatMessage("assistant", "Once ", reasoning="Hm.")
    started = log.of(TurnStarted)[0]
    assert (started.message.content, started.message.status) == ("Once ", MessageStatus.ANSWERING)
    stream.send(ContentPiece("upon", 1, 20.0))
    delta = await log.wait_for(ContentDelta)
    assert (delta.text, delta.generated_tokens, delta.tokens_per_second) == ("upon", 3, 20.0)
    stream.end()
    finished = await log.wait_for(TurnFinished)
    answer = finished.message
    assert (answer.content, answer.reasoning) == ("Once upon", "Hm.")
    assert answer.status is MessageStatus.COMPLETE
    assert answer.stats.generated_tokens == 2 + 7
    assert await app.answer(chat, ids) == answer
    assert len((await app.conversations.get(chat)).messages) == 2


async def test_an_answer_cut_by_the_end_of_the_app_goes_on_after_it(tmp_path, server) -> None:
    async with open_chat_app(tmp_path, server) as app:
        chat = await _chat(app)
        log = TopicLog(app.orchestrator.topic)
        ids = await app.orchestrator.send_message(chat, "Talk")
        (await server.client.stream(0)).say("Once ")
        await log.wait_for(ContentDelta)
    async with open_chat_app(tmp_path, server) as app:
        await app.orchestrator.continue_answer(chat, ids.answer_message_id)
        stream = await server.client.stream(1)
        log = TopicLog(app.orchestrator.topic)
        stream.say("upon a time.")
        stream.end()
        await log.wait_for(TurnFinished)
        answer = await app.answer(chat, ids)
    assert answer.content == "Once upon a time."
    assert answer.error is None


async def test_stopping_a_continued_answer_keeps_both_parts(app, server) -> None:
    chat = await _chat(app)
    ids = await _stopped(app, chat, ContentPiece("One ", 1, 10.0))
    await app.orchestrator.continue_answer(chat, ids.answer_message_id)
    log = TopicLog(app.orchestrator.topic)
    (await server.client.stream(1)).send(ContentPiece("two ", 1, 10.0))
    await log.wait_for(ContentDelta)
    await app.orchestrator.stop_answer(chat, ids.answer_message_id)
    answer = await app.answer(chat, ids)
    assert (answer.content, answer.status) == ("One two ", MessageStatus.STOPPED)
    assert answer.stats.generated_tokens == 2


async def test_a_server_that_refuses_to_go_on_while_thinking_is_asked_without(app, server) -> None:
    chat = await _chat(app)
    ids = await _stopped(app, chat, ContentPiece("One "))
    log = TopicLog(app.orchestrator.topic)
    await app.orchestrator.continue_answer(chat, ids.answer_message_id)
    (await server.client.stream(1)).send(EngineRequestFailed("incompatible with enable_thinking"))
    retried = await server.client.stream(2)
    assert retried.request.parameters.thinking is False
    retried.end()
    assert (await log.wait_for(TurnFinished)).message.content == "One "


async def test_a_refusal_of_a_new_answer_is_not_asked_again(app, server) -> None:
    chat = await _chat(app)
    log = TopicLog(app.orchestrator.topic)
    await app.orchestrator.send_message(chat, "Talk")
    (await server.client.stream(0)).send(EngineRequestFailed("no"))
    await log.wait_for(TurnFailed)
    assert len(server.client.streams) == 1


async def test_a_complete_answer_is_not_continued(app, server) -> None:
    chat = await _chat(app)
    ids = await _answered(app, chat, "Talk", "Done.")
    with pytest.raises(Conflict, match="complete"):
        await app.orchestrator.continue_answer(chat, ids.answer_message_id)
    assert len(server.client.streams) == 1


async def test_an_answer_again_can_have_parameters_of_its_own(app, server) -> None:
    chat = await _chat(app)
    ids = await _answered(app, chat, "Talk", "Done.")
    hot = SamplingParameters(temperature=1.5)
    again = await app.orchestrator.answer_again(chat, ids.answer_message_id, parameters=hot)
    assert (await server.client.stream(1)).request.parameters == hot
    assert (await app.answer(chat, again)).parameters == hot
    assert (await app.conversations.get(chat)).parameters == SamplingParameters()


async def test_the_model_is_sent_exactly_the_shown_branch(app, server) -> None:
    chat = await _chat(app)
    first = await _answered(app, chat, "One", "First")
    await _answered(app, chat, "Two", "Second")
    await _answered(app, chat, "Two, edited", "Other", parent_id=first.answer_message_id)
    await app.branches.show(chat, 3)
    await _answered(app, chat, "Three", "Third")
    sent = server.client.streams[-1].request.messages
    assert [m.content for m in sent] == ["One", "First", "Two", "Second", "Three"]
    await app.orchestrator.delete_message(chat, 3)
    await _answered(app, chat, "Four", "Fourth")
    sent = server.client.streams[-1].request.messages
    assert [m.content for m in sent] == ["One", "First", "Two, edited", "Other", "Four"]


async def test_the_shown_branch_and_what_is_deleted_survive_a_restart(tmp_path, server) -> None:
    async with open_chat_app(tmp_path, server) as app:
        chat = await _chat(app)
        await _answered(app, chat, "One", "First")
        await _answered(app, chat, "Edited", "Second", parent_id=None)
        await app.branches.show(chat, 1)
        await app.orchestrator.delete_message(chat, 3)
    async with open_chat_app(tmp_path, server) as app:
        kept = await app.conversations.get(chat)
        (summary,) = await app.conversations.list()
        assert kept.leaf_id == summary.leaf_id == 2
        assert [message.is_deleted for message in kept.messages] == [False, False, True, False]
        assert summary.message_count == 3
        shown = await app.branches.restore(chat, 3)
        assert shown.leaf_id == 4


async def test_stepping_away_from_a_branch_and_back_leads_to_where_it_was_left(app, server) -> None:
    chat = await _chat(app)
    first = await _answered(app, chat, "One", "First")
    await _answered(app, chat, "Two", "Second")
    await _answered(app, chat, "Two, edited", "Third", parent_id=first.answer_message_id)
    await _answered(app, chat, "Another one", "Fourth", parent_id=None)
    assert (await app.branches.show(chat, 3)).leaf_id == 4
    assert (await app.branches.show(chat, 7)).leaf_id == 8
    assert (await app.branches.show(chat, 1)).leaf_id == 4


async def test_deleting_a_message_stops_what_is_written_below_it(app, server) -> None:
    chat = await _chat(app)
    await _answered(app, chat, "One", "First")
    log = TopicLog(app.orchestrator.topic)
    await app.orchestrator.send_message(chat, "Two")
    stream = await server.client.stream(1)
    stream.say("Half")
    await log.wait_for(ContentDelta)
    shown = await app.orchestrator.delete_message(chat, 3)
    assert shown.leaf_id == 2
    assert stream.closed.is_set()
    kept = await app.conversations.get(chat)
    assert (kept.messages[3].content, kept.messages[3].status) == ("Half", MessageStatus.STOPPED)
    assert kept.messages[2].is_deleted
    with pytest.raises(MessageNotFound):
        await app.orchestrator.answer_again(chat, 4)


async def test_deleting_an_answer_under_way_keeps_its_text_for_an_undo(app, server) -> None:
    chat = await _chat(app)
    log = TopicLog(app.orchestrator.topic)
    ids = await app.orchestrator.send_message(chat, "One")
    (await server.client.stream(0)).say("Half")
    await log.wait_for(ContentDelta)
    await app.orchestrator.delete_message(chat, ids.answer_message_id)
    assert (await app.answer(chat, ids)).is_deleted
    await app.branches.restore(chat, ids.answer_message_id)
    back = await app.answer(chat, ids)
    assert (back.content, back.is_deleted) == ("Half", False)


async def test_a_branch_becomes_a_chat_of_its_own_with_its_files(app, server) -> None:
    chat = await _chat(app, system_prompt="Be kind.")
    file = app.attachments.add_text("notes.txt", "Some notes")
    await _answered(app, chat, "One", "First", attachment_ids=(file.id,))
    await _answered(app, chat, "Two", "Second")
    copy = await app.branches.copy(chat, 2)
    assert [message.content for message in copy.messages] == ["One", "First"]
    assert copy.title == "One"
    await _answered(app, copy.id, "Another two", "Other")
    sent = server.client.streams[-1].request.messages
    assert [m.content for m in sent[2:]] == ["First", "Another two"]
    assert "Some notes" in sent[1].content
    assert [summary.title for summary in await app.conversations.list()] == ["One", "One"]
    assert len((await app.conversations.get(chat)).messages) == 4


async def test_a_file_goes_with_its_question_and_stays_for_the_next_ones(app, server) -> None:
    chat = await _chat(app)
    file = app.attachments.add_text("notes.txt", "Some notes")
    ids = await _answered(app, chat, "", "First", attachment_ids=(file.id,))
    await _answered(app, chat, "Two", "Second")
    kept = await app.conversations.get(chat)
    assert kept.messages[0].attachments == (file,)
    assert kept.title == "notes.txt"
    for stream in server.client.streams:
        assert "Some notes" in stream.request.messages[0].content
    assert ids.user_message_id == 1


async def test_a_file_that_is_gone_keeps_the_question_from_being_kept(app, server) -> None:
    chat = await _chat(app)
    with pytest.raises(AttachmentUnusable):
        await app.orchestrator.send_message(chat, "Look", attachment_ids=("none",))
    assert (await app.conversations.get(chat)).messages == ()


async def test_a_model_that_cannot_see_does_not_answer_about_an_image(app, server) -> None:
    server.load(has_vision=True)
    chat = await _chat(app)
    image = app.attachments.add_image("sea.png", b"PNG")
    ids = await _answered(app, chat, "Look", "Nice", attachment_ids=(image.id,))
    server.load(name="blind")
    log = TopicLog(app.orchestrator.topic)
    await app.orchestrator.answer_again(chat, ids.answer_message_id)
    failed = await log.wait_for(TurnFailed)
    assert failed.message.error.code == "attachment_unusable"
    assert "blind cannot see images, and sea.png is one" in failed.message.error.message
    await _answered(app, chat, "And now?", "Yes", parent_id=ids.answer_message_id)
    assert "[Image: sea.png]" in server.client.streams[-1].request.messages[0].content
