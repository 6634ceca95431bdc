"""What each cause is called and what it means, in plain words: one table. Pure.

`docs/FAILURES.md` is written from it. Raw words of the engine appear in the log alone.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from llama_desktop.domain.failure import FailureCause
from llama_desktop.services.llama.diagnosis.evidence import Evidence
from llama_desktop.services.llama.diagnosis.log_reading import (
    find_asked_bytes,
    find_gpu_free_bytes,
)
from llama_desktop.services.llama.diagnosis.symptoms import Symptom

_Cause = FailureCause
_GIGABYTE: Final = 1_000_000_000
_MEGABYTE: Final = 1_000_000


class CauseWords(Struct, frozen=True):
    """`{model}`, `{what}`, `{when}` and `{engine}` stand for what they say. How it ended
    is no part of it: `ServerFailure.exit_words` tells that."""

    headline: str
    message: str


CAUSE_WORDS: Final[dict[FailureCause, CauseWords]] = {
    _Cause.GPU_MEMORY_OUT: CauseWords(
        "out of GPU memory",
        "{model} does not fit the GPU's memory with these settings.",
    ),
    _Cause.MEMORY_OUT: CauseWords(
        "out of memory", "There is not enough memory for {model} with these settings."
    ),
    _Cause.KILLED_FOR_MEMORY: CauseWords(
        "out of memory",
        "The system ran out of memory {when} and ended the engine to save itself.",
    ),
    _Cause.MODEL_MISSING: CauseWords(
        "the model's file is gone", "{model} is not there any more: moved, renamed or deleted."
    ),
    _Cause.MODEL_UNREADABLE: CauseWords(
        "the model may not be read",
        "The system does not let this app read {model}. Change the file's permissions.",
    ),
    _Cause.MODEL_EMPTY: CauseWords(
        "the model's file is empty", "{model} is empty, as a failed download leaves it."
    ),
    _Cause.NOT_A_MODEL: CauseWords(
        "not a model", "{model} is not a GGUF file, whatever its name says."
    ),
    _Cause.MODEL_CUT_OFF: CauseWords(
        "the model's file is incomplete",
        "{model} is cut off: its end is missing, as after a download that did not finish.",
    ),
    _Cause.MODEL_PART_MISSING: CauseWords(
        "a part of the model is missing",
        "{model} comes in several files, and not all of them are here.",
    ),
    _Cause.MODEL_VERSION: CauseWords(
        "unknown version of GGUF",
        "{model} is in a version of the GGUF format that this engine does not read.",
    ),
    _Cause.MODEL_ARCHITECTURE: CauseWords(
        "unknown kind of model",
        "This engine does not know models of the kind “{what}”. It may be too new for it.",
    ),
    _Cause.MODEL_DAMAGED: CauseWords(
        "the model is damaged", "What stands in {model} does not fit together."
    ),
    _Cause.TEMPLATE_BROKEN: CauseWords(
        "broken chat template",
        "The chat template in {model} has a mistake, so the engine could not use it.",
    ),
    _Cause.ENGINE_MISSING: CauseWords(
        "no engine", "There is no llama-server program that could be used."
    ),
    _Cause.ENGINE_NOT_EXECUTABLE: CauseWords(
        "the engine cannot be started", "The system does not start {engine}: {what}."
    ),
    _Cause.LIBRARY_MISSING: CauseWords(
        "a library is missing",
        "The engine needs the library {what}, which is not here or too old.",
    ),
    _Cause.WRONG_PROCESSOR: CauseWords(
        "built for another processor",
        "The engine used an instruction that this computer's processor does not have.",
    ),
    _Cause.BAD_ARGUMENT: CauseWords(
        "an unknown setting", "This engine does not accept the setting {what}."
    ),
    _Cause.PORT_TAKEN: CauseWords(
        "the port is taken", "Another program took the engine's port in that moment."
    ),
    _Cause.STRANGER: CauseWords(
        "another program answered",
        "Another program answers on the engine's port. Nothing was sent to it.",
    ),
    _Cause.DRIVER_LOST: CauseWords(
        "the GPU's driver failed",
        "The GPU stopped answering, or its driver and the engine do not fit each other.",
    ),
    _Cause.DISK_FULL: CauseWords("the disk is full", "There was no room left on the disk {when}."),
    _Cause.NO_PERMISSION: CauseWords(
        "not allowed", "The system did not allow the engine what it needs."
    ),
    _Cause.HANGS: CauseWords(
        "loading seems to hang",
        "{model} has given no sign of life for {what}. A very large model on a slow disk can take "
        "so long; a damaged chat template never ends.",
    ),
    _Cause.CRASHED_AT_CHAT: CauseWords(
        "crashed at the first question",
        "{model} was loaded, but the engine broke down over the first question. What "
        "stands in the file, or the engine, is at fault.",
    ),
    _Cause.GAVE_UP: CauseWords(
        "gave up on an error of its own",
        "The engine found itself in a state that should not happen {when}.",
    ),
    _Cause.CRASHED: CauseWords("crashed", "The engine crashed {when}."),
    _Cause.KILLED: CauseWords(
        "ended from outside", "Another program or person ended the engine {when}."
    ),
    _Cause.ENDED: CauseWords(
        "ended in good order",
        "The engine ended in good order {when}, as it does when another program asks it to.",
    ),
    _Cause.APP_DEFECT: CauseWords(
        "a defect of this app", "Llama Desktop itself went wrong here. The log has the details."
    ),
    _Cause.UNKNOWN: CauseWords(
        "unknown reason",
        "The engine ended {when}, and why is not known. The log may tell.",
    ),
}


def describe(symptom: Symptom, evidence: Evidence) -> tuple[str, str]:
    """The headline and the message of one failure."""
    words = CAUSE_WORDS[symptom.cause]
    sentence = _describe_sharply(symptom, evidence) or words.message.format(
        model=evidence.model_name,
        what=_what(symptom, evidence),
        when=_when(evidence),
        engine=evidence.ending.engine_path or "the engine",
    )
    more = _find_figures(symptom, evidence)
    return words.headline, f"{sentence} {more}" if more else sentence


def format_bytes(count: float) -> str:
    """`13.9 GB`, `640 MB`."""
    if count >= _GIGABYTE:
        return f"{count / _GIGABYTE:.1f} GB"
    return f"{max(1, round(count / _MEGABYTE))} MB"


def _describe_sharply(symptom: Symptom, evidence: Evidence) -> str | None:
    """Where the particular case allows for a better sentence than the table's."""
    model, what = evidence.model_name, symptom.what
    match symptom.cause:
        case _Cause.MODEL_VERSION if what == "GGUFv1" or what in {"0", "1"}:
            return f"{model} is in an old version of GGUF. Look for a newer file of this model."
        case _Cause.MODEL_VERSION if what == "endianness":
            return f"{model} was made for machines with another byte order."
        case _Cause.MODEL_VERSION if what.isdigit():
            return (
                f"{model} is in version {what} of GGUF, which is newer than this engine. "
                "A newer llama-server may read it."
            )
        case _Cause.LIBRARY_MISSING if not what:
            return (
                "The engine cannot start: a library that it needs is missing or of another version."
            )
        case _Cause.KILLED if evidence.ending.exit_code == -9 and evidence.ending.oom_kills is None:
            return (
                f"The engine was killed from outside {_when(evidence)}: by another program or "
                "person, or by the system for want of memory."
            )
        case _Cause.UNKNOWN if evidence.ending.exit_code is None:
            return "Why is not known. The log may tell."
        case _:
            return None


