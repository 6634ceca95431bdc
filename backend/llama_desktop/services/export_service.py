"""Conversations as a file for elsewhere."""

from __future__ import annotations

import asyncio
import logging

from llama_desktop.domain.chat import ExportedFile, ExportFormat
from llama_desktop.domain.errors import AttachmentUnusable, BadRequest
from llama_desktop.services.chat.kept_attachments import KeptAttachments
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.export import ExportedChat, export_chats, list_attachments

logger = logging.getLogger(__name__)


class ExportService:
    """Reads conversations with their attachments, and writes them as `export` says."""

    def __init__(self, conversations: ConversationService, attachments: KeptAttachments) -> None:
        self._conversations = conversations
        self._attachments = attachments

    async def export(
        self, conversation_ids: tuple[str, ...], export_format: ExportFormat
    ) -> ExportedFile:
        """All branches of conversations, with the texts of their files, as one file.

        Raises:
            BadRequest: none is named.
            ConversationNotFound: one does not exist.
        """
        if not conversation_ids:
            raise BadRequest("Select at least one chat to export.")
        chats = [await self._read(one) for one in dict.fromkeys(conversation_ids)]
        return await asyncio.to_thread(export_chats, chats, export_format)

    async def _read(self, conversation_id: str) -> ExportedChat:
        conversation = await self._conversations.get(conversation_id)
        texts: dict[str, str] = {}
        images: dict[str, bytes] = {}
        for attachment in list_attachments(conversation):
            try:
                content = await self._attachments.read(conversation_id, attachment)
            except AttachmentUnusable as error:
                logger.warning("exported without a file: %s", error)
                continue
            if isinstance(content, str):
                texts[attachment.id] = content
            else:
                images[attachment.id] = content
        return ExportedChat(conversation, texts, images)
