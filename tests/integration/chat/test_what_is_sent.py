"""What reaches the server is exactly the shown branch: seen by a server that writes it down."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from fakes.topic_log import TopicLog
from llama_desktop.bootstrap import open_application
from llama_desktop.domain.chat import SamplingParameters, TurnIds
from llama_desktop.domain.events import ContentDelta, TurnFinished
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.application import Application


async def _ask(app: Application, chat: str, question: str, **more) -> TurnIds:
    log = TopicLog(app.orchestrator.topic)
    ids = await app.orchestrator.send_message(chat, question, **more)
    await log.wait_for(TurnFinished, lambda event: event.message_id == ids.answer_message_id)
    return ids


async def test_the_server_is_sent_exactly_the_shown_branch(
    tmp_path: Path, fake_llama_server: Path, make_fake_model: Callable[..., Path]
) -> None:
    records = tmp_path / "requests.jsonl"
    model = make_fake_model(
        records=str(records), answer=("Yes", "."), repeats=2, piece_seconds=0.05
    )

    def sent() -> list[tuple[str, str]]:
        last = json.loads(records.read_text().splitlines()[-1])
        return [(message["role"], message["content"]) for message in last["messages"]]

    paths = AppPaths.locate(tmp_path / "data")
    paths.prepare()
    async with open_application(
        paths, desktop=NoDesktop(), version="test", llama_server=fake_llama_server
    ) as app:
        await app.llama.start(ServerConfig(model_path=model))
        parameters = SamplingParameters(temperature=0.5, stop=("END",), thinking=False)
        conversation = await app.conversations.create(
            system_prompt="Be kind.", parameters=parameters
        )
        chat = conversation.id
        first = await _ask(app, chat, "One")
        await _ask(app, chat, "Two")
        await _ask(app, chat, "Two, edited", parent_id=first.answer_message_id)
        system, one = ("system", "Be kind."), [("user", "One"), ("assistant", "Yes.Yes.")]
        assert sent() == [system, *one, ("user", "Two, edited")]

        await app.branches.show(chat, 3)
        await _ask(app, chat, "Three")
        two = [("user", "Two"), ("assistant", "Yes.Yes.")]
        assert sent() == [system, *one, *two, ("user", "Three")]

        await app.orchestrator.delete_message(chat, 3)
        log = TopicLog(app.orchestrator.topic)
        edited = [("user", "Two, edited"), ("assistant", "Yes.Yes.")]
        ids = await app.orchestrator.send_message(chat, "Four")
        await log.wait_for(ContentDelta)
        await app.orchestrator.stop_answer(chat, ids.answer_message_id)
        assert sent() == [system, *one, *edited, ("user", "Four")]

        so_far = (await app.conversations.get(chat)).messages[-1].content
        log = TopicLog(app.orchestrator.topic)
        await app.orchestrator.continue_answer(chat, ids.answer_message_id)
        await log.wait_for(TurnFinished)
        assert sent() == [system, *one, *edited, ("user", "Four"), ("assistant", so_far)]
        answer = (await app.conversations.get(chat)).messages[-1]
        assert answer.content == so_far + "Yes.Yes."

    last = json.loads(records.read_text().splitlines()[-1])
    assert (last["temperature"], last["stop"]) == (0.5, ["END"])
    assert last["chat_template_kwargs"] == {"enable_thinking": False}