def _what(symptom: Symptom, evidence: Evidence) -> str:
    ending = evidence.ending
    if symptom.cause is _Cause.HANGS:
        return f"{ending.silent_seconds or 0:.0f} s"
    if symptom.cause is _Cause.ENGINE_NOT_EXECUTABLE:
        return (ending.start_error or "it is not executable").rstrip(".")
    return symptom.what


def _when(evidence: Evidence) -> str:
    if evidence.ending.while_loading:
        return f"while it loaded {evidence.model_name}"
    return "while it ran"


def _find_figures(symptom: Symptom, evidence: Evidence) -> str:
    """What was asked for and what there was, where both are known."""
    lines, memory = evidence.ending.lines, evidence.memory
    match symptom.cause:
        case _Cause.GPU_MEMORY_OUT:
            asked = find_asked_bytes(lines)
            free = find_gpu_free_bytes(lines) or memory.gpu_free_bytes
            return _compare(asked, free, "of GPU memory") or _need(evidence)
        case _Cause.MEMORY_OUT | _Cause.KILLED_FOR_MEMORY:
            asked = find_asked_bytes(lines)
            return _compare(asked, memory.machine_free_bytes, "of memory") or _need(evidence)
        case _Cause.MODEL_PART_MISSING if evidence.file.missing_parts:
            numbers = ", ".join(str(part) for part in evidence.file.missing_parts[:10])
            is_one = len(evidence.file.missing_parts) == 1
            parts = "Part" if is_one else "Parts"
            lacks = "is" if is_one else "are"
            return f"{parts} {numbers} of {evidence.file.part_count} {lacks} missing."
        case _Cause.DISK_FULL if evidence.disk_free_bytes is not None:
            return f"{format_bytes(evidence.disk_free_bytes)} are free now."
        case _:
            return ""


def _compare(asked: int | None, free: int | None, kind: str) -> str:
    if asked is not None and free is not None:
        return (
            f"It asked for {format_bytes(asked)} in one piece; {format_bytes(free)} {kind} "
            "was free."
        )
    if asked is not None:
        return f"It asked for {format_bytes(asked)} in one piece."
    return ""


def _need(evidence: Evidence) -> str:
    """By the estimate, where the engine did not tell."""
    needed, context = evidence.fit.needed_bytes, evidence.fit.context_tried
    if needed is None or not context:
        return ""
    return f"It needs about {format_bytes(needed)} with a context of {context:,} tokens."
