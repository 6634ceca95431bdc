"""A probe without a machine."""

from __future__ import annotations

import threading

from llama_desktop.domain.metrics import GpuReading, GpuSample, MetricsSample
from llama_desktop.infrastructure.metrics.probe import ProbeFailed


def build_sample(number: float, pid: int) -> MetricsSample:
    """A sample whose time is its number."""
    return MetricsSample(
        time=number,
        pid=pid,
        cpu_percent=None,
        cpu_cores=None,
        memory_bytes=None,
        memory_kind=None,
        machine_memory_used_bytes=None,
        machine_memory_total_bytes=None,
        gpus=None,
    )


class FakeProbe:
    """Numbers its samples, and fails or takes its time when a test wants it to."""

    def __init__(self, first_time: float) -> None:
        self.count = 0
        self.is_failing = False
        self.is_closed = False
        self.was_asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.energy_joules = 0.0
        self._first_time = first_time

    def sample(self, pid: int) -> MetricsSample:
        """As the real one, from a thread."""
        self.count += 1
        self.was_asked.set()
        self.may_answer.wait()
        if self.is_failing:
            raise ProbeFailed("the fake fails")
        return build_sample(self._first_time + self.count, pid)

    def read_gpus(self, pid: int) -> GpuReading:
        """One card that counts 5 J more each time it is read."""
        self.may_answer.wait()
        self.energy_joules += 5
        gpu = GpuSample(
            index=0,
            name="Fake GPU",
            load_percent=None,
            memory_used_bytes=None,
            memory_total_bytes=None,
            memory_process_bytes=1,
            temperature_celsius=None,
            power_watts=None,
            energy_joules=self.energy_joules,
        )
        return GpuReading(time=self._first_time, pid=pid, gpus=(gpu,))

    def close(self) -> None:
        """Remember it."""
        self.is_closed = True
