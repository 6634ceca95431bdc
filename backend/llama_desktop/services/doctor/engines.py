"""Judges the engines that were found: which is used and why, what is known against it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from llama_desktop.domain.doctor import DoctorGroup, DoctorLine, Finding
from llama_desktop.domain.llama import EngineKind
from llama_desktop.infrastructure.llama.binary import FoundEngine, Rejected

_BUILD: Final = re.compile(r"\bbuild (\d+)\b|^b?(\d{3,})\b")
_FIRST_SOUND_BUILD: Final = 8146
"""The first build of llama.cpp in which a crafted GGUF file cannot overflow its reader."""
_SMALLEST_TOLD_BUILD: Final = 100
"""Builds of a shallow copy of the sources count from one: that tells nothing of their age."""


def examine_engines(found: Sequence[FoundEngine | Rejected]) -> tuple[DoctorLine, ...]:
    """A line for each place, in the order in which they are tried; the first usable is used."""
    lines = []
    is_taken = False
    for engine in found:
        if isinstance(engine, Rejected):
            lines.append(_describe_rejected(engine, is_taken=is_taken))
            is_taken = is_taken or engine.candidate.is_chosen
        else:
            lines.append(_describe_found(engine, is_used=not is_taken))
            is_taken = True
    if not any(isinstance(engine, FoundEngine) for engine in found):
        lines.append(
            _line(
                Finding.FAIL,
                "No engine",
                "There is no llama-server that could be used.",
                "Install llama.cpp, or choose its llama-server in the settings.",
            )
        )
    return tuple(lines)


def find_build(version: str) -> int | None:
    """llama.cpp's count of builds; None: the version does not tell it."""
    found = _BUILD.search(version)
    if found is None:
        return None
    number = int(found.group(1) or found.group(2))
    return number if number >= _SMALLEST_TOLD_BUILD else None


def _describe_found(found: FoundEngine, *, is_used: bool) -> DoctorLine:
    engine = found.engine
    is_embedded = engine.kind is EngineKind.EMBEDDED
    title = "Built-in engine" if is_embedded else f"llama-server from {engine.source}"
    use = "It is used" if is_used else "It is not used: another one comes first"
    detail = f"{use}. {engine.path}, {engine.version}."
    build = None if is_embedded else find_build(engine.version)
    if build is not None and build < _FIRST_SOUND_BUILD:
        return _line(
            Finding.WARN,
            title,
            f"{detail} A crafted model file can take it over (CVE-2025-53630, CVE-2026-27940).",
            f"Update llama.cpp to build {_FIRST_SOUND_BUILD} or later.",
        )
    return _line(Finding.OK, title, detail)


def _describe_rejected(rejected: Rejected, *, is_taken: bool) -> DoctorLine:
    candidate = rejected.candidate
    is_fatal = candidate.is_chosen and not is_taken
    return _line(
        Finding.FAIL if is_fatal else Finding.WARN,
        f"llama-server from {candidate.source}",
        f"It cannot be used: {candidate.path}: {rejected.reason}.",
        "Choose another llama-server, or none to use the built-in engine."
        if candidate.is_chosen
        else "Mend or remove it; the next one is used meanwhile.",
    )


def _line(finding: Finding, title: str, detail: str, cure: str | None = None) -> DoctorLine:
    return DoctorLine(
        group=DoctorGroup.ENGINES, finding=finding, title=title, detail=detail, cure=cure
    )
