"""How much energy the graphics cards took while an answer was made."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from llama_desktop.domain.metrics import GpuReading, GpuSample, MetricsSample

_PATIENCE_SECONDS: Final = 0.25
"""A reading takes milliseconds; for longer the end of no answer waits."""
_LONGEST_GAP_SECONDS: Final = 5.0
"""Between samples of the power that stand for the time between them: two intervals and a bit."""

AskGpus = Callable[[], Future[GpuReading] | None]


@dataclass(frozen=True, slots=True)
class EnergyUse:
    """What the cards that the server uses took, whatever else ran on them."""

    joules: float
    is_about: bool
    """Made of samples of the power; else counted by the cards."""


class Measurement:
    """Of one answer, from its slot taken to its slot left."""

    def __init__(self, ask: AskGpus, samples: Callable[[], tuple[MetricsSample, ...]]) -> None:
        self._ask = ask
        self._samples = samples
        self._begin = ask()
        self._end: Future[GpuReading] | None = None
        self._is_shared = False

    def share(self) -> None:
        """Another answer is made at the same time: whose the energy is, nobody can tell."""
        self._is_shared = True

    def stop(self) -> None:
        """The answer has ended. Does not wait."""
        self._end = None if self._is_shared else self._ask()

    async def result(self) -> EnergyUse | None:
        """None: it was not measured, or the driver does not answer in time."""
        if self._begin is None or self._end is None:
            return None
        readings = [self._begin, self._end]
        await asyncio.wait(readings, timeout=_PATIENCE_SECONDS)
        if any(not reading.done() or reading.exception() for reading in readings):
            return None
        return find_energy(self._begin.result(), self._end.result(), self._samples())


class EnergyMeter:
    """Measures one answer at a time."""

    def __init__(self, ask: AskGpus, samples: Callable[[], tuple[MetricsSample, ...]]) -> None:
        """`ask` begins a reading of the GPUs; `samples`: what telemetry keeps of this run."""
        self._ask = ask
        self._samples = samples
        self._open: list[Measurement] = []

    @contextmanager
    def measure(self) -> Iterator[Measurement]:
        """Measure while the block runs; the result is to be asked for afterwards."""
        measurement = Measurement(self._ask, self._samples)
        self._open.append(measurement)
        if len(self._open) > 1:
            for each in self._open:
                each.share()
        try:
            yield measurement
        finally:
            measurement.stop()
            self._open.remove(measurement)


def find_energy(
    begin: GpuReading, end: GpuReading, samples: tuple[MetricsSample, ...]
) -> EnergyUse | None:
    """Of all GPUs that hold memory of the server. None as soon as one of them is not measured."""
    used = [gpu for gpu in end.gpus if (gpu.memory_process_bytes or 0) > 0]
    if begin.pid != end.pid or not used:
        return None
    uses = [_find_energy_of(gpu, begin, end, samples) for gpu in used]
    known = [use for use in uses if use is not None]
    if len(known) < len(uses):
        return None
    return EnergyUse(sum(use.joules for use in known), any(use.is_about for use in known))


def _find_energy_of(
    gpu: GpuSample, begin: GpuReading, end: GpuReading, samples: tuple[MetricsSample, ...]
) -> EnergyUse | None:
    before = _find_gpu(gpu, begin.gpus)
    if gpu.is_instance or before is None:
        return None  # the energy is that of the whole card
    if gpu.energy_joules is not None and before.energy_joules is not None:
        counted = gpu.energy_joules - before.energy_joules
        return EnergyUse(counted, is_about=False) if counted > 0 else None
    within = [sample for sample in samples if begin.time < sample.time < end.time]
    if not within:
        return None  # the two ends say nothing of what was between them
    moments = [(begin.time, before), *((s.time, _find_gpu(gpu, s.gpus)) for s in within)]
    return _integrate([*moments, (end.time, gpu)])


def _find_gpu(gpu: GpuSample, gpus: tuple[GpuSample, ...] | None) -> GpuSample | None:
    return next((other for other in gpus or () if other.index == gpu.index), None)


def _integrate(moments: list[tuple[float, GpuSample | None]]) -> EnergyUse | None:
    joules = 0.0
    for (start, first), (stop, second) in pairwise(moments):
        watts = [gpu.power_watts for gpu in (first, second) if gpu is not None]
        known = [power for power in watts if power is not None]
        if len(known) < 2 or stop - start > _LONGEST_GAP_SECONDS:
            return None
        joules += sum(known) / 2 * (stop - start)
    return EnergyUse(joules, is_about=True) if joules > 0 else None
