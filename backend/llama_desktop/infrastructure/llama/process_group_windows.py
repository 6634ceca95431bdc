"""Windows: a job object that the system closes, and so kills, when we are gone.

The program is started suspended, put into the job, and only then let run: what it starts is in
the job from the first moment. It gets no console window and shows no error dialog, which would
wait for a click that nobody gives.
"""

from __future__ import annotations

import asyncio
import ctypes
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from ctypes import wintypes
from pathlib import Path
from typing import Any, Final

from llama_desktop.infrastructure.llama.child_protocol import ChildProtocol, OnOutput, reap

assert sys.platform == "win32"  # for the type checker, which reads this file on every system

_CREATE_SUSPENDED: Final = 0x00000004
_KILL_ON_JOB_CLOSE: Final = 0x00002000
_DIE_ON_UNHANDLED_EXCEPTION: Final = 0x00000400
_EXTENDED_LIMIT_INFORMATION: Final = 9
_NO_ERROR_DIALOGS: Final = 0x0001 | 0x0002 | 0x8000
_KILLED_CODE: Final = 1


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", wintypes.DWORD),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", wintypes.DWORD),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", wintypes.DWORD),
        ("SchedulingClass", wintypes.DWORD),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


def _load_kernel() -> Any:
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.SetInformationJobObject.argtypes = (
        wintypes.HANDLE,
        ctypes.c_int,
        wintypes.LPVOID,
        wintypes.DWORD,
    )
    kernel.SetInformationJobObject.restype = wintypes.BOOL
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    kernel.AssignProcessToJobObject.restype = wintypes.BOOL
    kernel.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
    kernel.TerminateJobObject.restype = wintypes.BOOL
    kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    kernel.CloseHandle.restype = wintypes.BOOL
    kernel.SetErrorMode.argtypes = (wintypes.UINT,)
    kernel.SetErrorMode.restype = wintypes.UINT
    return kernel


class _Job:
    """A job whose last handle is ours: with us it closes, and with it all its processes end."""

    def __init__(self) -> None:
        self._kernel = _load_kernel()
        self._handle: int | None = self._kernel.CreateJobObjectW(None, None)
        if not self._handle:
            raise ctypes.WinError(ctypes.get_last_error())
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE | _DIE_ON_UNHANDLED_EXCEPTION
        self._check(
            self._kernel.SetInformationJobObject(
                self._handle,
                _EXTENDED_LIMIT_INFORMATION,
                ctypes.byref(limits),
                ctypes.sizeof(limits),
            )
        )
        self._kernel.SetErrorMode(self._kernel.SetErrorMode(0) | _NO_ERROR_DIALOGS)

    def take(self, process_handle: int) -> None:
        """Put a suspended process into the job and let it run."""
        self._check(self._kernel.AssignProcessToJobObject(self._handle, process_handle))
        resume = ctypes.WinDLL("ntdll").NtResumeProcess
        resume.argtypes = (wintypes.HANDLE,)
        resume.restype = wintypes.LONG
        if resume(process_handle) < 0:
            raise OSError("The process could not be resumed.")

    def kill(self) -> None:
        """End all its processes, and the job."""
        if self._handle is not None:
            self._kernel.TerminateJobObject(self._handle, _KILLED_CODE)
            self._kernel.CloseHandle(self._handle)
            self._handle = None

    def _check(self, is_done: int) -> None:
        if not is_done:
            error = ctypes.WinError(ctypes.get_last_error())
            self.kill()
            raise error


class WindowsGroup:
    """A program and its job."""

    def __init__(
        self, job: _Job, transport: asyncio.SubprocessTransport, program: ChildProtocol
    ) -> None:
        self._job = job
        self._transport = transport
        self._program = program
        self.pid = transport.get_pid()

    async def wait(self) -> int:
        """See `ProcessGroup`."""
        return await asyncio.shield(self._program.exited)

    async def drain(self, seconds: float) -> None:
        """See `ProcessGroup`."""
        self._job.kill()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._program.drained.wait()

    def terminate(self) -> None:
        """See `ProcessGroup`."""
        with suppress(ProcessLookupError, PermissionError):
            self._transport.terminate()

    async def kill(self) -> None:
        """See `ProcessGroup`."""
        self._job.kill()
        try:
            await reap(self._program)
        finally:
            self._transport.close()


async def spawn_group(
    command: tuple[str, ...], *, environment: Mapping[str, str], folder: Path, on_output: OnOutput
) -> WindowsGroup:
    """See `process_group.spawn`."""
    job = _Job()
    try:
        transport, program = await asyncio.get_running_loop().subprocess_exec(
            lambda: ChildProtocol(on_output),
            *command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
            creationflags=subprocess.CREATE_NO_WINDOW | _CREATE_SUSPENDED,
        )
        try:
            job.take(int(transport.get_extra_info("subprocess")._handle))
        except OSError:
            transport.close()  # kills it; it has not run yet
            raise
    except BaseException:
        job.kill()
        raise
    return WindowsGroup(job, transport, program)
