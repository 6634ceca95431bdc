"""What the chat needs of the files that go with questions."""

from __future__ import annotations

from typing import Protocol

from llama_desktop.domain.chat import Attachment, AttachmentContent


class KeptAttachments(Protocol):
    """The files of all conversations: the app's own keeping, or a test's."""

    async def take(self, conversation_id: str, ids: tuple[str, ...]) -> tuple[Attachment, ...]:
        """Keep added files beside a conversation, for a question that is about to be kept.

        Raises:
            AttachmentUnusable: one is not there (any more).
        """
        ...

    async def get(self, attachment_id: str) -> AttachmentContent:
        """A file with its content, sent or not.

        Raises:
            AttachmentUnusable: it is gone.
        """
        ...

    async def read(self, conversation_id: str, attachment: Attachment) -> str | bytes:
        """What is in a file: the text of a text, the bytes of an image.

        Raises:
            AttachmentUnusable: it is gone.
        """
        ...

    async def copy(
        self, conversation_id: str, target_id: str, attachments: tuple[Attachment, ...]
    ) -> None:
        """Keep these files of a conversation beside another one as well, under the same ids."""
        ...
