"""`npm run bench`: every benchmark, one table."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import (
    idle,
    library,
    memory,
    page,
    painting,
    remembering,
    starting,
    storage,
    streaming,
)
from benchmarks.table import Row, print_table

_EXECUTABLE = Path(__file__).parents[1] / "dist" / "llama-desktop"
_NAMES = (
    "line",
    "window",
    "idle",
    "running",
    "streaming",
    "page",
    "memory",
    "remembering",
    "storage",
    "models",
)


def main(arguments: Sequence[str]) -> int:
    """Run those that were named, or all; 1: a target was missed."""
    parser = argparse.ArgumentParser(prog="npm run bench --", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*_NAMES, []], metavar="|".join(_NAMES))
    parser.add_argument("--quick", action="store_true", help="few samples, for a first look")
    options = parser.parse_args(arguments)
    names = options.names or _NAMES
    rows = []
    for name in _NAMES:
        if name in names:
            print(f"measuring {name} …", file=sys.stderr)
            rows += _measure(name, quick=options.quick)
    print_table(rows)
    _print_notes()
    return 0 if all(row.is_met for row in rows) else 1


def _measure(name: str, *, quick: bool) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="llama-desktop-bench-") as name_of_folder:
        folder = Path(name_of_folder)
        match name:
            case "line":
                return _measure_lines(folder, 3 if quick else 10)
            case "window":
                return painting.measure(folder, count=2 if quick else 7)
            case "idle":
                return asyncio.run(idle.measure(folder, seconds=5 if quick else 30))
            case "running":
                return [asyncio.run(starting.measure_running(folder, count=3 if quick else 12))]
            case "memory":
                return memory.measure(folder, quick=quick)
            case "remembering":
                return asyncio.run(remembering.measure(folder, count=4 if quick else 12))
            case "page":
                return page.measure(folder, quick=quick)
            case "models":
                return asyncio.run(library.measure(folder, quick=quick))
            case "storage":
                return asyncio.run(storage.measure(folder, quick=quick))
            case _:
                return asyncio.run(
                    streaming.measure(
                        folder, first_tokens=20 if quick else 200, answers=2 if quick else 16
                    )
                )


def _measure_lines(folder: Path, count: int) -> list[Row]:
    rows = [starting.measure_line(folder, count=count)]
    if _EXECUTABLE.exists():
        rows.append(starting.measure_line(folder, count=count, executable=_EXECUTABLE))
    return rows


def _print_notes() -> None:
    load, _, _ = os.getloadavg() if hasattr(os, "getloadavg") else (0.0, 0.0, 0.0)
    print(
        "\nBare: the same llama-server with the same command line, driven by hand in this run; "
        "turn and turn about\nwith the app. The server is the embedded engine, run as an external "
        f"program. Medians. {os.cpu_count()} cores, load {load:.1f}."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
