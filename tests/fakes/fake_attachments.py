"""Files that go with questions, kept in memory."""

from __future__ import annotations

from llama_desktop.domain.chat import Attachment, AttachmentContent, AttachmentKind
from llama_desktop.domain.errors import AttachmentUnusable


class FakeAttachments:
    """Stands for the keeping of attachments, as far as the chat needs it."""

    def __init__(self) -> None:
        self._added: dict[str, tuple[Attachment, str | bytes]] = {}
        self.kept: dict[tuple[str, str], str | bytes] = {}
        """By conversation and id."""

    def add_text(self, name: str, text: str) -> Attachment:
        """A text that waits for its question."""
        attachment = Attachment(
            id=f"file-{len(self._added)}",
            name=name,
            kind=AttachmentKind.TEXT,
            media_type="text/plain",
            size_bytes=len(text.encode()),
        )
        self._added[attachment.id] = attachment, text
        return attachment

    def add_image(self, name: str, data: bytes) -> Attachment:
        """An image that waits for its question."""
        attachment = Attachment(
            id=f"file-{len(self._added)}",
            name=name,
            kind=AttachmentKind.IMAGE,
            media_type="image/png",
            size_bytes=len(data),
            width=8,
            height=8,
        )
        self._added[attachment.id] = attachment, data
        return attachment

    async def take(self, conversation_id: str, ids: tuple[str, ...]) -> tuple[Attachment, ...]:
        if missing := [one for one in ids if one not in self._added]:
            raise AttachmentUnusable(f"{missing[0]} is not there any more.")
        for one in ids:
            self.kept[conversation_id, one] = self._added[one][1]
        return tuple(self._added[one][0] for one in ids)

    async def get(self, attachment_id: str) -> AttachmentContent:
        if attachment_id not in self._added:
            raise AttachmentUnusable(f"{attachment_id} is gone.")
        attachment, content = self._added[attachment_id]
        if isinstance(content, bytes):
            return AttachmentContent(attachment=attachment, data=content)
        return AttachmentContent(attachment=attachment, text=content)

    async def read(self, conversation_id: str, attachment: Attachment) -> str | bytes:
        try:
            return self.kept[conversation_id, attachment.id]
        except KeyError as error:
            raise AttachmentUnusable(f"{attachment.name} is gone.") from error

    async def copy(
        self, conversation_id: str, target_id: str, attachments: tuple[Attachment, ...]
    ) -> None:
        for attachment in attachments:
            self.kept[target_id, attachment.id] = self.kept[conversation_id, attachment.id]
