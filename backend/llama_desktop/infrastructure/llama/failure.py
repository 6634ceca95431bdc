"""Finds out why a server failed, from its exit code and its last words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from llama_desktop.domain.llama import FailureCause, ServerFailure
from llama_desktop.infrastructure.llama.exit_words import describe_exit, nt_status, signal_name

_TAIL_LINES: Final = 8
_ERROR_LINE: Final = re.compile(
    r"^[\d.]+ E |^E |\berror\b|GGML_ASSERT|\bfatal\b|\bwhat\(\)|couldn't|failed to", re.IGNORECASE
)

_Cause = FailureCause
_SYMPTOMS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), cause, sentence)
    for pattern, cause, sentence in (
        (
            r"couldn't bind|address already in use|failed to bind",
            _Cause.PORT_TAKEN,
            "Another program has taken the engine's port. Try again.",
        ),
        (
            r"invalid argument: (?P<what>\S+)|error while handling argument \"(?P<what2>[^\"]+)\"",
            _Cause.BAD_ARGUMENT,
            "The engine does not accept the setting {what}. Choose other settings, or another "
            "llama-server.",
        ),
        (
            r"error while loading shared libraries: (?P<what>[^:]+)"
            r"|Library not loaded: (?P<what2>\S+)",
            _Cause.MISSING_LIBRARY,
            "The engine lacks the library {what}. Install what it needs, or choose another "
            "llama-server.",
        ),
        (
            r"failed to allocate|out of memory|unable to allocate|cannot allocate memory"
            r"|bad_alloc|OutOfDeviceMemory|failed to create llama_context",
            _Cause.OUT_OF_MEMORY,
            "There is not enough memory for {model} with these settings. Choose a smaller context, "
            "fewer GPU layers, or a smaller model.",
        ),
        (
            r"failed to read magic",
            _Cause.BAD_MODEL,
            "{model} is empty. Download it again.",
        ),
        (
            r"invalid magic characters",
            _Cause.BAD_MODEL,
            "{model} is not a GGUF file. Choose another file, or download it again.",
        ),
        (
            r"GGUFv1 is no longer supported",
            _Cause.BAD_MODEL,
            "{model} is in an old version of GGUF. Look for a newer file of this model.",
        ),
        (
            r"file is version (?P<what>\d+) but this software only supports",
            _Cause.BAD_MODEL,
            "{model} is in version {what} of GGUF, which is newer than this engine. "
            "Update llama-server.",
        ),
        (
            r"mismatch between the host and model endianness",
            _Cause.BAD_MODEL,
            "{model} was made for machines with another byte order. Look for another file.",
        ),
        (
            r"not within the file bounds|exceeds remaining file size",
            _Cause.BAD_MODEL,
            "{model} is cut off. Download it again.",
        ),
        (
            r"unknown model architecture: '(?P<what>[^']*)'",
            _Cause.BAD_MODEL,
            "This engine does not know models of the kind “{what}”. Update llama-server, or choose "
            "another model.",
        ),
        (
            r"chat template|no-jinja",
            _Cause.BAD_MODEL,
            "The chat template in {model} is damaged. Look for another file of this model.",
        ),
        (
            r"gguf_init_from|failed to load GGUF split|check_tensor_dims|key not found in model"
            r"|error loading model|failed to load model|exiting due to model loading error",
            _Cause.BAD_MODEL,
            "{model} cannot be loaded: it is damaged or incomplete. Download it again, or choose "
            "another file.",
        ),
    )
)


def diagnose(
    exit_code: int,
    lines: Sequence[str],
    *,
    model_name: str,
    while_loading: bool,
    time: float,
) -> ServerFailure:
    """Say how a server ended that should not have.

    What it complained of decides, where it ended by itself; where it crashed, the crash does,
    unless memory was short.
    """
    cause, sentence = _judge(exit_code, lines, model_name, while_loading=while_loading)
    return ServerFailure(
        cause=cause,
        message=sentence,
        exit_code=exit_code,
        exit_words=describe_exit(exit_code),
        log_tail=find_tail(lines),
        while_loading=while_loading,
        time=time,
    )


def find_tail(lines: Sequence[str]) -> tuple[str, ...]:
    """The last error lines, else the last lines."""
    spoken = [line for line in lines if line.strip()]
    errors = [line for line in spoken if _ERROR_LINE.search(line)]
    return tuple((errors or spoken)[-_TAIL_LINES:])


def _judge(
    exit_code: int, lines: Sequence[str], model_name: str, *, while_loading: bool
) -> tuple[FailureCause, str]:
    symptom = _find_symptom(lines, model_name)
    crash = signal_name(exit_code) or nt_status(exit_code)
    if symptom is not None and (crash is None or symptom[0] is FailureCause.OUT_OF_MEMORY):
        return symptom
    words = describe_exit(exit_code)
    when = f"while it loaded {model_name}" if while_loading else "while it ran"
    match crash:
        case None if exit_code == 0:
            return _Cause.ENDED, f"The engine ended by itself {when}. Load the model again."
        case None:
            return _Cause.UNKNOWN, f"The engine ended {when} ({words}). Its log may say why."
        case "SIGKILL":
            return (
                _Cause.KILLED,
                f"The engine was killed from outside {when}, often because memory ran out. "
                "Choose a smaller context or a smaller model.",
            )
        case "SIGTERM" | "SIGINT" | "SIGHUP" | 0xC000013A:
            return _Cause.KILLED, f"The engine was ended from outside {when}. Load the model again."
        case 0xC0000135 | 0xC0000138 | 0xC0000139 | 0xC000007B:
            return (
                _Cause.MISSING_LIBRARY,
                f"The engine cannot start: {words}. Install what it needs, or choose another "
                "llama-server.",
            )
        case 0xC0000017 | 0xC000012D:
            return (
                _Cause.OUT_OF_MEMORY,
                f"There is not enough memory for {model_name} with these settings. Choose a "
                "smaller context, fewer GPU layers, or a smaller model.",
            )
        case "SIGILL" | 0xC000001D:
            return (
                _Cause.CRASHED,
                "The engine was built for another processor. Choose another llama-server.",
            )
        case _:
            advice = (
                "The file may be damaged, or the engine may have a defect: try another file, or "
                "another llama-server."
                if while_loading
                else "Load the model again; the conversation is safe."
            )
            return _Cause.CRASHED, f"The engine crashed {when}: {words}. {advice}"


def _find_symptom(lines: Sequence[str], model_name: str) -> tuple[FailureCause, str] | None:
    """The first rule of the table that fits any line: what is said first is the reason."""
    for pattern, cause, sentence in _SYMPTOMS:
        for line in lines:
            if found := pattern.search(line):
                groups = found.groupdict()
                what = groups.get("what") or groups.get("what2") or ""
                return cause, sentence.format(model=model_name, what=what)
    return None
