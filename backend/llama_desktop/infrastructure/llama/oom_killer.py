"""Asks the kernel how often it has ended a program because memory ran out."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_VMSTAT: Final = Path("/proc/vmstat")
_CGROUP: Final = Path("/proc/self/cgroup")
_CGROUPS: Final = Path("/sys/fs/cgroup")


def count_oom_kills(
    *, vmstat: Path = _VMSTAT, cgroup: Path = _CGROUP, cgroups: Path = _CGROUPS
) -> int | None:
    """Since the start of the machine, or of our container; None: the system does not tell.

    Linux counts them where everybody may read, without a name. A count that grew while a program
    lived, and that program gone by SIGKILL, is as near as one gets without the kernel's log.
    """
    counts = [
        count
        for path in (vmstat, _find_events(cgroup, cgroups))
        if path is not None and (count := _read_count(path)) is not None
    ]
    return max(counts, default=None)


def _find_events(cgroup: Path, cgroups: Path) -> Path | None:
    """`memory.events` of our own cgroup (version 2)."""
    try:
        lines = cgroup.read_text().splitlines()
    except OSError:
        return None
    place = next((line[3:] for line in lines if line.startswith("0::")), None)
    return None if place is None else cgroups / place.lstrip("/") / "memory.events"


def _read_count(path: Path) -> int | None:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, number = line.partition(" ")
        if name == "oom_kill" and number.isdigit():
            return int(number)
    return None
