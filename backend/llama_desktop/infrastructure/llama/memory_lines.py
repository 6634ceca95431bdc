"""Reads off an engine's log what it allocates of a model. Pure.

Builds of today say it in one line of JSON, where they write JSON; those and older ones in a line
for each buffer. Where the first plan does not fit, the JSON comes again for every other one that is
tried, and which one was taken only the buffers tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.llama import ModelMemory

_MEBI: Final = 1024 * 1024
_BREAKDOWN: Final = '{"type":"fit_memory_breakdown"'
_GPU: Final = "device"
_IN_RAM: Final = ("CPU", "AMX", "BLAS")
_BUFFER: Final = re.compile(r"(\S+) (model|KV|RS|compute) buffer size = +(\d+(?:\.\d+)?) MiB")


class _Row(Struct):
    model: int
    context: int
    compute: int
    kind: str = ""


class _Data(Struct):
    rows: tuple[_Row, ...]


class _Breakdown(Struct):
    data: _Data


_breakdown: Final = msgspec.json.Decoder(_Breakdown)


class MemoryLines(Struct, frozen=True):
    """What was told so far."""

    rows: tuple[_Row, ...] = ()
    """Told in one line; then the buffers only repeat it."""
    has_tried: bool = False
    """More than one plan was told."""
    buffers: tuple[tuple[str, str, float], ...] = ()
    """Device, what for, mebibytes."""

    def take(self, line: str) -> MemoryLines:
        """The same with what this line tells."""
        if line.startswith(_BREAKDOWN):
            rows = _read_rows(line)
            if not rows:
                return self
            is_other = bool(self.rows) and rows != self.rows
            return replace(self, rows=rows, has_tried=self.has_tried or is_other)
        found = _BUFFER.search(line)
        if found is None:
            return self
        device, kind, size = found.group(1), found.group(2), float(found.group(3))
        kept = self.buffers
        if kind == "compute":  # it is reserved more than once; the last one stays
            kept = tuple(one for one in kept if one[:2] != (device, kind))
        return replace(self, buffers=(*kept, (device, kind, size)))

    def sum_up(self, *, on_gpus: bool = False) -> ModelMemory | None:
        """Of all devices together, or of the GPUs alone. None: nothing was told."""
        if self.rows and not self.has_tried:
            rows = [row for row in self.rows if row.kind == _GPU or not on_gpus]
            return ModelMemory(
                weights=sum(row.model for row in rows) * _MEBI,
                kv_cache=sum(row.context for row in rows) * _MEBI,
                compute=sum(row.compute for row in rows) * _MEBI,
            )
        if not self.buffers:
            return None
        buffers = [one for one in self.buffers if _is_gpu(one[0]) or not on_gpus]
        return ModelMemory(
            weights=_add_up(buffers, "model"),
            kv_cache=_add_up(buffers, "KV") + _add_up(buffers, "RS"),
            compute=_add_up(buffers, "compute"),
        )


def _is_gpu(device: str) -> bool:
    """`CUDA_Host` is RAM that a GPU reads."""
    return not (device.startswith(_IN_RAM) or device.endswith("_Host"))


def _add_up(buffers: Sequence[tuple[str, str, float]], kind: str) -> int:
    return int(sum(size for _, of, size in buffers if of == kind) * _MEBI)


def _read_rows(line: str) -> tuple[_Row, ...]:
    try:
        return _breakdown.decode(line).data.rows
    except msgspec.MsgspecError:  # a build that says it in another way
        return ()
