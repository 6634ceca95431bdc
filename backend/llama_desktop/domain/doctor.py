"""The values of the doctor: what it looked at, how it found it, and what mends it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Finding(StrEnum):
    """How something was found."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class DoctorGroup(StrEnum):
    """What a line is about."""

    ENGINES = "engines"
    GPUS = "gpus"
    PROCESSES = "processes"
    DATA = "data"
    WINDOW = "window"


class DoctorLine(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    group: DoctorGroup
    finding: Finding
    title: str
    detail: str
    """A sentence, or a path and a version."""
    cure: str | None = None
    """A sentence that says what to do; None: nothing has to be done."""


class Ownership(StrEnum):
    """Whose llama-server it is, as far as it can be proved."""

    OURS = "ours"
    """Started by an app that runs."""
    ORPHAN = "orphan"
    """Started by this app, which has gone: proved by number, time of start and token."""
    OTHER = "other"


class ServerOnMachine(Struct, frozen=True, kw_only=True):
    """A llama-server that runs on this machine."""

    pid: int
    started: float
    """Seconds since the epoch."""
    ownership: Ownership
    user: str | None
    """Who runs it; None: the system does not tell."""
    port: int | None
    memory_bytes: int | None
    program: str


class DoctorReport(Struct, frozen=True, kw_only=True):
    """All that was looked at."""

    time: float
    """Seconds since the epoch."""
    version: str
    """Of this app."""
    system: str
    lines: tuple[DoctorLine, ...]
    servers: tuple[ServerOnMachine, ...]
