"""Reads one line of an engine's log: its level and what it says. Pure.

Three kinds exist: `0.00.004.671 W srv  stop: ...` of today's builds (without the
clock in the last words of one that ends), the JSON of `--log-jsonl`, and
bare text of older builds, libraries and crashes.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from msgspec import Struct

from llama_desktop.domain.llama import LogLevel

_STAMPED: Final = re.compile(r"^(?:\d+(?:\.\d+){3} ([DIWE]) ?|([DIWE]) (?=(?:srv|slot|cmn) ))")
_NAMES: Final = {
    **{level.value.lower(): level for level in LogLevel},
    "debug": LogLevel.DEBUG,
    "info": LogLevel.INFO,
    "warn": LogLevel.WARNING,
    "warning": LogLevel.WARNING,
    "error": LogLevel.ERROR,
    "err": LogLevel.ERROR,
}


class _JsonLine(Struct):
    type: str
    msg: str | None = None
    level: str | int | None = None


_json_line: Final = msgspec.json.Decoder(_JsonLine)
_GGML_LEVELS: Final = {
    1: LogLevel.DEBUG,
    2: LogLevel.INFO,
    3: LogLevel.WARNING,
    4: LogLevel.ERROR,
}


def read_log_line(raw: str) -> tuple[LogLevel | None, str]:
    """The level, None where the line names none, and the line without its level and clock."""
    if raw.startswith("{"):
        return _read_json(raw)
    if found := _STAMPED.match(raw):
        return LogLevel(found.group(1) or found.group(2)), raw[found.end() :]
    return None, raw


def _read_json(raw: str) -> tuple[LogLevel | None, str]:
    try:
        line = _json_line.decode(raw)
    except msgspec.MsgspecError:  # some other text that begins with a brace
        return None, raw
    if line.msg is None:
        return None, raw
    return _level_of(line.level), line.msg.rstrip("\n")


def _level_of(told: str | int | None) -> LogLevel | None:
    if isinstance(told, int):
        return _GGML_LEVELS.get(told)
    return None if told is None else _NAMES.get(told.lower())
