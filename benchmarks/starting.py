"""How long the app takes to start, and to start a model."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from benchmarks.app import open_app, start, stop
from benchmarks.bare import EngineProgram, end, free_port, spawn_until_healthy
from benchmarks.figures import median, milliseconds
from benchmarks.models import chat_model
from benchmarks.table import Row

_LINE_SECONDS = 0.600
_PACKAGED_LINE_SECONDS = 1.5
_RUNNING_SECONDS = 0.060


async def measure_running(folder: Path, *, count: int) -> Row:
    """From the request to Running, beside spawning the same program and asking for its health."""
    engine = EngineProgram(folder)
    through_app, driven_bare = [], []
    async with open_app(folder / "data", "--llama-server", str(engine.path)) as app:
        for number in range(count + 1):
            begin = time.perf_counter()
            await app.invoke("start_llama_server", config={"model_path": str(chat_model())})
            one = time.perf_counter() - begin
            await app.invoke("stop_llama_server")

            port = free_port()
            command = engine.command_line(port)
            begin = time.perf_counter()
            process = await asyncio.to_thread(spawn_until_healthy, command, port)
            other = time.perf_counter() - begin
            end(process)
            if number > 0:  # the first start also asks the program what it can do
                through_app.append(one)
                driven_bare.append(other)
    more = median(through_app) - median(driven_bare)
    return Row(
        "start of a model to Running",
        milliseconds(median(through_app)),
        milliseconds(median(driven_bare)),
        f"{more * 1000:+.1f} ms",
        f"<= +{milliseconds(_RUNNING_SECONDS)}",
        more <= _RUNNING_SECONDS,
    )


def measure_line(folder: Path, *, count: int, executable: Path | None = None) -> Row:
    """From the start of the process to the line of JSON, everything in the file cache."""
    command = (str(executable),) if executable else None
    seconds = []
    for number in range(count + 1):
        started = start(folder / "data", command=command)
        stop(started)
        if number > 0:
            seconds.append(started.seconds)
    most = _PACKAGED_LINE_SECONDS if executable else _LINE_SECONDS
    return Row(
        f"{'executable' if executable else 'process'} start to --headless line",
        milliseconds(median(seconds)),
        "",
        "",
        f"<= {milliseconds(most)}",
        median(seconds) <= most,
    )
