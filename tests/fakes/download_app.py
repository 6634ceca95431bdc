"""The downloads with everything below them, on a fake Hub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx

from fakes.fake_hub import FakeHub
from fakes.topic_log import TopicLog
from llama_desktop.domain.downloads import Download, Downloads, DownloadState
from llama_desktop.infrastructure.download.pace import Pace
from llama_desktop.infrastructure.hub import Hub
from llama_desktop.infrastructure.hub_token import HubToken
from llama_desktop.infrastructure.model_headers import ModelHeaders
from llama_desktop.infrastructure.net.web import Web
from llama_desktop.infrastructure.storage.download_repository import DownloadRepository
from llama_desktop.infrastructure.storage.settings_repository import SettingsRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.models.downloads import DownloadService
from llama_desktop.services.models.finder import FinderService
from llama_desktop.services.models.hub_account import HubAccountService
from llama_desktop.services.models.library import ModelLibraryService
from llama_desktop.services.notices import NoticeService
from llama_desktop.services.settings import SettingsService

QUICK = Pace(
    least_piece_bytes=1 << 20,
    stall_seconds=5.0,
    first_pause_seconds=0.001,
    longest_pause_seconds=0.01,
    attempts=4,
)
"""As patient as a test may be."""

S = TypeVar("S", bound=DownloadState)


@dataclass
class DownloadApp:
    """What a test asks and looks at."""

    downloads: DownloadService
    finder: FinderService
    account: HubAccountService
    models: ModelLibraryService
    settings: SettingsService
    notices: NoticeService
    log: TopicLog

    async def until(self, kind: type[S], download_id: str | None = None) -> S:
        """The first state of this kind; a failure that was not waited for is told at once."""

        def find(event: Downloads) -> Download | None:
            for one in event.downloads:
                if download_id in (None, one.id) and isinstance(one.state, kind):
                    return one
            return None

        async with asyncio.timeout(60):
            event = await self.log.wait_for(Downloads, lambda event: find(event) is not None)
        found = find(event)
        assert found is not None
        assert isinstance(found.state, kind)
        return found.state

    async def until_bytes(self, wanted: int) -> None:
        """Wait until so much is here, as the topic tells it."""

        def is_here(event: Downloads) -> bool:
            return sum(one.done_bytes for one in event.downloads) >= wanted

        async with asyncio.timeout(60):
            await self.log.wait_for(Downloads, is_here)

    def forget(self) -> None:
        """Wait for what comes from now on only."""
        self.log.events.clear()


@asynccontextmanager
async def open_downloads(
    data: Path, hub: FakeHub, *, pace: Pace = QUICK, folder: Path | None = None
) -> AsyncIterator[DownloadApp]:
    """The services as the app ties them; `folder` instead of the one in the data folder."""
    storage = StorageThread()
    notices = NoticeService()
    settings = SettingsService(
        SettingsRepository(
            file=data / "settings.json", damaged=data / "damaged", backups=data / "backups"
        ),
        storage,
        notices,
    )
    await settings.load()
    endpoint = httpx.URL(hub.url)
    account = HubAccountService(
        endpoint, lambda: HubToken(data / "hub-token", keychain=None, environment={})
    )
    try:
        async with (
            ModelLibraryService(settings, ModelHeaders()) as models,
            Web(
                endpoint=endpoint,
                token=account.token,
                timeout=httpx.Timeout(pace.stall_seconds, connect=5),
            ) as web,
        ):
            asked = Hub(web, endpoint)
            async with DownloadService(
                DownloadRepository(file=data / "downloads.json", damaged=data / "damaged"),
                storage,
                notices,
                settings,
                models,
                web=web,
                hub=asked,
                usual_folder=folder or data / "models",
                pace=pace,
            ) as downloads:
                yield DownloadApp(
                    downloads=downloads,
                    finder=FinderService(asked, web, downloads),
                    account=account,
                    models=models,
                    settings=settings,
                    notices=notices,
                    log=TopicLog(downloads.topic),
                )
    finally:
        await storage.aclose()
