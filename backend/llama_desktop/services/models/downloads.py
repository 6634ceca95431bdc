"""The downloads: a queue that outlives the app. Nothing is fetched that nobody asked for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from llama_desktop.domain.downloads import (
    Checking,
    Download,
    DownloadFailed,
    DownloadPlan,
    Downloads,
    Fetching,
    Finished,
    NoRoom,
    Paused,
    Queued,
)
from llama_desktop.domain.errors import AppError, DownloadNotFound, DownloadRefused, StorageFailed
from llama_desktop.infrastructure.download.pace import Bandwidth, Pace
from llama_desktop.infrastructure.hub import Hub
from llama_desktop.infrastructure.net.web import Web
from llama_desktop.infrastructure.storage.atomic_file import storage_failed
from llama_desktop.infrastructure.storage.download_repository import (
    DownloadRepository,
    KeptDownload,
)
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.models.download_entry import Entry, entry_of
from llama_desktop.services.models.download_folder import (
    choose_folder,
    find_done_bytes,
    find_missing_room,
    remove_plan,
)
from llama_desktop.services.models.download_run import DownloadRun, OutOfRoom
from llama_desktop.services.models.library import ModelLibraryService
from llama_desktop.services.notices import NoticeService
from llama_desktop.services.settings import SettingsService

logger = logging.getLogger(__name__)

_AT_ONCE: Final = 2
_TELL_SECONDS: Final = 0.4


class DownloadService:
    """Alone owns the downloads. Each one that runs is a task, and all run on one loop.

    | from                | by                 | to                     |
    |---------------------|--------------------|------------------------|
    | (nothing)           | `start`            | queued                 |
    | queued              | its turn           | fetching               |
    | fetching            | all bytes are here | checking               |
    | checking            | the right SHA-256  | finished               |
    | queued … checking   | `pause`            | paused                 |
    | fetching, checking  | a failure          | no_room, failed        |
    | paused … failed     | `resume`           | queued                 |
    | no_room             | there is room      | queued                 |
    | any                 | `cancel`           | (gone with its parts)  |
    """

    def __init__(
        self,
        repository: DownloadRepository,
        storage: StorageThread,
        notices: NoticeService,
        settings: SettingsService,
        models: ModelLibraryService,
        *,
        web: Web,
        hub: Hub,
        usual_folder: Path,
        pace: Pace,
    ) -> None:
        """`usual_folder`: where models go when the person has named no folder."""
        self._repository = repository
        self._storage = storage
        self._notices = notices
        self._settings = settings
        self._models = models
        self._web = web
        self._hub = hub
        self._usual_folder = usual_folder
        self._pace = pace
        self._bandwidth = Bandwidth(lambda: settings.get().download_limit_bytes)
        self._entries: dict[str, Entry] = {}
        self._folder = usual_folder
        self._free_bytes: int | None = None
        self._told_at = 0.0
        self.topic: Final = Topic[Downloads]("downloads", self.downloads)

    async def __aenter__(self) -> Self:
        """Go on with what was under way when the app ended."""
        kept, damaged = await self._storage.run(self._repository.load)
        if damaged is not None:
            self._notices.add(
                "downloads_damaged",
                "The list of downloads was damaged and starts empty. What was fetched of them is "
                f"in the model folder, as .part files. The list was kept as found: {damaged}.",
            )
        for one in kept:
            self._entries[one.plan.id] = await asyncio.to_thread(_look_at, one)
        await self._look_at_folder()
        self._begin_next()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop all; the next start of the app goes on."""
        tasks = [entry.task for entry in self._entries.values() if entry.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def downloads(self) -> Downloads:
        """All of them as they stand."""
        return Downloads(
            downloads=tuple(entry.show() for entry in self._entries.values()),
            folder=self._folder,
            free_bytes=self._free_bytes,
        )

    async def refresh(self) -> Downloads:
        """All of them, with the room that there is now."""
        await self._look_at_folder()
        self._publish()
        return self.downloads()

    async def find_folder(self) -> Path:
        """Where a new download goes."""
        await self._look_at_folder()
        return self._folder

    async def start(self, plan: DownloadPlan) -> Download:
        """Put a download into the queue; one for the same files that is there already goes on.

        Raises:
            DownloadRefused: two of its files would have the same name.
            StorageFailed: the list cannot be written.
        """
        targets = {os.path.normcase(file.target).casefold() for file in plan.files}
        if len(targets) < len(plan.files):
            raise DownloadRefused("Two files of this model would have the same name here.")
        for entry in self._entries.values():
            if entry.plan.files[-1].target == plan.files[-1].target:
                if isinstance(entry.state, Finished):
                    del self._entries[entry.plan.id]
                    break
                return await self.resume(entry.plan.id)
        self._entries[plan.id] = Entry(plan, Queued())
        try:
            await self._keep()
        except StorageFailed:
            del self._entries[plan.id]
            raise
        self._begin_next()
        return self._entries[plan.id].show()

    async def pause(self, download_id: str) -> Download:
        """Stop fetching; what is here stays.

        Raises:
            DownloadNotFound: there is none with this id.
            StorageFailed: the list cannot be written; it is paused all the same.
        """
        entry = self._require(download_id)
        if isinstance(entry.state, Queued | Fetching | Checking):
            entry.state = Paused()
            await self._stop(entry)
            await self._keep()
            self._begin_next()
        return entry.show()

    async def resume(self, download_id: str) -> Download:
        """Go on from where it was.

        Raises:
            DownloadNotFound: there is none with this id.
            StorageFailed: the list cannot be written; it goes on all the same.
        """
        entry = self._require(download_id)
        if isinstance(entry.state, Paused | NoRoom | DownloadFailed):
            await self._stop(entry)
            entry.state = Queued()
            self._begin_next()
            await self._keep()
        return entry.show()

    async def cancel(self, download_id: str) -> None:
        """Take it off the list and delete what is here of it; a finished model stays.

        Raises:
            DownloadNotFound: there is none with this id.
            StorageFailed: the list cannot be written, or a file cannot be deleted.
        """
        entry = self._require(download_id)
        is_finished = isinstance(entry.state, Finished)
        entry.state = Paused()
        await self._stop(entry)
        self._entries.pop(download_id, None)
        if not is_finished:
            await asyncio.to_thread(_remove, entry.plan)
        await self._keep()
        self._begin_next()
        await self.go_on_where_room_is()
        await self.refresh()

    async def go_on_where_room_is(self) -> None:
        """Have the first go on that waits for room and has it now; say of the others what lacks.

        One at a time: what is free now would be promised to all of them.
        """
        before = self.downloads()
        for entry in self._entries.values():
            if not isinstance(entry.state, NoRoom):
                continue
            missing = await asyncio.to_thread(find_missing_room, entry.plan)
            if not isinstance(entry.state, NoRoom):
                continue  # the person was faster
            entry.state = Queued() if missing == 0 else NoRoom(missing_bytes=missing)
            if missing == 0:
                break
        if self.downloads() != before:
            self._begin_next()

    def _require(self, download_id: str) -> Entry:
        entry = self._entries.get(download_id)
        if entry is None:
            raise DownloadNotFound("This download is not on the list (any more).")
        return entry

    def _begin_next(self) -> None:
        """Start as many of the waiting ones as may run, in their order."""
        running = sum(entry.task is not None for entry in self._entries.values())
        for entry in self._entries.values():
            if running >= _AT_ONCE:
                break
            if isinstance(entry.state, Queued) and entry.task is None:
                entry.state = Fetching()
                entry.task = asyncio.create_task(self._run(entry), name="download")
                running += 1
        self._publish()

    async def _stop(self, entry: Entry) -> None:
        if entry.task is not None:
            entry.task.cancel()
            await asyncio.wait([entry.task])
            entry.task = None

    async def _run(self, entry: Entry) -> None:
        """The root of a download's task."""

        def report(state: Fetching | Checking, done_bytes: int) -> None:
            self._report(entry, state, done_bytes)

        run = DownloadRun(
            entry.plan,
            web=self._web,
            hub=self._hub,
            pace=self._pace,
            bandwidth=self._bandwidth,
            report=report,
        )
        try:
            finished = await run.run()
            await self._list(entry.plan)
            entry.state = finished
        except OutOfRoom as error:
            entry.state = NoRoom(missing_bytes=error.missing_bytes)
        except AppError as error:
            entry.state = DownloadFailed(code=error.code, message=error.message)
        except OSError as error:
            told = storage_failed(error, entry.plan.folder)
            entry.state = DownloadFailed(code=told.code, message=told.message)
        except Exception:
            logger.exception("a download failed by a defect")
            entry.state = DownloadFailed(
                code="internal_error", message="The download failed by a defect of the app."
            )
        entry.task = None
        with contextlib.suppress(StorageFailed):  # told as a notice
            await self._keep()
        await self._look_at_folder()
        self._begin_next()

    async def _list(self, plan: DownloadPlan) -> None:
        """Have the library see the model."""
        if plan.folder in self._settings.get().model_folders:
            await self._models.rescan()
        else:
            await self._models.add_folder(plan.folder)

    def _report(self, entry: Entry, state: Fetching | Checking, done_bytes: int) -> None:
        if entry.task is None or not isinstance(entry.state, Fetching | Checking):
            return  # it was paused while it told
        now = asyncio.get_running_loop().time()
        is_news = entry.take_report(state, done_bytes, now)
        if is_news or now - self._told_at >= _TELL_SECONDS:
            self._publish()

    async def _keep(self) -> None:
        kept = tuple(
            entry.keep()
            for entry in self._entries.values()
            if not isinstance(entry.state, Finished)
        )
        try:
            await self._storage.run(self._repository.save, kept)
        except StorageFailed as error:
            self._notices.storage_fails(error)
            raise
        self._notices.storage_works()

    async def _look_at_folder(self) -> None:
        folders = self._settings.get().model_folders
        self._folder, self._free_bytes = await asyncio.to_thread(
            choose_folder, folders, self._usual_folder
        )

    def _publish(self) -> None:
        self._told_at = asyncio.get_running_loop().time()
        self.topic.publish(self.downloads())


def _look_at(kept: KeptDownload) -> Entry:
    return entry_of(kept, find_done_bytes(kept.plan), find_missing_room(kept.plan))


def _remove(plan: DownloadPlan) -> None:
    try:
        remove_plan(plan)
    except OSError as error:
        raise storage_failed(error, plan.folder) from error
