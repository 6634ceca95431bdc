"""Commands on turns: ask, ask again, go on, stop, and what the model sees."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from llama_desktop.domain.chat import (
    ContextUsage,
    PromptView,
    SamplingParameters,
    TokenCount,
    TurnIds,
)
from llama_desktop.services.application import Application
from llama_desktop.services.chat.reading_ahead import DraftQuestion


async def send_message(
    app: Application,
    *,
    conversation_id: str,
    content: str,
    parent_id: int | UnsetType | None = UNSET,
    attachment_ids: tuple[str, ...] = (),
    memory: bool | None = None,
) -> TurnIds:
    """Keep a question and start its answer, which then streams on the topic `answers`.

    `parent_id` absent: at the end of the shown branch; null: as a new first message.
    `memory`: whether older messages that fit are given to the model with it; absent or null: as
    the chat, else the settings have it. What was given stands in the question's `recalled`.
    """
    return await app.orchestrator.send_message(
        conversation_id,
        content,
        parent_id=parent_id,
        attachment_ids=attachment_ids,
        memory=memory,
    )


async def read_ahead(
    app: Application,
    *,
    conversation_id: str | None,
    content: str,
    parent_id: int | UnsetType | None = UNSET,
    attachment_ids: tuple[str, ...] = (),
    memory: bool | None = None,
    system_prompt: str | None = None,
    parameters: SamplingParameters | None = None,
) -> None:
    """Have the model read a question that is still being written; it stands nowhere until sent.

    It ends what was being read before; an empty one does only that. `conversation_id` null: in a
    new chat, which would begin with `system_prompt` and `parameters`; absent or null, as the
    settings have it. Answers at once: whether anything is read is nobody's business but the
    model's.
    """
    app.orchestrator.read_ahead(
        DraftQuestion(
            conversation_id=conversation_id,
            content=content,
            parent_id=parent_id,
            attachment_ids=attachment_ids,
            memory=memory,
            system_prompt=system_prompt,
            parameters=parameters,
        )
    )


async def answer_again(
    app: Application,
    *,
    conversation_id: str,
    message_id: int,
    parameters: SamplingParameters | None = None,
) -> TurnIds:
    """Start another answer to the same question, beside the one that is named.

    `parameters` are for this answer only; without them those of the conversation.
    """
    return await app.orchestrator.answer_again(conversation_id, message_id, parameters=parameters)


async def continue_answer(app: Application, *, conversation_id: str, message_id: int) -> TurnIds:
    """Go on with an answer that was stopped or cut, from its last token."""
    return await app.orchestrator.continue_answer(conversation_id, message_id)


async def stop_answer(app: Application, *, conversation_id: str, message_id: int) -> None:
    """Stop a turn under way; what there is of the answer is kept. Answers once it is saved."""
    await app.orchestrator.stop_answer(conversation_id, message_id)


async def count_tokens(app: Application, *, text: str) -> TokenCount:
    """How many tokens a text is: counted by the loaded model, else estimated."""
    return await app.prompts.count_tokens(text)


async def get_prompt(app: Application, *, conversation_id: str, message_id: int) -> PromptView:
    """The exact prompt that a question or an answer stands for, part by part."""
    return await app.prompts.view(conversation_id, message_id)


async def get_context_usage(app: Application, *, conversation_id: str) -> ContextUsage | None:
    """What the shown branch takes of the context window; null: no model is loaded."""
    return await app.prompts.usage(conversation_id)
