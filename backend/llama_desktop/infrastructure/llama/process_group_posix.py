"""POSIX: a guard, one megabyte of shell, leads the group and kills it when we are gone.

The guard is started first, as the leader of a new group, and reads from a pipe whose other end
only we have. However we end, the kernel closes that end, and the guard kills its whole group,
itself included. The program joins the group between fork and exec: there is no moment at which
it exists outside of it, and a group whose guard is gone cannot be joined. A background group
hears no Ctrl-C and no hang-up of our terminal.

The other ways, and why not: the parent-death signal of Linux does not reach the program's own
children, has to be set by code between fork and exec (unsafe where threads run), and ends with
the *thread* that forked; a standard input that closes is noticed only by a program that reads
it; a session of its own for the program would need the guard to be told its pid, and we may be
killed before that. Measured cost of the guard: under 3 ms, once per launch.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Final

from llama_desktop.infrastructure.llama.child_protocol import ChildProtocol, OnOutput, reap

assert sys.platform != "win32"  # for the type checker, which reads this file on every system

_SHELL: Final = "/bin/sh"
_LEAVE: Final = b"cmd_router_to_child:exit\n"
"""As a router tells the llama-servers in its care. Those of today clean up at the signal, and then
wait for this word before they leave."""
_GUARD: Final = "trap '' HUP INT TERM QUIT; read -r _; kill -s KILL -- -$$"


class PosixGroup:
    """A guard and a program, in the group that has the guard's pid as its number."""

    def __init__(
        self,
        guard: tuple[asyncio.SubprocessTransport, ChildProtocol],
        program: tuple[asyncio.SubprocessTransport, ChildProtocol],
    ) -> None:
        self._guard_transport, self._guard = guard
        self._transport, self._program = program
        self._group_id = self._guard_transport.get_pid()
        self.pid = self._transport.get_pid()

    async def wait(self) -> int:
        """See `ProcessGroup`."""
        return await asyncio.shield(self._program.exited)

    async def drain(self, seconds: float) -> None:
        """See `ProcessGroup`."""
        self._signal(signal.SIGKILL)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._program.drained.wait()

    def terminate(self) -> None:
        """See `ProcessGroup`. The guard does not listen to it."""
        self._signal(signal.SIGTERM)
        orders = self._transport.get_pipe_transport(0)
        if isinstance(orders, asyncio.WriteTransport) and not orders.is_closing():
            orders.write(_LEAVE)

    async def kill(self) -> None:
        """See `ProcessGroup`."""
        self._signal(signal.SIGKILL)
        try:
            await reap(self._guard, self._program)
        finally:
            self._guard_transport.close()
            self._transport.close()

    def _signal(self, number: signal.Signals) -> None:
        if self._guard.exited.done() and self._program.exited.done():
            return  # both are reaped: the number may be another group's by now
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._group_id, number)


async def spawn_group(
    command: tuple[str, ...], *, environment: Mapping[str, str], folder: Path, on_output: OnOutput
) -> PosixGroup:
    """See `process_group.spawn`."""
    loop = asyncio.get_running_loop()
    guard = await loop.subprocess_exec(
        ChildProtocol,
        *(_SHELL, "-c", _GUARD),
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=DEVNULL,
        cwd="/",
        env={},
        process_group=0,
    )
    try:
        program = await loop.subprocess_exec(
            lambda: ChildProtocol(on_output),
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            cwd=folder,
            env=environment,
            process_group=guard[0].get_pid(),
        )
    except BaseException:
        guard[0].close()  # kills it
        await reap(guard[1])
        raise
    return PosixGroup(guard, program)
