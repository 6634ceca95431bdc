"""How much RAM processes hold, counted truthfully and without making them wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import psutil
from msgspec import Struct

_MOST_OF_A_CORE: Final = 0.0002


class _Count(Struct, frozen=True):
    bytes: int
    kind: str
    resident_bytes: int
    """By the cheap figure, at the same moment."""
    good_until: float


class ProcessMemoryReader:
    """Reads the same processes again and again.

    For the truthful figure the kernel looks at every page: of a model of 4 GB that takes it 10 to
    40 ms, in which the process itself may have to wait. So it is asked the more rarely the longer
    it took, and between two times what has come and gone since is added by the cheap figure.
    """

    def __init__(self) -> None:
        self._last: _Count | None = None

    def read(self, processes: Sequence[psutil.Process]) -> tuple[int | None, str | None]:
        """See `read_memory`."""
        resident = _sum_living(processes, _read_resident)
        now, last = time.monotonic(), self._last
        if last is not None and resident is not None and now < last.good_until:
            return max(0, last.bytes + resident - last.resident_bytes), last.kind
        began = time.thread_time()
        memory, kind = read_memory(processes)
        seconds = time.thread_time() - began
        if memory is None or kind is None or resident is None:
            self._last = None
        else:
            self._last = _Count(memory, kind, resident, now + seconds / _MOST_OF_A_CORE)
        return memory, kind


def read_memory(
    processes: Sequence[psutil.Process],
) -> tuple[int | None, str | None]:
    """The most truthful figure that all of them tell: a sum of different kinds would be none.

    PSS shares out what several processes map, so that the sum is right. USS leaves that out (a
    mapped model file is counted, as nobody else maps it). RSS counts it for each.
    """
    kinds: list[tuple[str, Callable[[psutil.Process], int]]] = [
        ("pss", lambda process: int(process.memory_full_info().pss)),
        ("uss", lambda process: int(process.memory_full_info().uss)),
        ("rss", _read_resident),
    ]
    for kind, read in kinds:
        try:
            total = _sum_living(processes, read)
        except (psutil.AccessDenied, AttributeError):  # no right, or not on this system
            continue
        return total, None if total is None else kind
    return None, None


def _sum_living(
    processes: Sequence[psutil.Process], read: Callable[[psutil.Process], int]
) -> int | None:
    figures: list[int] = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # it has left since it was listed
            figures.append(read(process))
    return sum(figures) if figures else None


def _read_resident(process: psutil.Process) -> int:
    return int(process.memory_info().rss)
