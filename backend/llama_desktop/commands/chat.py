"""Commands on turns: ask, ask again, stop."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from llama_desktop.domain.chat import TurnIds
from llama_desktop.services.application import Application


async def send_message(
    app: Application,
    *,
    conversation_id: str,
    content: str,
    parent_id: int | UnsetType | None = UNSET,
) -> TurnIds:
    """Keep a question and start its answer, which then streams on the topic `answers`.

    `parent_id` absent: at the end of the shown branch; null: as a new first message.
    """
    return await app.orchestrator.send_message(conversation_id, content, parent_id=parent_id)


async def answer_again(app: Application, *, conversation_id: str, message_id: int) -> TurnIds:
    """Start another answer to the same question, beside the one that is named."""
    return await app.orchestrator.answer_again(conversation_id, message_id)


async def stop_answer(app: Application, *, conversation_id: str, message_id: int) -> None:
    """Stop a turn under way; what there is of the answer is kept. Answers once it is saved."""
    await app.orchestrator.stop_answer(conversation_id, message_id)
