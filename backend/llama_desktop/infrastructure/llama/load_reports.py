"""Reads off an engine's output how far it is with loading. Pure.

Builds of today tell a parent that loads several models where they are, in lines of their own;
all builds begin a stage with a word in the log. The dots of older ones are no per cent: of large
tensors one dot stands for many.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from msgspec import Struct

from llama_desktop.domain.llama import LoadStage

MARK: Final = "cmd_child_to_router:"
REPORT: Final = f"{MARK}state:"
"""What such a line begins with. A program that tells has it among its own words."""

_STAGES: Final = {
    "text_model": LoadStage.WEIGHTS,
    "mmproj_model": LoadStage.VISION,
    "spec_model": LoadStage.DRAFT,
}
_BEGINNINGS: Final = (
    (re.compile(r"\bload_model: loading model '|\bload_tensors: loading"), LoadStage.WEIGHTS),
    (re.compile(r"\bclip_model_loader: |\bloading mmproj"), LoadStage.VISION),
    (re.compile(r"\bload_model: loading draft model"), LoadStage.DRAFT),
    (
        re.compile(r"\bconstructing llama_context|\bwarming up the model|\bthreadpool init"),
        LoadStage.PREPARING,
    ),
)


class LoadReport(Struct, frozen=True):
    """Where it is."""

    stage: LoadStage
    share: float | None = None
    """Of this stage, 0 to 1; None: it does not tell."""


class _Payload(Struct):
    stages: tuple[str, ...] = ()
    current: str = ""
    value: float = 0.0


class _Report(Struct):
    state: str
    payload: _Payload = msgspec.field(default_factory=_Payload)


_report: Final = msgspec.json.Decoder(_Report)


def read_report(line: str) -> LoadReport | None:
    """What a line that begins with `REPORT` tells; None: nothing about loading."""
    try:
        report = _report.decode(line.removeprefix(REPORT))
    except msgspec.MsgspecError:  # a build that says it in another way
        return None
    told = report.payload
    stage = _STAGES.get(told.current)
    if report.state != "loading" or stage is None:
        return None
    if told.value >= 1 and told.stages[-1:] == (told.current,):
        return LoadReport(LoadStage.PREPARING)
    return LoadReport(stage, min(max(told.value, 0.0), 1.0))


def find_beginning(line: str) -> LoadStage | None:
    """The stage that begins with this line of the log; None: none does."""
    return next((stage for words, stage in _BEGINNINGS if words.search(line)), None)
