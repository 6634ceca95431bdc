"""One run of a download: room, every file, its SHA-256, its name. Ends whole, or with a reason."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx

from llama_desktop.domain.downloads import (
    Checking,
    DownloadPlan,
    Fetching,
    Finished,
    PlannedFile,
)
from llama_desktop.domain.errors import ContentWrong, DownloadRefused
from llama_desktop.infrastructure.download.digest import digest_of, follow
from llama_desktop.infrastructure.download.pace import Bandwidth, Pace
from llama_desktop.infrastructure.download.part_file import (
    PartFile,
    remove_parts,
)
from llama_desktop.infrastructure.download.remote_file import RemoteFile
from llama_desktop.infrastructure.download.transfer import Transfer
from llama_desktop.infrastructure.hub import Hub
from llama_desktop.infrastructure.net.reach import url_reach
from llama_desktop.infrastructure.net.web import Web
from llama_desktop.services.models.download_folder import find_missing_room

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

Report = Callable[[Fetching | Checking, int], None]
"""Told of each change: the state, and how many bytes are here."""


class OutOfRoom(Exception):
    """The disk lacks this many bytes."""

    def __init__(self, missing_bytes: int) -> None:
        super().__init__(f"{missing_bytes} bytes are missing")
        self.missing_bytes = missing_bytes


class DownloadRun:
    """Runs once. When it is cancelled, what is here stays for the next run."""

    def __init__(
        self,
        plan: DownloadPlan,
        *,
        web: Web,
        hub: Hub,
        pace: Pace,
        bandwidth: Bandwidth,
        report: Report,
    ) -> None:
        self._plan = plan
        self._web = web
        self._hub = hub
        self._pace = pace
        self._bandwidth = bandwidth
        self._report = report
        self._parts: dict[Path, PartFile] = {}
        self._present_bytes = 0
        self._trouble: str | None = None

    async def run(self) -> Finished:
        """Fetch, check and name everything.

        Raises:
            OutOfRoom: the disk is too small for the rest.
            AppError: it cannot be had; with a sentence for the person.
            OSError: a disk fails.
        """
        try:
            await self._run()
        except OSError as error:
            if error.errno in _FULL:
                missing = await asyncio.to_thread(find_missing_room, self._plan)
                raise OutOfRoom(max(missing, 1)) from error
            if error.errno == errno.EFBIG:
                raise DownloadRefused(
                    f"The disk with {self._plan.folder} cannot hold files as large as this. "
                    "Choose a folder on another disk."
                ) from error
            raise
        finally:
            await asyncio.to_thread(self._close)
        return Finished(
            path=self._plan.files[-1].target,
            is_checked=all(file.sha256 is not None for file in self._plan.files),
        )

    async def _run(self) -> None:
        if (missing := await asyncio.to_thread(find_missing_room, self._plan)) > 0:
            raise OutOfRoom(missing)
        for file in self._plan.files:
            await asyncio.to_thread(self._open, file)
        self._tell()
        for file in self._plan.files:
            if file.target in self._parts:
                await self._fetch(file, self._parts[file.target])
        # Only now: no model appears before everything that belongs to it is there.
        for part in self._parts.values():
            await asyncio.to_thread(part.finish)

    def _open(self, file: PlannedFile) -> None:
        """Open the part of a file, unless the file itself is there and right."""
        if file.target.exists():
            is_same_size = file.target.stat().st_size == file.size_bytes
            if not is_same_size or file.sha256 is None or digest_of(file.target) != file.sha256:
                raise DownloadRefused(
                    f"There is another file {file.target}. Move it away, then try again."
                )
            self._present_bytes += file.size_bytes
            return
        part = PartFile(file.target, file.size_bytes)
        self._parts[file.target] = part
        part.open()

    async def _fetch(self, file: PlannedFile, part: PartFile) -> None:
        if part.is_verified:
            return
        advanced = asyncio.Event()

        def on_progress() -> None:
            advanced.set()
            self._tell()

        transfer = Transfer(
            self._remote(file),
            part,
            pace=self._pace,
            bandwidth=self._bandwidth,
            on_progress=on_progress,
            on_trouble=self._on_trouble,
        )
        if file.sha256 is None:
            await transfer.run()
        else:
            await self._fetch_and_check(transfer, file.sha256, part, advanced)
        await asyncio.to_thread(part.mark_verified)

    async def _fetch_and_check(
        self, transfer: Transfer, sha256: str, part: PartFile, advanced: asyncio.Event
    ) -> None:
        before = self._done_bytes() - part.done_bytes

        def on_checked(checked_bytes: int) -> None:
            if part.is_whole:
                self._report(Checking(checked_bytes=before + checked_bytes), self._done_bytes())

        following = asyncio.create_task(follow(part, advanced, on_checked), name="check")
        try:
            await transfer.run()
            digest = await following
        finally:
            following.cancel()
            await asyncio.wait([following])
        if digest != sha256:
            await asyncio.to_thread(part.close)
            await asyncio.to_thread(remove_parts, part.target)
            raise ContentWrong(
                f"{part.target.name} is not what was published: its SHA-256 is another one. "
                "It was deleted. Try again; if it happens twice, the source is damaged."
            )

    def _remote(self, file: PlannedFile) -> RemoteFile:
        url = httpx.URL(file.url)
        from_hub = self._plan.repo is not None
        return RemoteFile(
            self._web,
            url,
            self._hub.reach if from_hub else url_reach(url, self._hub.endpoint),
            size_bytes=file.size_bytes,
            require_file=lambda status: (
                self._hub.require_file(status, self._plan.repo)
                if from_hub
                else require_plain_file(status, url)
            ),
        )

    def _on_trouble(self, trouble: str | None) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._tell()

    def _tell(self) -> None:
        self._report(Fetching(trouble=self._trouble), self._done_bytes())

    def _done_bytes(self) -> int:
        return self._present_bytes + sum(part.done_bytes for part in self._parts.values())

    def _close(self) -> None:
        for part in self._parts.values():
            part.close()


def require_plain_file(status: int, url: httpx.URL) -> None:
    """Make an error of a status that will not change by trying again.

    Raises:
        DownloadRefused: with what the status says.
    """
    if status >= 400:
        meaning = "there is no such file" if status in (404, 410) else f"error {status}"
        raise DownloadRefused(f"{url.host} does not give this file: {meaning}.")
