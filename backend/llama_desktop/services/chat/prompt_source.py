"""Gathers what the prompt of an answer is made of."""

from __future__ import annotations

from llama_desktop.domain.chat import Conversation, Message
from llama_desktop.services.chat.kept_attachments import KeptAttachments
from llama_desktop.services.chat.prompt import Files, PromptSource
from llama_desktop.services.conversation_tree import walk_branch


async def gather_source(
    conversation: Conversation,
    question_id: int | None,
    attachments: KeptAttachments,
    *,
    can_see: bool,
    so_far: Message | None = None,
    unsent: Files | None = None,
) -> PromptSource:
    """For an answer to this question; one that there is `so_far` is continued.

    `unsent`: what is in files that are not kept beside the conversation yet.

    Raises:
        AttachmentUnusable: a file of its branch is gone.
    """
    branch = walk_branch(conversation, question_id)
    files: dict[str, str | bytes] = dict(unsent or {})
    for message in branch:
        for attachment in message.attachments:
            if attachment.id not in files:
                files[attachment.id] = await attachments.read(conversation.id, attachment)
    return PromptSource(
        branch=branch,
        system_prompt=conversation.system_prompt,
        overflow=conversation.overflow,
        files=files,
        can_see=can_see,
        so_far=so_far,
    )
