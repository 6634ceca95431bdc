"""Daily snapshots of all that is kept."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from msgspec import Struct

from llama_desktop.domain.chat import Conversation
from llama_desktop.domain.errors import StorageFailed
from llama_desktop.domain.snapshots import Snapshot
from llama_desktop.infrastructure.storage.attachment_files import remove_files
from llama_desktop.infrastructure.storage.chat_files import read_chat
from llama_desktop.infrastructure.storage.snapshot_folder import SnapshotFolder

logger = logging.getLogger(__name__)

DAY: Final = 24 * 60 * 60.0
_DAILY: Final = 7
_WEEKLY: Final = 4
_SETTLE_SECONDS: Final = 20.0
"""A start has better things to do."""


class HeldSnapshot(Struct, frozen=True):
    """What going back to a snapshot needs."""

    place: Path
    keep_present: Callable[[], Snapshot]
    """Make a snapshot of right now; not on the event loop. It raises StorageFailed."""


class SnapshotService:
    """Alone owns the snapshots. They are made in a thread of their own, beside everything else."""

    def __init__(self, folder: SnapshotFolder, *, settle_seconds: float = _SETTLE_SECONDS) -> None:
        self._folder = folder
        self._settle_seconds = settle_seconds
        self._one_at_a_time = asyncio.Lock()
        self._daily: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._daily = asyncio.create_task(self._make_daily(), name="daily snapshots")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._daily is not None
        self._daily.cancel()
        await asyncio.wait([self._daily])

    async def list(self) -> tuple[Snapshot, ...]:
        """All snapshots, newest first."""
        return await asyncio.to_thread(self._folder.list)

    async def make(self) -> Snapshot:
        """Keep everything as it is now, and let go of the oldest.

        Raises:
            StorageFailed: it cannot be kept.
        """
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._make)

    @asynccontextmanager
    async def held(self, snapshot_id: str) -> AsyncIterator[HeldSnapshot]:
        """A snapshot that stays while the block runs; nobody else makes or removes one meanwhile.

        Raises:
            NotFound: there is no such snapshot.
        """
        async with self._one_at_a_time:
            place = await asyncio.to_thread(self._folder.require, snapshot_id)
            # Not thinned out here: what is gone back to could be the oldest.
            yield HeldSnapshot(place, self._folder.make)

    async def remove_all(self) -> None:
        """Remove every snapshot; one that is being made is waited for and goes, too.

        Raises:
            StorageFailed: one cannot be removed.
        """
        async with self._one_at_a_time:
            await asyncio.to_thread(self._folder.remove_all)

    async def forget(
        self, is_concerned: Callable[[Conversation], bool], *, files: Collection[str] = ()
    ) -> int:
        """Take such conversations out of all snapshots, and these files; how many chats went.

        What waited for its question goes, too, for it may have become one of what is forgotten.
        A chat goes whole: what may stay of it stands in its own file, and in the next snapshot.
        What cannot be understood goes too, for nobody knows what is in it.

        Raises:
            StorageFailed: a file cannot be removed; the rest is done.
        """
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._forget, is_concerned, files)

    async def _make_daily(self) -> None:
        """The root of the task."""
        await asyncio.sleep(self._settle_seconds)
        await asyncio.to_thread(self._folder.remove_leftovers)
        while True:
            try:
                snapshots = await self.list()
                age = time.time() - snapshots[0].created if snapshots else DAY
                # A clock that was set back must not end the snapshots.
                if not 0 <= age < DAY:
                    await self.make()
                    age = 0.0
            except StorageFailed as error:
                logger.warning("no snapshot today: %s", error)
                age = 0.0
            await asyncio.sleep(DAY - age)

    def _make(self) -> Snapshot:
        made = self._folder.make()
        for snapshot in choose_outdated(self._folder.list()):
            self._folder.remove(snapshot.id)
        return made

    def _forget(self, is_concerned: Callable[[Conversation], bool], files: Collection[str]) -> int:
        forgotten = 0
        failed: OSError | None = None
        for path in self._folder.conversations():
            kept = read_chat(path.parent, path.stem)
            if kept is not None and not is_concerned(kept[0]):
                continue
            try:
                path.unlink()
                remove_files(path.stem, path.parent)
                forgotten += 1
            except OSError as error:
                failed = error
        for path in (*self._folder.files(files), *self._folder.waiting_files()):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                failed = error
        if failed is not None:
            raise StorageFailed(
                f"Not all could be taken out of the snapshots ({failed.strerror}). Try again."
            ) from failed
        return forgotten


def choose_outdated(snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """Of snapshots, newest first, those to let go of: the last seven stay, then one a week."""
    outdated: list[Snapshot] = []
    kept = list(snapshots[:_DAILY])
    weeks: set[int] = set()
    for snapshot in snapshots[_DAILY:]:
        week = int((kept[-1].created - snapshot.created) // (7 * DAY)) if kept else 0
        if week >= 1 and len(weeks) < _WEEKLY:
            weeks.add(len(weeks))
            kept.append(snapshot)
        else:
            outdated.append(snapshot)
    return tuple(outdated)
