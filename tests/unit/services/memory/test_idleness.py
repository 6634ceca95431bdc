"""When the machine is free for work in the background."""

from __future__ import annotations

import asyncio
from pathlib import Path

from llama_desktop.domain.chat import Message, MessageStatus, Role
from llama_desktop.domain.events import AnswersEvent, AnswersSnapshot, TurnFinished, TurnStarted
from llama_desktop.domain.llama import ServerConfig, ServerState, Starting, Stopped
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.memory.idleness import Idleness

_MESSAGE = Message(
    id=2, parent_id=1, role=Role.ASSISTANT, content="", status=MessageStatus.COMPLETE, created=1
)


async def test_background_work_waits_while_an_answer_comes_or_a_model_loads() -> None:
    answers = Topic[AnswersEvent]("answers", lambda: AnswersSnapshot(turns=()))
    server = Topic[ServerState]("server_state", Stopped)
    idleness = Idleness(answers, server)
    await idleness.wait()

    answers.publish(
        TurnStarted(
            conversation_id="a", message_id=2, sequence=1, user_message=_MESSAGE, message=_MESSAGE
        )
    )
    waiting = asyncio.create_task(idleness.wait())
    server.publish(Starting(config=ServerConfig(model_path=Path("/m")), since=1.0))
    answers.publish(TurnFinished(conversation_id="a", message_id=2, sequence=2, message=_MESSAGE))
    await asyncio.wait([waiting], timeout=0)
    assert not waiting.done()  # the model is still loading

    server.publish(Stopped())
    await asyncio.wait_for(waiting, 5)
    idleness.close()
