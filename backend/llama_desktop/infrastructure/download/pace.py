"""How hard a download tries, and how fast it may be."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Final

from msgspec import Struct

_BURST_SECONDS: Final = 0.25


class Pace(Struct, frozen=True):
    """Patience and parallelism; the defaults are for the internet."""

    connections: int = 4
    """For one file, where the server gives parts of it."""
    piece_bytes: int = 32 << 20
    """What one connection asks for at a time, at most…"""
    least_piece_bytes: int = 4 << 20
    """… and at least: less is not worth a request of its own."""
    stall_seconds: float = 30.0
    """A connection that brings next to nothing for so long is given up."""
    stall_bytes: int = 4096
    first_pause_seconds: float = 1.0
    longest_pause_seconds: float = 60.0
    attempts: int = 10
    """In a row without a byte; then the person decides."""

    def piece(self, missing_bytes: int) -> int:
        """How much to ask for at a time, so that all connections have work to the end."""
        share = missing_bytes // (self.connections * 2)
        return max(min(share, self.piece_bytes), self.least_piece_bytes)

    def pause(self, attempt: int, retry_after: float | None) -> float:
        """Seconds before the attempt of this number, from 1: doubling, with jitter.

        What a server asks for is kept to, up to a quarter of an hour.
        """
        usual = min(self.first_pause_seconds * 2.0 ** (attempt - 1), self.longest_pause_seconds)
        jittered = usual * random.uniform(0.5, 1.0)  # noqa: S311 - nothing secret
        return max(jittered, min(retry_after or 0.0, 900.0))


class Bandwidth:
    """Shared by all downloads: whoever has taken bytes waits until they were due."""

    def __init__(self, limit: Callable[[], int | None]) -> None:
        """`limit` gives bytes per second as the person has it now; None: as fast as it goes."""
        self._limit = limit
        self._due = 0.0

    async def take(self, byte_count: int) -> None:
        """Wait as long as these bytes have to take."""
        limit = self._limit()
        if limit is None or limit <= 0:
            return
        now = asyncio.get_running_loop().time()
        self._due = max(self._due, now - _BURST_SECONDS) + byte_count / limit
        if self._due > now:
            await asyncio.sleep(self._due - now)
