"""Finds the llama-servers that run on this machine, whoever started them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePath
from typing import Any, Final

import psutil
from msgspec import Struct

from llama_desktop.infrastructure.llama.engine.command import SUBCOMMAND

_NAMES: Final = frozenset({"llama-server", "llama-server.exe"})
_OURS: Final = ("llama_desktop.infrastructure.llama.engine", SUBCOMMAND)
"""How the embedded engine is started, which has the name of another program."""
_ASKED: Final = ("pid", "name", "cmdline", "username", "create_time", "memory_info", "status")
_END_SECONDS: Final = 3.0


class SeenServer(Struct, frozen=True):
    """A llama-server as the system shows it."""

    pid: int
    started: float
    user: str | None
    command: tuple[str, ...]
    memory_bytes: int | None
    port: int | None


def list_servers() -> tuple[SeenServer, ...]:
    """All of them, oldest first. Blocks for a moment: call it in a thread."""
    seen = []
    for process in psutil.process_iter(_ASKED):
        known: dict[str, Any] = process.info
        command = tuple(known["cmdline"] or ())
        if known["status"] == psutil.STATUS_ZOMBIE or not is_server(known["name"], command):
            continue
        memory = known["memory_info"]
        seen.append(
            SeenServer(
                pid=known["pid"],
                started=known["create_time"],
                user=known["username"],
                command=command,
                memory_bytes=None if memory is None else memory.rss,
                port=_find_port(process, command),
            )
        )
    return tuple(sorted(seen, key=lambda server: server.started))


def is_server(name: str | None, command: tuple[str, ...]) -> bool:
    """Whether a process is a llama-server; a shell that only speaks of one is none."""
    if name in _NAMES or (command and PurePath(command[0]).name in _NAMES):
        return True
    return any(argument in _OURS for argument in command[1:4])


def end_process(pid: int, started: float) -> bool:
    """End it if it still is the one that was started then; whether it has gone. Blocks."""
    try:
        process = psutil.Process(pid)
        if process.create_time() != started:
            return True
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(_END_SECONDS)
    except psutil.NoSuchProcess:
        return True
    except (psutil.AccessDenied, psutil.TimeoutExpired):
        return False
    return True


def _find_port(process: psutil.Process, command: tuple[str, ...]) -> int | None:
    """Where it listens; else what it was told, where the system does not show it."""
    with suppress(psutil.Error):
        ports = [
            connection.laddr.port
            for connection in process.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
        ]
        if ports:
            return min(ports)
    with suppress(ValueError, IndexError):
        return int(command[command.index("--port") + 1]) or None
    return None
