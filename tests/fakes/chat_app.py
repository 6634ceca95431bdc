"""The chat's services, wired as the app wires them, over a temporary data folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fakes.fake_attachments import FakeAttachments
from fakes.stubborn_repository import StubbornRepository
from llama_desktop.domain.chat import Message, TurnIds
from llama_desktop.domain.llama import Running
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.branches import BranchService
from llama_desktop.services.chat.answer_saver import SavePace
from llama_desktop.services.chat.energy import EnergyMeter
from llama_desktop.services.chat.orchestrator import Orchestrator
from llama_desktop.services.chat.reading_ahead import ReadAhead
from llama_desktop.services.chat.titles import TitleWriter
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.export_service import ExportService
from llama_desktop.services.notices import NoticeService

PACE = SavePace(after_seconds=0.01, retry_seconds=0.01)


@dataclass(frozen=True, slots=True)
class ChatApp:
    """What a test of chats works with."""

    paths: AppPaths
    repository: StubbornRepository
    notices: NoticeService
    conversations: ConversationService
    branches: BranchService
    exports: ExportService
    orchestrator: Orchestrator
    server: Any
    attachments: FakeAttachments

    async def answer(self, conversation_id: str, ids: TurnIds) -> Message:
        """The answer as `get` tells it now."""
        conversation = await self.conversations.get(conversation_id)
        return next(
            message for message in conversation.messages if message.id == ids.answer_message_id
        )


@asynccontextmanager
async def open_chat_app(
    folder: Path,
    server: Any,
    pace: SavePace = PACE,
    *,
    has_titles: bool = False,
    reads_ahead: Callable[[], bool] | None = None,
    energy: EnergyMeter | None = None,
) -> AsyncIterator[ChatApp]:
    """Open the services as `bootstrap` does, close them as it does.

    `reads_ahead`: whether questions are read ahead is wanted now; None: they never are.
    """
    paths = AppPaths.locate(folder)
    paths.prepare()
    repository = StubbornRepository(
        chats=paths.chats, trash=paths.trash, damaged=paths.damaged, backups=paths.backups
    )
    storage = StorageThread()
    notices = NoticeService()
    attachments = FakeAttachments()
    try:
        async with (
            ConversationService(
                repository, storage, notices, retry_seconds=pace.retry_seconds
            ) as conversations,
            Orchestrator(
                conversations,
                server,
                attachments,
                titles=_titles(conversations, server, attachments) if has_titles else None,
                read_ahead=None
                if reads_ahead is None
                else _read_ahead(conversations, server, attachments, reads_ahead),
                energy=energy,
                pace=pace,
            ) as orchestrator,
        ):
            yield ChatApp(
                paths=paths,
                repository=repository,
                notices=notices,
                conversations=conversations,
                branches=BranchService(conversations, attachments),
                exports=ExportService(conversations, attachments),
                orchestrator=orchestrator,
                server=server,
                attachments=attachments,
            )
    finally:
        await storage.aclose()


def _read_ahead(
    conversations: ConversationService,
    server: Any,
    attachments: FakeAttachments,
    is_wanted: Callable[[], bool],
) -> ReadAhead:
    async def goes_back(_: Running) -> bool:
        return True

    return ReadAhead(
        conversations, server, attachments, None, is_wanted=is_wanted, goes_back=goes_back
    )


def _titles(
    conversations: ConversationService, server: Any, attachments: FakeAttachments
) -> TitleWriter:
    return TitleWriter(conversations, server, attachments, is_wanted=lambda: True)
