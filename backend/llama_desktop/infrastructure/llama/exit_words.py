"""Says in words how a process ended. Pure."""

from __future__ import annotations

import signal
from typing import Final

_SIGNALS: Final = {
    "SIGABRT": "it gave up on an internal error",
    "SIGBUS": "invalid memory access, often a file that changed or a full disk",
    "SIGFPE": "division by zero",
    "SIGHUP": "its terminal was closed",
    "SIGILL": "an instruction that this processor does not have",
    "SIGINT": "interrupted",
    "SIGKILL": "killed from outside",
    "SIGSEGV": "invalid memory access",
    "SIGSYS": "a system call that is not allowed here",
    "SIGTERM": "told to end from outside",
    "SIGXCPU": "out of processor time",
}

_NTSTATUS: Final = {
    0x80000003: ("STATUS_BREAKPOINT", "it gave up on an internal error"),
    0xC0000005: ("STATUS_ACCESS_VIOLATION", "invalid memory access"),
    0xC0000006: ("STATUS_IN_PAGE_ERROR", "a file could not be read"),
    0xC0000017: ("STATUS_NO_MEMORY", "out of memory"),
    0xC000001D: ("STATUS_ILLEGAL_INSTRUCTION", "an instruction that this processor does not have"),
    0xC000007B: ("STATUS_INVALID_IMAGE_FORMAT", "a library is of another architecture"),
    0xC0000094: ("STATUS_INTEGER_DIVIDE_BY_ZERO", "division by zero"),
    0xC00000FD: ("STATUS_STACK_OVERFLOW", "out of stack"),
    0xC000012D: ("STATUS_COMMITMENT_LIMIT", "out of memory"),
    0xC0000135: ("STATUS_DLL_NOT_FOUND", "a library is missing"),
    0xC0000138: ("STATUS_ORDINAL_NOT_FOUND", "a library is of another version"),
    0xC0000139: ("STATUS_ENTRYPOINT_NOT_FOUND", "a library is of another version"),
    0xC000013A: ("STATUS_CONTROL_C_EXIT", "interrupted"),
    0xC0000142: ("STATUS_DLL_INIT_FAILED", "a library could not be started"),
    0xC0000374: ("STATUS_HEAP_CORRUPTION", "damaged memory"),
    0xC0000409: ("STATUS_STACK_BUFFER_OVERRUN", "it gave up on an internal error"),
}
_FIRST_NTSTATUS: Final = 0x80000000


def describe_exit(code: int) -> str:
    """`SIGSEGV (invalid memory access)`, `exit code 1`. The code as `subprocess` gives it."""
    if name := signal_name(code):
        meaning = _SIGNALS.get(name)
        return f"{name} ({meaning})" if meaning else name
    if status := nt_status(code):
        name, meaning = _NTSTATUS.get(status, ("", ""))
        return f"0x{status:08X} {name} ({meaning})" if name else f"0x{status:08X}"
    return f"exit code {code}"


def signal_name(code: int) -> str | None:
    """Of a code that stands for a signal."""
    if code >= 0 or code < -64:
        return None
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def nt_status(code: int) -> int | None:
    """Of a code with which Windows ends a crashing program, also where it was read as negative."""
    status = code & 0xFFFFFFFF
    return status if status >= _FIRST_NTSTATUS and not -64 <= code < 0 else None
