"""What the library costs: five hundred models found, and what one of them would take."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.app import open_app
from benchmarks.figures import median, milliseconds
from benchmarks.models import write_large_vocabulary, write_library
from benchmarks.table import Row
from llama_desktop.infrastructure.gguf.file import read_file
from llama_desktop.infrastructure.model_headers import ModelHeaders
from llama_desktop.infrastructure.model_places import scan_place

_MODELS = 500
_COLD_SECONDS = 3.0
_WARM_SECONDS = 0.300
_VOCABULARY_SECONDS = 0.100
_ESTIMATE_SECONDS = 0.050


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """The search without and with what was kept of it, and the estimates through the wire."""
    count = _MODELS // 10 if quick else _MODELS
    models = write_library(folder / "models", count)
    kept = folder / "facts"
    cold = _measure_scan(models[0].parent, kept, count)
    warm = median([_measure_scan(models[0].parent, kept, count) for _ in range(5)])
    large = write_large_vocabulary(folder / "large.gguf")
    vocabulary = median([_measure_reading(large) for _ in range(5)])
    seconds = await _measure_estimates(folder, models)
    return [
        _row(f"search of {count} models, none of them known", cold, _COLD_SECONDS),
        _row(f"search of {count} models, all of them known", warm, _WARM_SECONDS),
        _row("header with a vocabulary of 150,000", vocabulary, _VOCABULARY_SECONDS),
        _row("estimate after a change, median", median(seconds), _ESTIMATE_SECONDS),
        _row("estimate after a change, slowest", max(seconds), _ESTIMATE_SECONDS),
    ]


def _measure_scan(folder: Path, kept: Path, count: int) -> float:
    """One search as after a start: what is kept is read from the disk, and kept again."""
    begin = time.perf_counter()
    headers = ModelHeaders(kept)
    found = scan_place(folder, headers)
    headers.save()
    seconds = time.perf_counter() - begin
    assert len(found.files) == count
    assert all(file.facts is not None for file in found.files)
    return seconds


def _measure_reading(path: Path) -> float:
    begin = time.perf_counter()
    read_file(path)
    return time.perf_counter() - begin


async def _measure_estimates(folder: Path, models: list[Path]) -> list[float]:
    seconds = []
    async with open_app(folder / "data") as app:
        await app.invoke("add_model_folder", path=str(models[0].parent))
        # As the page when it opens: the engine is asked for its devices, once.
        await app.invoke("estimate_library")
        for number in range(50):
            config = {"model_path": str(models[0]), "context_size": 512 * (number + 1)}
            begin = time.perf_counter()
            await app.invoke("estimate_fit", config=config)
            seconds.append(time.perf_counter() - begin)
    return seconds


def _row(name: str, seconds: float, target: float) -> Row:
    return Row(name, milliseconds(seconds), "", "", f"<= {milliseconds(target)}", seconds <= target)
