"""Continued answers, structure, figures and the prompt's view, with the real embedded engine."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fakes.topic_log import TopicLog
from llama_desktop.bootstrap import open_application
from llama_desktop.domain.chat import (
    Message,
    MessageStatus,
    Overflow,
    PromptOrigin,
    SamplingParameters,
    TurnIds,
)
from llama_desktop.domain.errors import EngineRequestFailed, StructureInvalid
from llama_desktop.domain.events import ContentDelta, TurnFailed, TurnFinished
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.llama.client import ChatMessage, ChatRequest
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.application import Application
from llama_desktop.services.structure.check import require_sound_structure

GREEDY = {"temperature": 0.0, "seed": 1}


@asynccontextmanager
async def _app(folder: Path, model: Path, context_size: int = 2048) -> AsyncIterator[Application]:
    paths = AppPaths.locate(folder)
    paths.prepare()
    config = ServerConfig(model_path=model, context_size=context_size, parallel=1, threads=1)
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        await app.llama.start(config)
        yield app


async def _chat(app: Application, **parameters) -> str:
    sound = SamplingParameters(**parameters)
    return (await app.conversations.create(parameters=sound)).id


async def _end(log: TopicLog, ids: TurnIds) -> Message:
    def is_this(event: TurnFinished | TurnFailed) -> bool:
        return event.message_id == ids.answer_message_id

    message = (await log.wait_for(TurnFinished | TurnFailed, is_this)).message
    assert message.error is None, message.error
    return message


async def _ask(app: Application, chat: str, question: str) -> Message:
    log = TopicLog(app.orchestrator.topic)
    return await _end(log, await app.orchestrator.send_message(chat, question, memory=False))


async def _go_on(app: Application, chat: str, answer: Message) -> tuple[Message, str]:
    """The answer after it, and what was streamed."""
    log = TopicLog(app.orchestrator.topic)
    after = await _end(log, await app.orchestrator.continue_answer(chat, answer.id))
    return after, "".join(event.text for event in log.of(ContentDelta))


async def test_an_answer_in_two_goes_is_the_answer_in_one(
    tmp_path: Path, endless_model: Path
) -> None:
    async with _app(tmp_path, endless_model) as app:
        chat = await _chat(app, **GREEDY, max_tokens=24)
        first = await _ask(app, chat, "Tell me about the sea.")
        assert first.status is MessageStatus.LENGTH
        whole, streamed = await _go_on(app, chat, first)
        assert whole.content == first.content + streamed
        assert whole.stats.generated_tokens == 48
        assert whole.stats.prompt_tokens == first.stats.prompt_tokens
        other = await _chat(app, **GREEDY, max_tokens=48)
        in_one_go = await _ask(app, other, "Tell me about the sea.")
        assert whole.content == in_one_go.content


async def test_the_engines_prompt_ends_with_the_text_so_far(
    tmp_path: Path, tiny_model: Path
) -> None:
    async with _app(tmp_path, tiny_model) as app:
        client = app.llama.require_client()
        for text in ("Once upon a", "With an end. \n", " \n```py\nx = 1\n"):
            messages = (ChatMessage("user", "Hi"), ChatMessage("assistant", text))
            assert (await client.render_prompt(ChatRequest(messages))).endswith(text)


async def test_thinking_that_was_cut_goes_on_as_thinking(tmp_path: Path, think_model: Path) -> None:
    async with _app(tmp_path, think_model) as app:
        chat = await _chat(app, **GREEDY, max_tokens=3)
        answer = await _ask(app, chat, "Why?")
        assert answer.reasoning
        assert not answer.content
        for _ in range(30):
            before = answer
            answer, _ = await _go_on(app, chat, answer)
            assert answer.reasoning.startswith(before.reasoning)
            assert answer.content.startswith(before.content)
            if len(answer.content) > 10 or answer.status is MessageStatus.COMPLETE:
                break
        assert answer.content
        assert "think>" not in answer.content + answer.reasoning


async def test_a_stopped_answer_has_the_servers_exact_figures(
    tmp_path: Path, slow_endless_model: Path
) -> None:
    async with _app(tmp_path, slow_endless_model) as app:
        chat = await _chat(app)
        log = TopicLog(app.orchestrator.topic)
        ids = await app.orchestrator.send_message(chat, "Talk for ever.")
        await log.wait_for(ContentDelta, lambda event: event.generated_tokens >= 5)
        await app.orchestrator.stop_answer(chat, ids.answer_message_id)
        answer = await _end(log, ids)
        last = log.of(ContentDelta)[-1]
        assert answer.status is MessageStatus.STOPPED
        assert answer.stats.generated_tokens == last.generated_tokens >= 5
        assert answer.stats.tokens_per_second == last.tokens_per_second > 0
        assert answer.stats.prompt_tokens > 5
        assert answer.stats.prompt_tokens_per_second > 0


async def test_an_answer_follows_its_json_schema(tmp_path: Path, tiny_model: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"sea": {"type": "boolean"}, "salt": {"enum": ["much", "little"]}},
        "required": ["sea", "salt"],
        "additionalProperties": False,
    }
    async with _app(tmp_path, tiny_model) as app:
        chat = await _chat(app, json_schema=json.dumps(schema))
        answer = json.loads((await _ask(app, chat, "What is the sea?")).content)
        assert set(answer) == {"sea", "salt"}


async def test_an_answer_follows_its_grammar(tmp_path: Path, tiny_model: Path) -> None:
    async with _app(tmp_path, tiny_model) as app:
        chat = await _chat(app, grammar='root ::= ("yes" | "no") "."')
        assert (await _ask(app, chat, "Is it salt?")).content in {"yes.", "no."}


async def test_thinking_can_be_turned_off(tmp_path: Path, think_model: Path) -> None:
    async with _app(tmp_path, think_model) as app:
        assert app.llama.require_running().model.can_think is True
        assert (await _ask(app, await _chat(app), "Why?")).reasoning
        answer = await _ask(app, await _chat(app, thinking=False), "Why?")
        assert answer.reasoning == ""
        assert answer.content


async def test_the_servers_defaults_are_known(tmp_path: Path, tiny_model: Path) -> None:
    async with _app(tmp_path, tiny_model) as app:
        model = app.llama.require_running().model
        assert model.can_think is False
        assert (model.defaults.temperature, model.defaults.top_k) == (0.8, 40)
        assert model.defaults.max_tokens is None


async def test_the_view_is_the_prompt_with_the_servers_own_counts(
    tmp_path: Path, tiny_model: Path
) -> None:
    async with _app(tmp_path, tiny_model) as app:
        chat = await _chat(app, **GREEDY, max_tokens=20)
        await app.conversations.update(
            chat, system_prompt="Be brief.", parameters=SamplingParameters(max_tokens=20)
        )
        file = await app.attachments.add("notes.txt", b"Salt is <|im_start|> white.")
        log = TopicLog(app.orchestrator.topic)
        await _end(
            log, await app.orchestrator.send_message(chat, "Read.", attachment_ids=(file.id,))
        )
        answer = await _ask(app, chat, "user")
        view = await app.prompts.view(chat, answer.id)
        assert view.token_count == answer.stats.prompt_tokens
        told = [(part.origin, part.message_id, part.text) for part in view.parts]
        assert (PromptOrigin.SYSTEM, None, "Be brief.") in told
        assert (PromptOrigin.USER, 3, "user") in told
        assert any(part.origin is PromptOrigin.FILE for part in view.parts)
        assert sum(part.token_count for part in view.parts) >= view.token_count
        usage = await app.prompts.usage(chat)
        assert usage.window == 2048
        assert usage.total >= answer.stats.prompt_tokens + usage.answer
        assert usage.files >= 5
        counted = await app.prompts.count_tokens("The quick brown fox")
        assert counted.is_exact


async def test_where_nothing_may_give_way_a_long_chat_says_so(
    tmp_path: Path, tiny_model: Path
) -> None:
    async with _app(tmp_path, tiny_model, context_size=512) as app:
        chat = await _chat(app, max_tokens=40)
        await app.conversations.update(
            chat,
            system_prompt="",
            parameters=SamplingParameters(max_tokens=40),
            overflow=Overflow.NOTHING,
        )
        log = TopicLog(app.orchestrator.topic)
        for number in range(8):
            ids = await app.orchestrator.send_message(chat, f"Question {number}: " + "sea " * 40)
            ended = await log.wait_for(
                TurnFinished | TurnFailed,
                lambda event, ids=ids: event.message_id == ids.answer_message_id,
            )
            if ended.message.error is not None:
                break
        assert ended.message.error.code == "context_overflow"
        assert "older turns give way" in ended.message.error.message


SOUND_GRAMMARS = (
    'root ::= "yes" | "no"',
    'root ::= item+\nitem ::= [^a-z\\]] "x"{2,3} # a comment\n',
    'root ::= (\n  "a" | b\n)* "."\nb ::= "\\x41\\u00e4" "b"{2}',
    '# first a comment\n\nroot ::=\n  "a" |\n  "b"?\r\n',
    'root ::= ws list\nlist ::= "x" list | "x"\nws ::= [ \\t]*',
)
BROKEN_GRAMMARS = (
    'answer ::= "a"',
    "root ::= (",
    "root ::= [a",
    "root ::= a\n",
    'root = "a"',
    'root ::= "\\q"',
    "root ::= *",
    'root ::= "a"**',
    'root ::= "a"{x}',
    'root ::= "a"{5000}',
    'root ::= "a" )',
    'root ::= root "a" | "b"',
)


async def test_the_engine_agrees_on_what_a_grammar_is(tmp_path: Path, tiny_model: Path) -> None:
    async with _app(tmp_path, tiny_model) as app:
        client = app.llama.require_client()

        async def ask(grammar: str) -> None:
            parameters = SamplingParameters(grammar=grammar, max_tokens=1)
            async for _ in client.stream_chat(
                ChatRequest((ChatMessage("user", "Hi"),), parameters)
            ):
                pass

        for grammar in SOUND_GRAMMARS:
            require_sound_structure(SamplingParameters(grammar=grammar))
            await ask(grammar)
        for grammar in BROKEN_GRAMMARS:
            with pytest.raises(StructureInvalid):
                require_sound_structure(SamplingParameters(grammar=grammar))
            with pytest.raises(EngineRequestFailed):
                await ask(grammar)
