"""Files that go with questions: checked, counted, kept until they are sent and ever after."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from llama_desktop.domain.chat import Attachment, AttachmentContent, AttachmentKind
from llama_desktop.domain.errors import (
    AttachmentUnusable,
    EngineRequestFailed,
    ServerNotRunning,
    StorageFailed,
)
from llama_desktop.infrastructure.storage.attachment_files import AttachmentFiles
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.attachment_check import (
    MAX_IMAGE_BYTES,
    CheckedText,
    check_file,
    is_image,
    require_size,
)
from llama_desktop.services.attachment_text import render_attachment
from llama_desktop.services.chat.slots import RunningServer
from llama_desktop.services.file_names import clean_file_name
from llama_desktop.services.notices import NoticeService

MAX_PER_QUESTION: Final = 32
_COUNT_SECONDS: Final = 5.0
_GLANCE_BYTES: Final = 16

P = ParamSpec("P")
T = TypeVar("T")


class AttachmentService:
    """Alone reads and writes attachments.

    A text is kept as UTF-8, as the model reads it; an image as it came. What is added waits until
    a question takes it; a draft that names it keeps it over the end of the app.
    """

    def __init__(
        self,
        files: AttachmentFiles,
        storage: StorageThread,
        notices: NoticeService,
        server: RunningServer,
    ) -> None:
        self._files = files
        self._storage = storage
        self._notices = notices
        self._server = server

    async def add(
        self, name: str, data: bytes, *, width: int | None = None, height: int | None = None
    ) -> Attachment:
        """Keep a file for the next question.

        Raises:
            AttachmentUnusable: empty, too large, damaged, neither a text nor an image, or an image
                of another `width` or `height` than it is said to have.
            StorageFailed: it cannot be written.
        """
        shown = clean_file_name(name)
        checked = await asyncio.to_thread(check_file, shown, data)
        attachment_id = f"{int(time.time() * 1000):012x}-{secrets.token_hex(6)}"
        if isinstance(checked, CheckedText):
            attachment = Attachment(
                id=attachment_id,
                name=shown,
                kind=AttachmentKind.TEXT,
                media_type=checked.media_type,
                size_bytes=len(data),
                token_count=await self._count(render_attachment(shown, checked.text)),
            )
            content = checked.text.encode()
        else:
            if (width or checked.width, height or checked.height) != (
                checked.width,
                checked.height,
            ):
                raise AttachmentUnusable(f"{shown} has another size than it is said to have.")
            attachment = Attachment(
                id=attachment_id,
                name=shown,
                kind=AttachmentKind.IMAGE,
                media_type=checked.media_type,
                size_bytes=len(data),
                width=checked.width,
                height=checked.height,
            )
            content = data
        await self._keep(self._files.add, attachment, content)
        return attachment

    async def add_files(self, paths: tuple[Path, ...]) -> tuple[Attachment, ...]:
        """Keep files of the disk for the next question: all of them, or none.

        Raises:
            AttachmentUnusable: one cannot be read or used.
            StorageFailed: one cannot be written.
        """
        added: list[Attachment] = []
        try:
            for path in paths:
                data = await asyncio.to_thread(_read_file, path)
                added.append(await self.add(path.name, data))
        except (AttachmentUnusable, StorageFailed):
            await self.discard(tuple(attachment.id for attachment in added))
            raise
        return tuple(added)

    async def get(self, attachment_id: str) -> AttachmentContent:
        """An attachment with its content, sent or not.

        Raises:
            AttachmentUnusable: it is gone.
        """
        attachment, data = await self._storage.run(self._files.open, attachment_id)
        if attachment.kind is AttachmentKind.IMAGE:
            return AttachmentContent(attachment=attachment, data=data)
        return AttachmentContent(attachment=attachment, text=data.decode(errors="replace"))

    async def look_up(self, ids: tuple[str, ...]) -> tuple[Attachment, ...]:
        """Those of these files that are still kept, sent or not."""
        return await self._storage.run(self._files.look_up, ids)

    async def take(self, conversation_id: str, ids: tuple[str, ...]) -> tuple[Attachment, ...]:
        """Keep files beside a conversation, for a question that is about to be kept.

        They also go on waiting, until `discard`: a question that cannot be kept loses none. A file
        that an earlier question of the conversation has can be named again.

        Raises:
            AttachmentUnusable: one is gone, they are too many, or the model cannot see images.
            ConversationNotFound: no such conversation.
            StorageFailed: one cannot be kept there.
        """
        unique = tuple(dict.fromkeys(ids))
        if len(unique) > MAX_PER_QUESTION:
            raise AttachmentUnusable(f"A question can have {MAX_PER_QUESTION} files at most.")
        taken = tuple([await self._keep(self._files.take, one, conversation_id) for one in unique])
        image = next((one for one in taken if one.kind is AttachmentKind.IMAGE), None)
        if image is not None:
            model = self._server.require_running().model
            if not model.has_vision:
                raise AttachmentUnusable(
                    f"{model.name} cannot see images. Remove {image.name}, or load a model with "
                    "its vision part (mmproj).",
                    name=image.name,
                )
        return taken

    async def read(self, conversation_id: str, attachment: Attachment) -> str | bytes:
        """What is in a file of a conversation: the text of a text, the bytes of an image.

        Raises:
            AttachmentUnusable: it is gone.
        """
        try:
            data = await self._storage.run(self._files.read, attachment.id, conversation_id)
        except AttachmentUnusable as error:
            raise AttachmentUnusable(
                f"The file {attachment.name} is not kept any more.", name=attachment.name
            ) from error
        return data if attachment.kind is AttachmentKind.IMAGE else data.decode(errors="replace")

    async def put(self, conversation_id: str, attachment: Attachment, data: bytes) -> None:
        """Keep a file beside a conversation that is about to be kept.

        Raises:
            StorageFailed: it cannot be written.
        """
        await self._keep(self._files.put, conversation_id, attachment, data)

    async def copy(
        self, conversation_id: str, target_id: str, attachments: tuple[Attachment, ...]
    ) -> None:
        """Keep these files of a conversation beside another one as well, under the same ids."""
        ids = tuple(attachment.id for attachment in attachments)
        await self._keep(self._files.copy, conversation_id, target_id, ids)

    async def discard(self, ids: tuple[str, ...]) -> None:
        """Let go of files that wait: they are sent, or wanted no more."""
        await self._storage.run(self._files.discard, ids)

    async def discard_all(self) -> None:
        """Let go of every file that waits.

        Raises:
            StorageFailed: one cannot be removed.
        """
        await self._keep(self._files.discard_all)

    async def sweep(self, wanted_ids: frozenset[str]) -> None:
        """Remove all that wait from before this start, but these."""
        await self._storage.run(self._files.sweep, wanted_ids)

    async def _count(self, text: str) -> int | None:
        try:
            client = self._server.require_client()
            async with asyncio.timeout(_COUNT_SECONDS):
                return await client.count_tokens(text)
        except (ServerNotRunning, EngineRequestFailed, TimeoutError):
            return None

    async def _keep(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            result = await self._storage.run(partial(function, *args, **kwargs))
        except StorageFailed as error:
            self._notices.storage_fails(error)
            raise
        self._notices.storage_works()
        return result


def _read_file(path: Path) -> bytes:
    """Never more than an image may have, whatever the file's size claims."""
    name = clean_file_name(path.name)
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            require_size(name, size, is_image=is_image(file.read(_GLANCE_BYTES)))
            file.seek(0)
            return file.read(MAX_IMAGE_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AttachmentUnusable(f"{name} cannot be read ({reason}).", name=name) from error
