"""Room for downloads: what could be deleted for it, and who goes on once there is some."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final, Self

from llama_desktop.domain.downloads import (
    Download,
    DownloadFailed,
    DownloadRoom,
    NoRoom,
    Paused,
    RoomToMake,
)
from llama_desktop.domain.models import ModelLibrary
from llama_desktop.infrastructure.disk_room import find_device
from llama_desktop.services.models.deletion import ModelDeletionService
from llama_desktop.services.models.downloads import DownloadService
from llama_desktop.services.models.library import ModelLibraryService

_STANDS_STILL: Final = Paused | NoRoom | DownloadFailed


class RoomService:
    """Has downloads go on when models went. Open it with `async with`."""

    def __init__(
        self,
        downloads: DownloadService,
        deletion: ModelDeletionService,
        library: ModelLibraryService,
    ) -> None:
        self._downloads = downloads
        self._deletion = deletion
        self._library = library
        self._changed = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._unsubscribe = self._library.topic.subscribe(self._on_library)
        self._following = asyncio.create_task(self._follow(), name="room for downloads")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._unsubscribe()
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait([self._following])

    async def find(self) -> tuple[RoomToMake, ...]:
        """What could be deleted so that the first download that lacks room has it; largest first.

        Only what is on its disk: models that may be deleted, and what is here of downloads that
        stand still, but for its own.
        """
        every = self._downloads.downloads()
        first = next((one for one in every.downloads if isinstance(one.state, NoRoom)), None)
        folder = every.folder if first is None else first.folder
        models = await self._deletion.find_room(folder)
        still = [
            one
            for one in every.downloads
            if one is not first and isinstance(one.state, _STANDS_STILL) and one.done_bytes > 0
        ]
        beside = await asyncio.to_thread(
            lambda: [one for one in still if find_device(one.folder) == find_device(folder)]
        )
        found: list[RoomToMake] = [*models, *map(_describe, beside)]
        return tuple(sorted(found, key=lambda one: (-one.freed_bytes, one.name)))

    def _on_library(self, library: ModelLibrary, _sequence: int) -> None:
        if not library.scanning:
            self._changed.set()

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._downloads.go_on_where_room_is()


def _describe(download: Download) -> DownloadRoom:
    name = " ".join(filter(None, (download.title, download.quantization)))
    return DownloadRoom(download_id=download.id, name=name, freed_bytes=download.done_bytes)
