"""What goes with a question from other chats, with the real engine and the app as it is wired."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from fakes.topic_log import TopicLog
from llama_desktop.bootstrap import open_application
from llama_desktop.domain.chat import (
    Conversation,
    Message,
    MessageStatus,
    Overflow,
    Passage,
    PromptOrigin,
    Role,
    SamplingParameters,
    TurnIds,
)
from llama_desktop.domain.errors import BadRequest
from llama_desktop.domain.events import TurnFailed, TurnFinished, TurnStarted
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.memory import Fact
from llama_desktop.domain.settings import SettingsChange
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.application import Application
from llama_desktop.services.conversation_branches import delete_message
from llama_desktop.services.memory.recall import RecallService

SHORT = SamplingParameters(max_tokens=4, temperature=0)


@pytest.fixture
async def app(tmp_path: Path, tiny_model: Path) -> AsyncIterator[Application]:
    paths = AppPaths.locate(tmp_path)
    paths.prepare()
    async with open_application(
        # What is tested here must not depend on how busy the machine is.
        paths,
        desktop=NoDesktop(),
        version="test",
        recall_deadline=30,
    ) as app:
        await app.settings.update(SettingsChange(memory_enabled=True))
        await app.llama.start(
            ServerConfig(model_path=tiny_model, context_size=16_384, parallel=1, threads=1)
        )
        yield app


async def _chat(app: Application, *contents: str, title: str = "Norway trip") -> str:
    """A chat in which this was said, one message after the other."""
    chat = await app.conversations.create(title=title, parameters=SHORT)

    def decide(old: Conversation) -> Conversation:
        messages = tuple(
            Message(
                id=number,
                parent_id=number - 1 or None,
                role=Role.USER if number % 2 else Role.ASSISTANT,
                content=content,
                status=MessageStatus.COMPLETE,
                created=1_700_000_000.0 + number,
            )
            for number, content in enumerate(contents, start=1)
        )
        return replace(old, messages=messages, leaf_id=len(messages) or None)

    await app.conversations.change(chat.id, decide)
    return chat.id


async def _ask(app: Application, chat: str, question: str, **how) -> tuple[Message, Message]:
    """The question and its answer, as they are kept."""
    await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
    log = TopicLog(app.orchestrator.topic)
    ids: TurnIds = await app.orchestrator.send_message(chat, question, **how)
    await log.wait_for(
        TurnFinished | TurnFailed, lambda event: event.message_id == ids.answer_message_id
    )
    assert [event.user_message.id for event in log.of(TurnStarted)] == [ids.user_message_id]
    kept = {message.id: message for message in (await app.conversations.get(chat)).messages}
    return kept[ids.user_message_id], kept[ids.answer_message_id]


def _texts(passages: tuple[Passage, ...]) -> list[str]:
    return [passage.text for passage in passages]


async def _prompt(app: Application, chat: str, message: Message) -> str:
    return "".join(part.text for part in (await app.prompts.view(chat, message.id)).parts)


async def test_a_fact_of_one_chat_is_given_to_a_question_in_another(app: Application) -> None:
    source = await _chat(
        app, "Where did I put the passport?", "Into the blue drawer, with the insurance papers."
    )
    chat = await _chat(app, title="Packing")
    question, answer = await _ask(app, chat, "Which drawer has my pasport and insurance?")
    assert _texts(question.recalled) == ["Into the blue drawer, with the insurance papers."]
    (passage,) = question.recalled
    assert (passage.conversation_id, passage.message_id) == (source, 2)
    assert (passage.conversation_title, passage.role) == ("Norway trip", Role.ASSISTANT)
    assert passage.before == "Where did I put the passport?"
    marked = {passage.text[start:end] for start, end in passage.matches}
    assert marked == {"drawer", "insurance"}
    view = await app.prompts.view(chat, answer.id)
    (part,) = [part for part in view.parts if part.origin is PromptOrigin.MEMORY]
    assert "· Norway trip · assistant: Into the blue drawer" in part.text
    assert part.message_id == question.id
    assert question.content == "Which drawer has my pasport and insurance?"


async def test_memory_is_off_where_question_chat_or_settings_say_so(app: Application) -> None:
    await _chat(app, "My passport is in the blue drawer.")
    text = "Is the passport in the blue drawer?"

    async def recalls(chat: str, **how) -> bool:
        question, answer = await _ask(app, chat, text, parent_id=None, **how)
        assert ("Norway trip" in await _prompt(app, chat, answer)) is bool(question.recalled)
        return bool(question.recalled)

    chat = await _chat(app, title="Packing")
    assert await recalls(chat)
    assert not await recalls(chat, memory=False)
    await app.settings.update(SettingsChange(memory_enabled=False))
    assert not await recalls(chat)
    assert await recalls(chat, memory=True)
    await app.settings.update(SettingsChange(memory_enabled=True))
    off = await app.conversations.update(
        chat, system_prompt="", parameters=SHORT, overflow=Overflow.OLDEST, memory=False
    )
    assert off.memory is False
    assert not await recalls(chat)


async def test_what_was_recalled_stays_and_the_cache_keeps_the_prompt_before_it(
    app: Application,
) -> None:
    await _chat(app, "My passport is in the blue drawer.")
    chat = await _chat(app, title="Packing")
    first, answer = await _ask(app, chat, "Tell me about the sea and the long way to the north.")
    assert first.recalled == ()
    before = await _prompt(app, chat, answer)
    second, answered = await _ask(app, chat, "Is the passport in the blue drawer?")
    assert _texts(second.recalled) == ["My passport is in the blue drawer."]
    assert (await _prompt(app, chat, answered)).startswith(before)
    assert answered.stats is not None
    assert answer.stats is not None
    assert answered.stats.cached_tokens > answer.stats.prompt_tokens * 0.8
    # The chat that it came from goes; what the model was told is history, and stays in the prompt.
    third, last = await _ask(app, chat, "And what else is there to say about it?")
    assert "My passport is in the blue drawer." in await _prompt(app, chat, last)
    assert last.stats is not None
    assert last.stats.cached_tokens > answered.stats.prompt_tokens * 0.8
    assert third.recalled == ()


async def test_nothing_is_recalled_that_does_not_fit(app: Application) -> None:
    await _chat(app, "My passport is in the blue drawer.", "Thanks for telling me.")
    chat = await _chat(app, title="Packing")
    for text in ("Thanks!", "continue", "What is the capital of Portugal called in winter?"):
        question, _ = await _ask(app, chat, text)
        assert question.recalled == (), text


async def test_what_is_in_the_prompt_on_other_branches_or_in_the_trash_is_left_out(
    app: Application,
) -> None:
    text = "Is the passport in the blue drawer?"
    chat = await _chat(app, "My passport is in the blue drawer.", "I see.", title="Packing")
    trashed = await _chat(app, "The passport lay in the blue drawer before.")
    await app.conversations.delete(trashed)
    deleted = await _chat(app, "A passport belongs into every blue drawer, as one says.", "Yes.")
    await app.conversations.change(deleted, lambda old: delete_message(old, 1))
    same_words = await _chat(app, "My passport is in the blue drawer!")
    question, _ = await _ask(app, chat, text)
    assert question.recalled == ()
    sibling, _ = await _ask(app, chat, text, parent_id=None)
    assert [one.conversation_id for one in sibling.recalled] == [same_words]


async def test_passages_stay_within_their_share_of_the_window(app: Application) -> None:
    for number in range(8):
        said = f"Passport number {number} is in the blue drawer. " + f"Word{number} " * 90
        await _chat(app, said, title=f"Chat {number}")
    chat = await _chat(app, title="Packing")
    question, answer = await _ask(app, chat, "Is the passport in the blue drawer?")
    assert 1 <= len(question.recalled) <= 5
    assert sorted(one.created for one in question.recalled) == [
        one.created for one in question.recalled
    ]
    view = await app.prompts.view(chat, answer.id)
    (tokens,) = [p.token_count for p in view.parts if p.origin is PromptOrigin.MEMORY]
    assert tokens <= 1_000


async def test_what_cannot_be_found_in_time_is_not_given(app: Application) -> None:
    await _chat(app, "My passport is in the blue drawer.")
    chat = await _chat(app, title="Packing")
    await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
    text = "Is the passport in the blue drawer?"
    for deadline, count in ((0, 0), (30, 1)):
        recall = RecallService(
            app.memory, app.conversations, app.facts, app.settings, app.llama, deadline=deadline
        )
        found = await recall.find_context(chat, text, parent_id=None, is_wanted=None)
        assert len(found.passages) == count
        assert found.searched_chats == (count or None)
    assert len(await app.memory.search("passport ", limit=5)) == 1


async def test_a_question_tells_in_how_many_other_chats_nothing_fitted(app: Application) -> None:
    for title in ("Norway trip", "Packing", "Diary"):
        told = await _chat(app, "My passport is in the blue drawer.", title=title)
    await app.memory_choices.leave_out(told, None, is_left_out=True)
    chat = await _chat(app, title="Cooking")

    async def searched(text: str, **how) -> int | None:
        question, _ = await _ask(app, chat, text, parent_id=None, **how)
        assert question.recalled == ()
        return question.searched_chats

    assert await searched("How long does risotto simmer?") == 2
    assert await searched("Thanks!") is None
    assert await searched("How long does risotto simmer?", memory=False) is None


async def test_a_passage_switched_off_is_in_no_request_any_more(app: Application) -> None:
    await _chat(app, "My passport is in the blue drawer.")
    await _chat(app, "The blue drawer with the passport stands in the hall.", title="Hall")
    chat = await _chat(app, title="Packing")
    question, first = await _ask(app, chat, "Is the passport in the blue drawer?")
    assert len(question.recalled) == 2
    changed = await app.memory_choices.use_passage(chat, question.id, 1, is_used=False)
    assert changed.passages_off == (1,)
    off, kept = (passage.text for passage in question.recalled)
    again = await _answer_again(app, chat, first)
    prompt = await _prompt(app, chat, again)
    assert off not in prompt
    assert f"[2] {question.recalled[1].day}" in prompt
    assert kept in prompt
    assert again.passages_left_out == (1,)
    # What the first answer was given is history.
    assert off in await _prompt(app, chat, first)
    await app.memory_choices.use_passage(chat, question.id, 2, is_used=False)
    _, third = await _ask(app, chat, "And what else is there to say about it?")
    assert "Older messages" not in await _prompt(app, chat, third)
    await app.memory_choices.use_passage(chat, question.id, 1, is_used=True)
    assert off in await _prompt(app, chat, await _answer_again(app, chat, first))
    with pytest.raises(BadRequest):
        await app.memory_choices.use_passage(chat, question.id, 3, is_used=False)


async def test_what_is_left_out_is_not_recalled_but_still_found(app: Application) -> None:
    source = await _chat(app, "My passport is in the blue drawer.")
    chat = await _chat(app, title="Packing")
    text = "Is the passport in the blue drawer?"

    async def recalls() -> bool:
        question, _ = await _ask(app, chat, text, parent_id=None)
        return bool(question.recalled)

    leave_out = app.memory_choices.leave_out
    for message_id, said in ((None, ""), (1, "My passport is in the blue drawer.")):
        await leave_out(source, message_id, is_left_out=True)
        assert not await recalls()
        assert source in {hit.conversation_id for hit in await app.memory.search(text, limit=9)}
        (one,) = await app.memory_choices.list_left_out()
        assert (one.conversation_id, one.message_id, one.text) == (source, message_id, said)
        await leave_out(source, message_id, is_left_out=False)
        assert await recalls()
        assert await app.memory_choices.list_left_out() == ()
    # The message that is left out is not given with a short one below it, either.
    other = await _chat(app, "Where is the key of the cellar?", "The cellar key hangs in the hall.")
    await leave_out(other, 1, is_left_out=True)
    question, _ = await _ask(app, chat, "Does the cellar key hang in the hall?", parent_id=None)
    assert [(one.message_id, one.before) for one in question.recalled] == [(2, "")]


async def test_facts_go_first_once_a_branch_and_again_when_they_change(app: Application) -> None:
    await _chat(app, "My passport is in the blue drawer.")
    fact = await app.facts.save(Fact(id="a", text=" I live in\nLisbon. ", created=1.0))
    chat = await _chat(app, title="Packing")
    question, answer = await _ask(app, chat, "Is the passport in the blue drawer?")
    assert [one.fact_id for one in question.recalled] == ["a", ""]
    assert "remembered by the user: I live in Lisbon." in await _prompt(app, chat, answer)
    assert (await _ask(app, chat, "Thanks!"))[0].recalled == ()
    await app.facts.save(replace(fact, text="I live in Porto."))
    assert _texts((await _ask(app, chat, "Thanks!"))[0].recalled) == ["I live in Porto."]
    assert (await _ask(app, chat, "Thanks!", memory=False, parent_id=None))[0].recalled == ()
    await app.facts.forget(("a",))
    assert (await _ask(app, chat, "Thanks!", parent_id=None))[0].recalled == ()


async def test_passages_strictness_and_tokens_are_as_the_settings_have_them(
    app: Application,
) -> None:
    for rest in ("alfa bravo charlie", "garden roses", "mountains rivers lakes", "piano"):
        await _chat(app, f"The passport is in the blue drawer. {' and '.join([rest] * 4)}")
    chat = await _chat(app, title="Packing")

    async def count(question: str, **changes: float) -> int:
        await app.settings.change(lambda old: replace(old, **changes))
        return len((await _ask(app, chat, question, parent_id=None))[0].recalled)

    whole = "Is the passport in the blue drawer?"
    assert await count(whole) == 4
    assert await count(whole, memory_passages=2) == 2
    assert await count(whole, memory_passages=5, memory_tokens=300) in {1, 2, 3}
    partly = "Does Wilhelmina play the piano?"
    assert await count(partly, memory_tokens=1_000, memory_strictness=0.0) > 0
    assert await count(partly, memory_strictness=1.0) == 0


async def _answer_again(app: Application, chat: str, answer: Message) -> Message:
    log = TopicLog(app.orchestrator.topic)
    ids = await app.orchestrator.answer_again(chat, answer.id)
    await log.wait_for(
        TurnFinished | TurnFailed, lambda event: event.message_id == ids.answer_message_id
    )
    kept = (await app.conversations.get(chat)).messages
    return next(message for message in kept if message.id == ids.answer_message_id)
