"""Daily snapshots of all that is kept, and the way back to one."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Final, Self

from llama_desktop.domain.chat import Conversation
from llama_desktop.domain.errors import Conflict, StorageFailed
from llama_desktop.domain.snapshots import Restored, Snapshot
from llama_desktop.infrastructure.storage.attachment_files import remove_files
from llama_desktop.infrastructure.storage.chat_files import read_chat
from llama_desktop.infrastructure.storage.snapshot_folder import FOLDERS, SnapshotFolder
from llama_desktop.services.conversations import ConversationService

logger = logging.getLogger(__name__)

DAY: Final = 24 * 60 * 60.0
_DAILY: Final = 7
_WEEKLY: Final = 4
_SETTLE_SECONDS: Final = 20.0
"""A start has better things to do."""


class SnapshotService:
    """Alone owns the snapshots. They are made in a thread of their own, beside everything else."""

    def __init__(
        self,
        folder: SnapshotFolder,
        conversations: ConversationService,
        *,
        is_answering: Callable[[], bool],
        settle_seconds: float = _SETTLE_SECONDS,
    ) -> None:
        self._folder = folder
        self._conversations = conversations
        self._is_answering = is_answering
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

    async def restore(self, snapshot_id: str) -> Restored:
        """Make the chats of a snapshot as they were; chats begun since stay as they are.

        How everything is now becomes a snapshot first.

        Raises:
            NotFound: there is no such snapshot.
            Conflict: an answer is under way.
            StorageFailed: something cannot be written.
        """
        if self._is_answering():
            raise Conflict("An answer is under way. Wait for its end or stop it, then go back.")
        async with self._one_at_a_time:
            place = await asyncio.to_thread(self._folder.require, snapshot_id)
            # Not thinned out here: what is gone back to could be the oldest.
            before = await asyncio.to_thread(self._folder.make)
            restored = 0
            for path in await asyncio.to_thread(
                lambda: sorted((place / FOLDERS[0]).glob("*.json"))
            ):
                restored += await self._conversations.put_back(path)
        return Restored(restored_count=restored, before=before)

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
        for path in self._folder.files(files):
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
