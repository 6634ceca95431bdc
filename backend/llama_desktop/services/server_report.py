"""The report on the server as text, for whoever is asked for help. Pure.

It holds no key (the key is in no command line and no log), no text of any chat, and the person's
home folder only as `~`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from llama_desktop.domain.llama import Failed, LogLine, Running, ServerState, Stopped
from llama_desktop.domain.metrics import GpuSample, MetricsSample
from llama_desktop.domain.settings import AppInfo

_LINES: Final = 200
_SAMPLES: Final = 60
_GIB: Final = 1 << 30
_UNKNOWN: Final = "not available"


def describe_server(
    info: AppInfo,
    state: ServerState,
    log: tuple[LogLine, ...],
    history: tuple[MetricsSample, ...],
    *,
    home: Path,
    machine: str,
) -> str:
    """Versions, engine, config, the log's last lines, and what was measured of this run."""
    parts = (
        [f"Llama Desktop {info.version} on {machine}", f"written {_clock(time.time())}", ""],
        _describe_state(state),
        ["", f"usage, {len(history)} samples kept, at most {_SAMPLES} shown"],
        [_describe_sample(sample) for sample in _thin(history)],
        ["", f"log, last {min(len(log), _LINES)} lines"],
        [f"{_clock(line.time)} {line.level or ' '} {line.text}" for line in log[-_LINES:]],
    )
    return shorten_home("\n".join(line for part in parts for line in part), home) + "\n"


def shorten_home(text: str, home: Path) -> str:
    """The same with the person's home folder as `~`, in either kind of slashes."""
    folder = str(home)
    if len(folder) < 2:  # the root of everything: nothing of the person's is in it
        return text
    for spelling in {folder, home.as_posix(), folder.replace("\\", "\\\\")}:
        text = text.replace(spelling, "~")
    return text


def _describe_state(state: ServerState) -> Iterable[str]:
    yield f"state: {type(state).__name__.lower()}"
    if isinstance(state, Stopped):
        return
    config = msgspec.to_builtins(state.config, enc_hook=str)
    yield "config: " + ", ".join(f"{key}={value}" for key, value in config.items() if value)
    if state.steps is not None:
        yield f"process after {_seconds(state.steps.process_seconds)}"
        yield f"loaded after further {_seconds(state.steps.loading_seconds)}"
    if isinstance(state, Running):
        model, engine = state.model, state.engine
        yield f"engine: {engine.kind} {engine.version} at {engine.path} ({engine.source})"
        yield f"model: {model.name}, context {model.context_size}, slots {model.slots}"
        yield f"layers on GPU: {_of(model.layers_on_gpu, model.layers)}, threads: {model.threads}"
        yield f"running since {_clock(state.since)}, pid {state.pid}"
    if isinstance(state, Failed):
        failure = state.failure
        yield f"failure: {failure.cause}: {failure.message} ({failure.exit_words})"
        yield f"engine: {failure.engine_version} at {failure.engine_path}"
        yield f"command: {' '.join(failure.command)}"


def _thin(history: tuple[MetricsSample, ...]) -> tuple[MetricsSample, ...]:
    """Evenly chosen, the newest among them."""
    step = max(1, -(-len(history) // _SAMPLES))
    return history[::-1][::step][::-1]


def _describe_sample(sample: MetricsSample) -> str:
    memory = f"RAM {_gib(sample.memory_bytes)} {sample.memory_kind or ''}".rstrip()
    machine = (
        f"machine {_gib(sample.machine_memory_used_bytes)}"
        f" of {_gib(sample.machine_memory_total_bytes)}"
    )
    gpus = [_describe_gpu(gpu) for gpu in sample.gpus or ()] or [f"GPU {_UNKNOWN}"]
    cpu = f"CPU {_percent(sample.cpu_percent)}"
    return ", ".join((_clock(sample.time), cpu, memory, machine, *gpus))


def _describe_gpu(gpu: GpuSample) -> str:
    used, total = _gib(gpu.memory_used_bytes), _gib(gpu.memory_total_bytes)
    watts = _UNKNOWN if gpu.power_watts is None else f"{gpu.power_watts:.0f} W"
    return (
        f"{gpu.name} {_percent(gpu.load_percent)} VRAM {used} of {total}"
        f" (server {_gib(gpu.memory_process_bytes)}) power {watts}"
    )


def _clock(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def _seconds(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:.2f} s"


def _percent(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:.0f} %"


def _gib(value: int | None) -> str:
    return _UNKNOWN if value is None else f"{value / _GIB:.2f} GiB"


def _of(count: int | None, total: int | None) -> str:
    return _UNKNOWN if count is None else f"{count} of {total}"
