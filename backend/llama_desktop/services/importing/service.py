"""Brings chats in from files, in the background."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from msgspec.structs import replace

from llama_desktop.domain.chat import Attachment
from llama_desktop.domain.errors import AppError, BadRequest, Conflict, ImportRefused
from llama_desktop.domain.imports import ImportState, ImportSummary, RefusedChat
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.importing.documents import MAX_BYTES
from llama_desktop.services.importing.own import OwnChat
from llama_desktop.services.importing.read import Refusal, read_chats

logger = logging.getLogger(__name__)

_TOLD_REFUSALS: Final = 50
_TOLD_EACH: Final = 20
"""Chats between two pieces of news."""


class FileKeeping(Protocol):
    """What an import needs of the attachments."""

    async def put(self, conversation_id: str, attachment: Attachment, data: bytes) -> None:
        """Keep a file beside a conversation that is about to be kept."""
        ...


class ImportService:
    """Alone owns the import under way; there is one at a time."""

    def __init__(self, conversations: ConversationService, files: FileKeeping) -> None:
        self._conversations = conversations
        self._files = files
        self._state = ImportState()
        self._task: asyncio.Task[None] | None = None
        self.topic: Final = Topic[ImportState]("imports", lambda: self._state)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._task.cancel()  # what is in stays in; the rest comes with the next try
            await asyncio.wait([self._task])

    def begin(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Take in what is in these files. How it goes is told on the topic.

        Raises:
            Conflict: an import is under way.
            BadRequest: there is no file.
        """
        if self.is_running():
            raise Conflict("An import is under way. Wait for its end.")
        if not files:
            raise BadRequest("Choose a file to import.")
        self._tell(ImportState(is_running=True))
        self._task = asyncio.create_task(self._run(tuple(files)), name="import chats")

    async def begin_with(self, paths: tuple[Path, ...]) -> bool:
        """The same with files on the disk; False: none was chosen.

        Raises:
            ImportRefused: one cannot be read, or is too large.
        """
        if not paths:
            return False
        self.begin(await asyncio.to_thread(_read_all, paths))
        return True

    def is_running(self) -> bool:
        """Whether an import is under way."""
        return self._task is not None and not self._task.done()

    async def _run(self, files: Sequence[tuple[str, bytes]]) -> None:
        """The root of the task."""
        try:
            found = await asyncio.to_thread(read_chats, files)
            await self._take_in(found)
        except AppError as error:
            self._tell(replace(self._state, is_running=False, error=error.message))
        except Exception:
            logger.exception("an import failed by a defect")
            message = "The import ended by a defect of the app; the log has details."
            self._tell(replace(self._state, is_running=False, error=message))

    async def _take_in(self, found: Sequence[OwnChat | Refusal]) -> None:
        imported = already_there = 0
        refused: list[RefusedChat] = []
        for done, chat in enumerate(found, start=1):
            if isinstance(chat, Refusal):
                refused.append(RefusedChat(title=chat.title, reason=chat.reason))
            elif await self._take(chat):
                imported += 1
            else:
                already_there += 1
            if done % _TOLD_EACH == 0 or done == 1:
                self._tell(ImportState(is_running=True, done=done, total=len(found)))
        summary = ImportSummary(
            imported=imported,
            already_there=already_there,
            refused_count=len(refused),
            refused=tuple(refused[:_TOLD_REFUSALS]),
        )
        self._tell(ImportState(done=len(found), total=len(found), summary=summary))

    async def _take(self, chat: OwnChat) -> bool:
        conversation = chat.conversation
        if await self._conversations.is_known(conversation.id):
            return False
        for message in conversation.messages:
            for attachment in message.attachments:
                await self._files.put(conversation.id, attachment, chat.files[attachment.id])
        return await self._conversations.take_in(conversation)

    def _tell(self, state: ImportState) -> None:
        self._state = state
        self.topic.publish(state)


def _read_all(paths: tuple[Path, ...]) -> list[tuple[str, bytes]]:
    files: list[tuple[str, bytes]] = []
    for path in paths:
        try:
            if path.stat().st_size > 8 * MAX_BYTES:
                raise ImportRefused(f"{path.name} is too large. Import it in parts.")
            files.append((path.name, path.read_bytes()))
        except OSError as error:
            raise ImportRefused(f"{path.name} cannot be read ({error.strerror}).") from error
    return files
