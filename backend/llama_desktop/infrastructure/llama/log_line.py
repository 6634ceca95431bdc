"""Reads one line of an engine's log: its level and what it says. Pure.

Three kinds exist: `0.00.004.671 W srv  stop: ...` of today's builds (without the
clock in the last words of one that ends), the JSON of `--log-jsonl`, which
`write_plainly` turns into the first kind, and bare text of older builds, libraries and crashes.
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
    time: int = 0
    """In microseconds, from the engine's start."""


_GGML_LEVELS: Final = {
    1: LogLevel.DEBUG,
    2: LogLevel.INFO,
    3: LogLevel.WARNING,
    4: LogLevel.ERROR,
}
_json_line: Final = msgspec.json.Decoder(_JsonLine)


def read_log_line(raw: str) -> tuple[LogLevel | None, str]:
    """The level, None where the line names none, and the line without its level and clock."""
    if found := _STAMPED.match(raw):
        return LogLevel(found.group(1) or found.group(2)), raw[found.end() :]
    return None, raw


def write_plainly(raw: str) -> tuple[str, ...]:
    """What a line of JSON says, as the engine writes it otherwise; any other line as it is."""
    if not raw.startswith("{"):
        return (raw,)
    try:
        line = _json_line.decode(raw)
    except msgspec.MsgspecError:  # some other text that begins with a brace
        return (raw,)
    if line.type != "log" or line.msg is None:
        return (raw,)
    level = _read_level(line.level)
    stamp = "" if level is None else f"{_write_clock(line.time)} {level.value} "
    first, *others = line.msg.rstrip("\n").split("\n")
    return (f"{stamp}{first}", *others)


def _read_level(told: str | int | None) -> LogLevel | None:
    if isinstance(told, int):
        return _GGML_LEVELS.get(told)
    return None if told is None else _NAMES.get(told.lower())


def _write_clock(microseconds: int) -> str:
    milliseconds, rest = divmod(microseconds, 1000)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes}.{seconds:02}.{milliseconds:03}.{rest:03}"
