"""Names the cause of a failure from its evidence. Pure; what is not sure is called unknown."""

from __future__ import annotations

import errno
from typing import Final

from llama_desktop.domain.failure import Ending, FailureCause
from llama_desktop.infrastructure.llama.exit_words import nt_status, signal_name
from llama_desktop.services.llama.diagnosis.evidence import Evidence
from llama_desktop.services.llama.diagnosis.symptoms import (
    MEMORY,
    Symptom,
    find_symptom,
)

_Cause = FailureCause
_LAST_LINES: Final = 40
"""A crash is blamed on what was complained of shortly before, not on what was mended since."""
_ASKED_TO_END: Final = frozenset({"SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", 0xC000013A})
_GAVE_UP: Final = frozenset({"SIGABRT", "SIGTRAP", 0x80000003, 0xC0000409})
_ONLY_LEFT: Final = "terminate called without an active exception"
"""What C++ says where a program leaves while a thread of its own runs: an end, not a crash. Builds
of early 2025 end so whenever a model cannot be loaded."""
_NO_LIBRARY: Final = frozenset({0xC0000135, 0xC0000138, 0xC0000139, 0xC000007B, 0xC0000142})
_NO_MEMORY: Final = frozenset({0xC0000017, 0xC000012D})
_WRONG_PROCESSOR: Final = frozenset({"SIGILL", 0xC000001D})
_TELLING_IN_CRASH: Final = MEMORY | {FailureCause.DRIVER_LOST, FailureCause.DISK_FULL}


_EXPLAINED_BY_FILE: Final = {
    _Cause.MODEL_DAMAGED: frozenset(
        {_Cause.UNKNOWN, _Cause.GAVE_UP, _Cause.CRASHED, _Cause.MEMORY_OUT}
    ),
    _Cause.MODEL_CUT_OFF: frozenset({_Cause.UNKNOWN, _Cause.GAVE_UP, _Cause.CRASHED}),
}
"""An older engine takes a damaged file's word for how much memory it needs."""


def judge(evidence: Evidence) -> Symptom:
    """The cause.

    What it complained of decides where it ended by itself. Where it crashed, the crash does,
    unless memory, the disk or the GPU had just failed it. What that leaves open while a file is
    loaded with which something is wrong, that explains.
    """
    symptom = _judge_engine(evidence)
    fault = evidence.file.fault
    if (
        fault is not None
        and evidence.ending.while_loading
        and symptom.cause in _EXPLAINED_BY_FILE.get(fault, ())
    ):
        return Symptom(fault)
    return symptom


def _judge_engine(evidence: Evidence) -> Symptom:
    ending = evidence.ending
    if ending.silent_seconds is not None:
        return Symptom(_Cause.HANGS)
    if ending.is_stranger:
        return Symptom(_Cause.STRANGER)
    if ending.start_error is not None:
        return Symptom(_judge_start(ending))
    if ending.exit_code is None:
        return Symptom(_Cause.UNKNOWN)
    crash = signal_name(ending.exit_code) or nt_status(ending.exit_code)
    if crash is None or any(_ONLY_LEFT in line for line in ending.lines):
        return _judge_own_end(evidence, ending.exit_code)
    symptom = find_symptom(ending.lines[-_LAST_LINES:])
    if symptom is not None and symptom.cause in _TELLING_IN_CRASH:
        return symptom
    return Symptom(_judge_crash(evidence, crash))


def _judge_own_end(evidence: Evidence, exit_code: int) -> Symptom:
    ending = evidence.ending
    symptom = find_symptom(ending.lines)
    if ending.while_loading and evidence.file.missing_parts and _is_about_model(symptom):
        return Symptom(_Cause.MODEL_PART_MISSING)
    if exit_code == 0:
        return Symptom(_Cause.ENDED)
    if symptom is None or (not ending.while_loading and symptom.cause is _Cause.MODEL_DAMAGED):
        return Symptom(_Cause.UNKNOWN)
    return symptom


def _is_about_model(symptom: Symptom | None) -> bool:
    return symptom is not None and symptom.cause in (
        _Cause.MODEL_DAMAGED,
        _Cause.MODEL_MISSING,
        _Cause.MODEL_PART_MISSING,
    )


def _judge_start(ending: Ending) -> FailureCause:
    """Of a program that the system would not start, or that could not be got ready for."""
    if ending.start_errno in (errno.ENOSPC, errno.EDQUOT):
        return _Cause.DISK_FULL
    if ending.start_errno == errno.ENOMEM:
        return _Cause.MEMORY_OUT
    return _Cause.ENGINE_NOT_EXECUTABLE if ending.command else _Cause.NO_PERMISSION


def _judge_kill(evidence: Evidence) -> FailureCause:
    """The kernel's own count decides; where it does not tell, what memory was left."""
    kills = evidence.ending.oom_kills
    is_for_memory = evidence.memory.was_nearly_full if kills is None else kills > 0
    return _Cause.KILLED_FOR_MEMORY if is_for_memory else _Cause.KILLED


def _judge_crash(evidence: Evidence, crash: str | int) -> FailureCause:
    ending = evidence.ending
    if crash == "SIGKILL":
        return _judge_kill(evidence)
    if crash in _ASKED_TO_END:
        return _Cause.KILLED
    if crash in _NO_LIBRARY:
        return _Cause.LIBRARY_MISSING
    if crash in _NO_MEMORY:
        return _Cause.MEMORY_OUT
    if crash in _WRONG_PROCESSOR:
        return _Cause.WRONG_PROCESSOR
    if not ending.while_loading and ending.chats_begun and not ending.chats_answered:
        return _Cause.CRASHED_AT_CHAT
    return _Cause.GAVE_UP if crash in _GAVE_UP else _Cause.CRASHED
