"""Commands on files that go with a question, and on what is written but not sent."""

from __future__ import annotations

from llama_desktop.domain.chat import Attachment, AttachmentContent, Draft
from llama_desktop.services.application import Application


async def add_attachment(
    app: Application, *, name: str, data: bytes, width: int | None = None, height: int | None = None
) -> Attachment:
    """Keep a file for the next question. `data` is base64 on the wire.

    A text must be readable; an image (PNG, JPEG or GIF) comes with its size in pixels, made
    smaller by the page.
    """
    return await app.attachments.add(name, data, width=width, height=height)


async def pick_attachments(app: Application) -> tuple[Attachment, ...]:
    """Ask for text files by the native dialog, and keep them for the next question."""
    return await app.attachments.add_files(await app.desktop.pick_files())


async def get_attachment(app: Application, *, attachment_id: str) -> AttachmentContent:
    """An attachment with its content."""
    return await app.attachments.get(attachment_id)


async def get_drafts(app: Application) -> tuple[Draft, ...]:
    """All that was written and not sent."""
    return await app.drafts.list()


async def save_draft(
    app: Application,
    *,
    conversation_id: str | None,
    content: str,
    attachment_ids: tuple[str, ...] = (),
) -> None:
    """Keep what is written in a chat (null: in the next new one); nothing at all: forget it."""
    await app.drafts.save(conversation_id, content, attachment_ids)
