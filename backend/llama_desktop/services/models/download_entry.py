"""One download as its service holds it: what is kept of it, and what the page sees. Pure."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from msgspec import Struct, field

from llama_desktop.domain.downloads import (
    Checking,
    Download,
    DownloadFailed,
    DownloadPlan,
    DownloadState,
    Fetching,
    NoRoom,
    Paused,
    Queued,
)
from llama_desktop.infrastructure.storage.download_repository import KeptDownload

_SPEED_SECONDS: Final = 5.0
_SHORTEST_SECONDS: Final = 0.5
_NO_ROOM: Final = "no_room"


class Entry(Struct):
    """A plan, how far it is, and the task that works on it."""

    plan: DownloadPlan
    state: DownloadState
    done_bytes: int = 0
    task: asyncio.Task[None] | None = None
    came: deque[tuple[float, int]] = field(default_factory=deque)
    """When how much was here, over the last seconds."""

    def take_report(self, state: Fetching | Checking, done_bytes: int, now: float) -> bool:
        """Take over how far it is; whether it is news of another kind than more bytes."""
        before = self.state
        self.done_bytes = done_bytes
        self.state = self._measured(state, now) if isinstance(state, Fetching) else state
        if isinstance(before, Fetching) and isinstance(state, Fetching):
            return before.trouble != state.trouble
        return type(before) is not type(state)

    def _measured(self, state: Fetching, now: float) -> Fetching:
        """With the speed of the last seconds, and how long the rest takes at that."""
        if self.came and self.done_bytes < self.came[-1][1]:
            self.came.clear()  # it began anew
        self.came.append((now, self.done_bytes))
        while self.came[0][0] < now - _SPEED_SECONDS:
            self.came.popleft()
        seconds = now - self.came[0][0]
        if seconds < _SHORTEST_SECONDS:
            known = self.state if isinstance(self.state, Fetching) else state
            return Fetching(
                trouble=state.trouble,
                bytes_per_second=known.bytes_per_second,
                seconds_left=known.seconds_left,
            )
        speed = (self.done_bytes - self.came[0][1]) / seconds
        left = (self.plan.size_bytes - self.done_bytes) / speed if speed > 0 else None
        return Fetching(trouble=state.trouble, bytes_per_second=speed, seconds_left=left)

    def show(self) -> Download:
        """As the page sees it."""
        return Download(
            id=self.plan.id,
            title=self.plan.title,
            quantization=self.plan.quantization,
            repo=self.plan.repo,
            folder=self.plan.folder,
            size_bytes=self.plan.size_bytes,
            done_bytes=self.done_bytes,
            state=self.state,
        )

    def keep(self) -> KeptDownload:
        """As it outlives the app. What runs goes on at the next start."""
        code: str | None = None
        message: str | None = None
        if isinstance(self.state, DownloadFailed):
            code, message = self.state.code, self.state.message
        elif isinstance(self.state, NoRoom):
            code = _NO_ROOM
        return KeptDownload(
            plan=self.plan,
            is_paused=isinstance(self.state, Paused),
            problem_code=code,
            problem=message,
        )


def entry_of(kept: KeptDownload, done_bytes: int, missing_bytes: int) -> Entry:
    """As the app finds it at its start, with what its disk has and lacks."""
    state: DownloadState = Queued()
    if kept.is_paused:
        state = Paused()
    elif kept.problem_code == _NO_ROOM and missing_bytes > 0:
        state = NoRoom(missing_bytes=missing_bytes)
    elif kept.problem_code is not None and kept.problem is not None:
        state = DownloadFailed(code=kept.problem_code, message=kept.problem)
    return Entry(kept.plan, state, done_bytes)
