"""Reads off an engine's log what it allocates of a model. Pure.

Builds of today say it in one line of JSON, where they write JSON; older ones in a line for each
buffer. A GPU's buffers are counted with those in RAM.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.llama import ModelMemory

_MEBI: Final = 1024 * 1024
_BREAKDOWN: Final = '{"type":"fit_memory_breakdown"'
_BUFFER: Final = re.compile(r"(\S+) (model|KV|RS|compute) buffer size = +(\d+(?:\.\d+)?) MiB")


class _Row(Struct):
    model: int
    context: int
    compute: int


class _Data(Struct):
    rows: tuple[_Row, ...]


class _Breakdown(Struct):
    data: _Data


_breakdown: Final = msgspec.json.Decoder(_Breakdown)


class MemoryLines(Struct, frozen=True):
    """What was told so far."""

    whole: ModelMemory | None = None
    """Told in one line; then the others only repeat it."""
    buffers: tuple[tuple[str, str, float], ...] = ()
    """Device, what for, mebibytes."""

    def take(self, line: str) -> MemoryLines:
        """The same with what this line tells."""
        if line.startswith(_BREAKDOWN):
            return replace(self, whole=_read_breakdown(line) or self.whole)
        found = _BUFFER.search(line)
        if found is None:
            return self
        device, kind, size = found.group(1), found.group(2), float(found.group(3))
        kept = self.buffers
        if kind == "compute":  # it is reserved more than once; the last one stays
            kept = tuple(one for one in kept if one[:2] != (device, kind))
        return replace(self, buffers=(*kept, (device, kind, size)))

    def sum_up(self) -> ModelMemory | None:
        """None: nothing was told."""
        if self.whole is not None or not self.buffers:
            return self.whole
        return ModelMemory(
            weights=self._sum("model"),
            kv_cache=self._sum("KV") + self._sum("RS"),
            compute=self._sum("compute"),
        )

    def _sum(self, kind: str) -> int:
        return int(sum(size for _, of, size in self.buffers if of == kind) * _MEBI)


def _read_breakdown(line: str) -> ModelMemory | None:
    try:
        rows = _breakdown.decode(line).data.rows
    except msgspec.MsgspecError:  # a build that says it in another way
        return None
    return ModelMemory(
        weights=sum(row.model for row in rows) * _MEBI,
        kv_cache=sum(row.context for row in rows) * _MEBI,
        compute=sum(row.compute for row in rows) * _MEBI,
    )
