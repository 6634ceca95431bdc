"""Finds out why a server failed and what to do: evidence in, failure out. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from llama_desktop.domain.failure import FailureCause, ServerFailure
from llama_desktop.infrastructure.llama.exit_words import describe_exit
from llama_desktop.services.llama.diagnosis.actions import find_actions
from llama_desktop.services.llama.diagnosis.evidence import Evidence
from llama_desktop.services.llama.diagnosis.judge import judge
from llama_desktop.services.llama.diagnosis.log_reading import find_tail
from llama_desktop.services.llama.diagnosis.symptoms import Symptom, find_symptom
from llama_desktop.services.llama.diagnosis.words import describe


def diagnose(evidence: Evidence) -> ServerFailure:
    """Name the cause, say what it means, and offer all that may help, the likely cure first.

    Which three of these are shown depends on how often it failed: see `failure_history`.
    """
    return build_failure(judge(evidence), evidence)


def build_failure(symptom: Symptom, evidence: Evidence) -> ServerFailure:
    """The failure for a cause that is known already."""
    ending = evidence.ending
    headline, message = describe(symptom, evidence)
    code = ending.exit_code
    return ServerFailure(
        cause=symptom.cause,
        headline=headline,
        message=message,
        actions=find_actions(symptom.cause, evidence),
        exit_code=code,
        exit_words=None if code is None else describe_exit(code),
        log_tail=find_tail(ending.lines),
        command=ending.command,
        engine_path=ending.engine_path,
        engine_version=ending.engine_version,
        while_loading=ending.while_loading,
        time=ending.time,
    )


def is_port_taken(lines: Sequence[str]) -> bool:
    """Whether it failed for the port alone: then another one is worth a try."""
    symptom = find_symptom(lines)
    return symptom is not None and symptom.cause is FailureCause.PORT_TAKEN
