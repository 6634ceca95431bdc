"""What the model sees and what it takes. A token is a word here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes.chat_app import ChatApp, open_chat_app
from fakes.fake_client import FakeServer
from fakes.topic_log import TopicLog
from llama_desktop.domain.chat import PromptOrigin, SamplingParameters, TurnIds
from llama_desktop.domain.errors import MessageNotFound, ServerNotRunning
from llama_desktop.domain.events import TurnFailed, TurnFinished
from llama_desktop.services.chat.prompts import PromptService


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
async def app(tmp_path: Path, server: FakeServer) -> AsyncIterator[ChatApp]:
    async with open_chat_app(tmp_path, server) as app:
        yield app


@pytest.fixture
def prompts(app: ChatApp, server: FakeServer) -> PromptService:
    return PromptService(app.conversations, server, app.attachments)


def _words(text: str) -> int:
    return len(text.split())


async def _turn(app: ChatApp, chat: str, question: str, answer: str, **more) -> TurnIds:
    log, number = TopicLog(app.orchestrator.topic), len(app.server.client.streams)
    ids = await app.orchestrator.send_message(chat, question, **more)
    stream = await app.server.client.stream(number)
    stream.say(answer)
    stream.end()
    await log.wait_for(
        TurnFinished | TurnFailed, lambda event: event.message_id == ids.answer_message_id
    )
    return ids


async def test_a_text_is_counted_by_the_server_and_guessed_without_one(prompts, server) -> None:
    exact = await prompts.count_tokens("one two three")
    assert (exact.tokens, exact.is_exact) == (3, True)
    server.running = None
    guess = await prompts.count_tokens("one two three" * 10)
    assert (20 < guess.tokens < 60, guess.is_exact) == (True, False)


async def test_the_view_of_an_answer_is_the_prompt_that_was_sent(app, prompts, server) -> None:
    chat = (await app.conversations.create(system_prompt="Be kind.")).id
    file = app.attachments.add_text("notes.txt", "Some notes")
    await _turn(app, chat, "First question", "First answer", attachment_ids=(file.id,))
    second = await _turn(app, chat, "Second question", "Second answer")
    view = await prompts.view(chat, second.answer_message_id)
    sent = server.client.streams[1].request.messages
    assert "".join(part.text for part in view.parts) == (
        "".join(f"<{m.role}> {m.content} <end>\n" for m in sent) + "<assistant>"
    )
    told = [(part.origin, part.message_id) for part in view.parts]
    assert [one for one in told if one[0] is not PromptOrigin.TEMPLATE] == [
        (PromptOrigin.SYSTEM, None),
        (PromptOrigin.FILE, 1),
        (PromptOrigin.USER, 1),
        (PromptOrigin.ASSISTANT, 2),
        (PromptOrigin.USER, 3),
    ]
    assert view.token_count == sum(part.token_count for part in view.parts)
    assert view.model_name == "tiny"


async def test_the_view_of_an_answer_leaves_out_what_the_answer_went_without(
    tmp_path: Path,
) -> None:
    server = FakeServer(context_size=400)
    async with open_chat_app(tmp_path, server) as app:
        chat = (await app.conversations.create()).id
        for number in range(6):
            ids = await _turn(app, chat, f"q{number} " + "word " * 50, "answer " * 30)
        view = await PromptService(app.conversations, server, app.attachments).view(
            chat, ids.answer_message_id
        )
        answer = await app.answer(chat, ids)
    assert view.omitted_message_ids == answer.omitted_message_ids != ()
    assert not set(view.omitted_message_ids) & {part.message_id for part in view.parts}
    sent = server.client.streams[-1].request.messages
    assert view.token_count == sum(len(m.content.split()) + 2 for m in sent) + 1


async def test_the_view_of_a_question_is_what_an_answer_to_it_would_be_given(app, prompts) -> None:
    chat = (await app.conversations.create(parameters=SamplingParameters(thinking=False))).id
    ids = await _turn(app, chat, "Question", "Answer")
    view = await prompts.view(chat, ids.user_message_id)
    assert "".join(part.text for part in view.parts) == "<user> Question <end>\n<assistant>"
    rendered = app.server.client.rendered
    assert {request.parameters.thinking for request in rendered} == {False}


async def test_a_view_needs_a_server_and_a_message_that_is_there(app, prompts, server) -> None:
    chat = (await app.conversations.create()).id
    ids = await _turn(app, chat, "Question", "Answer")
    with pytest.raises(MessageNotFound):
        await prompts.view(chat, 99)
    await app.orchestrator.delete_message(chat, ids.user_message_id)
    with pytest.raises(MessageNotFound):
        await prompts.view(chat, ids.answer_message_id)
    server.running = None
    with pytest.raises(ServerNotRunning):
        await prompts.view(chat, ids.user_message_id)


async def test_the_usage_tells_system_files_turns_and_the_last_answer(app, prompts) -> None:
    chat = (await app.conversations.create(system_prompt="Be kind.")).id
    file = app.attachments.add_text("notes.txt", "Some notes")
    await _turn(app, chat, "First question", "First answer", attachment_ids=(file.id,))
    await _turn(app, chat, "Second question", "A second answer")
    usage = await prompts.usage(chat)
    assert usage.window == 4096
    assert usage.system == 2
    assert usage.files == len(["File:", "notes.txt", "```", "Some", "notes", "```"])
    assert usage.answer == 3
    template = len(
        [
            "<system>",
            "<end>",
            "<user>",
            "<end>",
            "<assistant>",
            "<end>",
            "<user>",
            "<end>",
            "<assistant>",
        ]
    )
    assert usage.turns == 6 + template
    assert usage.total == usage.system + usage.files + usage.turns + usage.answer


async def test_the_usage_of_a_chat_without_messages_is_its_system_prompt(app, prompts) -> None:
    chat = (await app.conversations.create(system_prompt="Be very kind.")).id
    usage = await prompts.usage(chat)
    assert (usage.system, usage.turns, usage.total) == (3, 0, 3)


async def test_without_a_server_there_is_no_usage(app, prompts, server) -> None:
    chat = (await app.conversations.create()).id
    server.running = None
    assert await prompts.usage(chat) is None


async def test_a_text_is_counted_once_and_anew_by_another_model(app, prompts, server) -> None:
    chat = (await app.conversations.create()).id
    await _turn(app, chat, "First question", "First answer")
    await prompts.usage(chat)
    counted = len(server.client.counted_texts)
    await prompts.usage(chat)
    assert len(server.client.counted_texts) == counted
    await _turn(app, chat, "Second question", "Second answer")
    await prompts.usage(chat)
    # Two new texts, and what the template puts before and after an answer.
    assert len(server.client.counted_texts) <= counted + 4
    server.load(name="other")
    await prompts.usage(chat)
    assert server.client.counted_texts.count("First question") == 2


async def test_what_images_take_is_known_from_the_last_answer(app, prompts, server) -> None:
    server.load(has_vision=True)
    chat = (await app.conversations.create()).id
    image = app.attachments.add_image("sea.png", b"PNG")
    await _turn(app, chat, "Look", "Nice", attachment_ids=(image.id,))
    usage = await prompts.usage(chat)
    # The fake server tells 20 tokens for the prompt; four words of them are text.
    assert usage.files == 20 - len(["<user>", "Look", "<end>", "<assistant>"])
