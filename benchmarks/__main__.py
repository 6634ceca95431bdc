"""`npm run bench`: every benchmark, one table."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks import (
    fitting,
    idle,
    library,
    memory,
    page,
    painting,
    palette,
    remembering,
    starting,
    storage,
    streaming,
    telemetry,
)
from benchmarks.table import Row, print_table

_EXECUTABLE = Path(__file__).parents[1] / "dist" / "llama-desktop"


def _measure_lines(folder: Path, quick: bool) -> list[Row]:
    count = 3 if quick else 10
    rows = [starting.measure_line(folder, count=count)]
    if _EXECUTABLE.exists():
        rows.append(starting.measure_line(folder, count=count, executable=_EXECUTABLE))
    return rows


def _measure_running(folder: Path, quick: bool) -> list[Row]:
    return [asyncio.run(starting.measure_running(folder, count=3 if quick else 12))]


def _measure_streaming(folder: Path, quick: bool) -> list[Row]:
    first_tokens, answers = (20, 2) if quick else (200, 16)
    return asyncio.run(streaming.measure(folder, first_tokens=first_tokens, answers=answers))


_BENCHMARKS: Final[dict[str, Callable[[Path, bool], list[Row]]]] = {
    "line": _measure_lines,
    "window": lambda folder, quick: painting.measure(folder, count=2 if quick else 7),
    "idle": lambda folder, quick: asyncio.run(idle.measure(folder, seconds=5 if quick else 30)),
    "running": _measure_running,
    "streaming": _measure_streaming,
    "page": lambda folder, quick: page.measure(folder, quick=quick),
    "palette": lambda folder, quick: palette.measure(folder, quick=quick),
    "memory": lambda folder, quick: memory.measure(folder, quick=quick),
    "remembering": lambda folder, quick: asyncio.run(
        remembering.measure(folder, count=4 if quick else 12)
    ),
    "storage": lambda folder, quick: asyncio.run(storage.measure(folder, quick=quick)),
    "models": lambda folder, quick: asyncio.run(library.measure(folder, quick=quick)),
    "telemetry": lambda folder, quick: telemetry.measure(folder, quick=quick),
    "fitting": lambda folder, quick: asyncio.run(fitting.measure(folder, quick=quick)),
}
"""Each with a folder of its own, and whether few samples do."""


def main(arguments: Sequence[str]) -> int:
    """Run those that were named, or all; 1: a target was missed."""
    parser = argparse.ArgumentParser(prog="npm run bench --", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[*_BENCHMARKS, []], metavar="|".join(_BENCHMARKS)
    )
    parser.add_argument("--quick", action="store_true", help="few samples, for a first look")
    options = parser.parse_args(arguments)
    rows = []
    for name in _BENCHMARKS:
        if name in (options.names or _BENCHMARKS):
            print(f"measuring {name} …", file=sys.stderr)
            rows += _measure(name, quick=options.quick)
    print_table(rows)
    _print_notes()
    return 0 if all(row.is_met for row in rows) else 1


def _measure(name: str, *, quick: bool) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="llama-desktop-bench-") as folder:
        return _BENCHMARKS[name](Path(folder), quick)


def _print_notes() -> None:
    load, _, _ = os.getloadavg() if hasattr(os, "getloadavg") else (0.0, 0.0, 0.0)
    print(
        "\nBare: the same llama-server with the same command line, driven by hand in this run; "
        "turn and turn about\nwith the app. The server is the embedded engine, run as an external "
        f"program. Medians. {os.cpu_count()} cores, load {load:.1f}."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
