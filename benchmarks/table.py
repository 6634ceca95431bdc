"""The one table that a run prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what was measured, what it is compared with, and what it should be."""

    name: str
    app: str
    bare: str
    result: str
    target: str
    is_met: bool


_HEAD = ("", "app", "bare", "result", "target", "")


def print_table(rows: Sequence[Row]) -> None:
    """Columns as wide as they need to be."""
    lines = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    lines.insert(1, tuple("-" * width for width in widths))
    for line in lines:
        first, *rest = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join((first, *rest)).rstrip())


def _cells(row: Row) -> tuple[str, ...]:
    verdict = "met" if row.is_met else "MISSED"
    return (row.name, row.app, row.bare, row.result, row.target, verdict)
