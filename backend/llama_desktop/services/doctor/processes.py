"""Judges the llama-servers of this machine: whose they are, as far as it can be proved. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from llama_desktop.domain.doctor import (
    DoctorGroup,
    DoctorLine,
    Finding,
    Ownership,
    ServerOnMachine,
)
from llama_desktop.infrastructure.llama.process_list import SeenServer
from llama_desktop.infrastructure.llama.process_records import ProcessRecord


def judge_servers(
    seen: Sequence[SeenServer],
    records: Sequence[ProcessRecord],
    is_alive: Callable[[int, float], bool],
) -> tuple[ServerOnMachine, ...]:
    """`is_alive` tells of an app by number and time of start."""
    return tuple(_judge(server, records, is_alive) for server in seen)


def examine_servers(servers: Sequence[ServerOnMachine]) -> tuple[DoctorLine, ...]:
    """One line for all that are as they should be, one for each that is not."""
    orphans = [server for server in servers if server.ownership is Ownership.ORPHAN]
    others = [server for server in servers if server.ownership is Ownership.OTHER]
    lines = [
        DoctorLine(
            group=DoctorGroup.PROCESSES,
            finding=Finding.WARN,
            title=f"Process {server.pid}",
            detail="It was started by this app, which has gone, and still runs.",
            cure="End it: nothing uses it any more.",
        )
        for server in orphans
    ]
    ours = len(servers) - len(orphans) - len(others)
    detail = f"{ours} of this app, {len(others)} of other programs." if servers else "None runs."
    lines.append(
        DoctorLine(
            group=DoctorGroup.PROCESSES,
            finding=Finding.OK,
            title="llama-servers that run",
            detail=detail,
        )
    )
    return tuple(lines)


def _judge(
    server: SeenServer, records: Sequence[ProcessRecord], is_alive: Callable[[int, float], bool]
) -> ServerOnMachine:
    record = next((record for record in records if _is_proved(server, record)), None)
    if record is None:
        ownership = Ownership.OTHER
    elif is_alive(record.app_pid, record.app_started):
        ownership = Ownership.OURS
    else:
        ownership = Ownership.ORPHAN
    return ServerOnMachine(
        pid=server.pid,
        started=server.started,
        ownership=ownership,
        user=server.user,
        port=server.port,
        memory_bytes=server.memory_bytes,
        program=PurePath(server.command[0]).name if server.command else "",
    )


def _is_proved(server: SeenServer, record: ProcessRecord) -> bool:
    """By all three: the number alone may be another program's by now."""
    return (
        server.pid == record.pid
        and server.started == record.started
        and record.token in server.command
    )
