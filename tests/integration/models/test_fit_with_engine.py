"""What was predicted beside what the engine really takes: models, contexts, types, slots."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
from statistics import median

import pytest

from fakes.tight_machine import TightMachine
from fakes.topic_log import TopicLog
from llama_desktop.bootstrap import open_application
from llama_desktop.domain.llama import CacheType, Running, ServerConfig
from llama_desktop.domain.models import MemoryMeasurement, ModelRecords
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.metrics.machine import MachineReader
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.application import Application
from models import make


@asynccontextmanager
async def _open(folder: Path, machine: TightMachine | None = None) -> AsyncIterator[Application]:
    paths = AppPaths.locate(folder)
    paths.prepare()
    async with open_application(paths, desktop=NoDesktop(), version="test", machine=machine) as app:
        await app.models.add_folder(make.chat_model().parent)
        yield app


async def _load(app: Application, config: ServerConfig) -> MemoryMeasurement:
    """Load a model, and wait until it is kept what it took."""
    log = TopicLog(app.model_records.topic)
    await app.llama.start(config)

    def find(records: ModelRecords) -> MemoryMeasurement | None:
        for record in records.records:
            if record.path == config.model_path and record.measurements:
                newest = record.measurements[0]
                return newest if newest.config == config else None
        return None

    async with asyncio.timeout(30):
        records = await log.wait_for(ModelRecords, lambda event: find(event) is not None)
    log.unsubscribe()
    found = find(records)
    assert found is not None
    return found


def _grid(models: tuple[Path, ...]) -> list[ServerConfig]:
    return [
        ServerConfig(
            model_path=model,
            context_size=context,
            parallel=slots,
            cache_type_k=kind,
            cache_type_v=kind,
            built_in_engine=True,
        )
        for model, context, (kind, slots) in product(
            models, (1024, 16_384), ((None, None), (CacheType.Q8_0, 2))
        )
    ]


async def test_the_prediction_is_near_and_after_a_load_exact(
    tmp_path: Path, tiny_model: Path, heavy_model: Path
) -> None:
    before: list[float] = []
    after: list[float] = []
    async with _open(tmp_path) as app:
        for config in _grid((tiny_model, heavy_model)):
            is_first = not app.model_records.find(config.model_path).measurements
            told = await app.fit.estimate(config)
            measured = await _load(app, config)
            predicted = told.ram_bytes - told.ram.compute
            error = abs(predicted / measured.measured_bytes - 1)
            (before if is_first else after).append(error)

    assert max(before) <= 0.15, before
    assert median(after) <= 0.03, after
    assert max(after) <= 0.10, after


async def test_what_a_load_took_is_shown_beside_the_estimate(
    tmp_path: Path, heavy_model: Path
) -> None:
    config = ServerConfig(model_path=heavy_model, context_size=8192, built_in_engine=True)
    async with _open(tmp_path) as app:
        unloaded = await app.fit.estimate(config)
        assert unloaded.measured is None

        measured = await _load(app, config)
        loaded = await app.fit.estimate(config)
        library = await app.fit.estimate_library()

    assert loaded.measured == measured
    assert measured.predicted is not None
    assert measured.told is not None
    assert measured.told.weights == pytest.approx(measured.predicted.weights, rel=0.02)
    assert measured.told.kv_cache == pytest.approx(measured.predicted.kv_cache, rel=0.02)
    assert loaded.ram.compute == pytest.approx(measured.told.compute, rel=0.02)
    assert library.machine.server_ram is not None
    assert {one.path for one in library.estimates} >= {heavy_model}


@pytest.mark.parametrize("make_model", [make.experts_model, make.windowed_model])
async def test_what_sets_a_model_apart_is_predicted_as_the_engine_tells_it(
    tmp_path: Path, make_model: Callable[[], Path]
) -> None:
    model = make_model()
    config = ServerConfig(model_path=model, context_size=8192, built_in_engine=True)
    async with _open(tmp_path) as app:
        measured = await _load(app, config)

    predicted, told = measured.predicted, measured.told
    assert predicted is not None
    assert told is not None
    mebi = 1024 * 1024  # the engine tells no smaller pieces
    assert told.weights == pytest.approx(predicted.weights, abs=mebi)
    assert told.kv_cache == pytest.approx(predicted.kv_cache, abs=mebi)
    assert told.compute == pytest.approx(predicted.compute, rel=0.1, abs=mebi)
    assert measured.measured_bytes == pytest.approx(measured.predicted_bytes, rel=0.1)


async def test_an_engine_that_would_take_more_ram_than_is_free_is_told_how_much_context_there_is(
    tmp_path: Path,
) -> None:
    """It takes all of the machine's RAM for free; that little is free only the app knows."""
    model = make.windowed_model()
    config = ServerConfig(model_path=model, built_in_engine=True)
    machine = TightMachine()
    async with _open(tmp_path, machine) as app:
        await app.llama.start(config)
        assert _find_context(app) == 8192
        await app.llama.stop()
        machine.free_bytes = 256 * 1024 * 1024 + 44_000_000
        told = await app.fit.estimate(config)
        await app.llama.start(config)
        assert 4096 <= told.context_size < 8192
        assert _find_context(app) == told.context_size


def _find_context(app: Application) -> int:
    state = app.llama.state
    assert isinstance(state, Running)
    return state.model.context_size


async def test_favourites_options_and_last_use_are_kept(tmp_path: Path, tiny_model: Path) -> None:
    config = ServerConfig(model_path=tiny_model, context_size=512)
    async with _open(tmp_path) as app:
        await app.model_records.set_favourite(tiny_model, is_favourite=True)
        await app.model_records.remember_config(tiny_model, config)
    async with _open(tmp_path) as app:
        record = app.model_records.find(tiny_model)

    assert (record.is_favourite, record.config) == (True, config)


def test_what_a_process_holds_counts_as_free_but_not_the_files_it_maps() -> None:
    hold = "import sys; b = bytearray(400_000_000); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        reader = MachineReader()
        without = reader.read(None)
        counted = reader.read(process.pid)
        held, _ = reader.read_held(process.pid)
        process.terminate()

    assert held is not None
    assert held > 400_000_000
    assert counted.ram_free_bytes is not None
    assert without.ram_free_bytes is not None
    assert counted.ram_free_bytes - without.ram_free_bytes > 200_000_000
