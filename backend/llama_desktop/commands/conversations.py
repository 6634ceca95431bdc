"""Commands on kept chats."""

from __future__ import annotations

from llama_desktop.domain.chat import Conversation, ConversationSummary, SamplingParameters
from llama_desktop.services.application import Application


async def create_conversation(
    app: Application,
    *,
    title: str | None = None,
    system_prompt: str = "",
    parameters: SamplingParameters | None = None,
) -> Conversation:
    """Begin a chat. Without a title it gets one from its first message."""
    return await app.conversations.create(
        title=title, system_prompt=system_prompt, parameters=parameters or SamplingParameters()
    )


async def get_conversation(app: Application, *, conversation_id: str) -> Conversation:
    """A chat with all its messages."""
    return await app.conversations.get(conversation_id)


async def list_conversations(app: Application) -> tuple[ConversationSummary, ...]:
    """All chats, last changed first."""
    return await app.conversations.list()


async def rename_conversation(
    app: Application, *, conversation_id: str, title: str
) -> ConversationSummary:
    """Give a chat another title."""
    return await app.conversations.rename(conversation_id, title)


async def update_conversation(
    app: Application,
    *,
    conversation_id: str,
    system_prompt: str,
    parameters: SamplingParameters,
) -> Conversation:
    """Change what the next answers of a chat are asked with."""
    return await app.conversations.update(
        conversation_id, system_prompt=system_prompt, parameters=parameters
    )


async def delete_conversation(app: Application, *, conversation_id: str) -> None:
    """Move a chat to the trash; an answer under way is stopped first."""
    await app.orchestrator.delete_conversation(conversation_id)


async def restore_conversation(app: Application, *, conversation_id: str) -> ConversationSummary:
    """Take a chat back out of the trash."""
    return await app.conversations.restore(conversation_id)
