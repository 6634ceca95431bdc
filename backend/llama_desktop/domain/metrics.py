"""The values of telemetry: what the server and the machine use. None: not available."""

from __future__ import annotations

from msgspec import Struct


class GpuSample(Struct, frozen=True, kw_only=True):
    """One GPU, or one instance of a divided one, at one moment."""

    index: int
    name: str
    load_percent: float | None
    memory_used_bytes: int | None
    """By all programs."""
    memory_total_bytes: int | None
    memory_process_bytes: int | None
    """By the server."""
    temperature_celsius: float | None
    power_watts: float | None
    clock_megahertz: int | None = None
    memory_clock_megahertz: int | None = None
    fan_percent: float | None = None
    is_instance: bool = False
    """A part of a card (MIG): the memory is its own; heat, power, clocks and fan are the card's."""
    memory_reserved_bytes: int | None = None
    """Kept by the driver: neither used nor free."""
    energy_joules: float | None = None
    """Counted by the card since its driver was loaded; only of a `GpuReading`."""


class GpuReading(Struct, frozen=True, kw_only=True):
    """The GPUs alone, read at the begin or the end of an answer."""

    time: float
    """Seconds since the epoch."""
    pid: int
    gpus: tuple[GpuSample, ...]


class MetricsSample(Struct, frozen=True, kw_only=True):
    """One reading, made every 2 seconds while a server runs and somebody listens."""

    time: float
    """Seconds since the epoch."""
    pid: int
    cpu_percent: float | None
    """Of the whole machine, 0 to 100, by the server and its children."""
    cpu_cores: float | None
    """The same in cores."""
    machine_threads: int | None = None
    """Logical processors of the machine."""
    memory_bytes: int | None
    """By the server and its children."""
    memory_kind: str | None
    """How it was counted: `pss`, `uss` or `rss`."""
    machine_memory_used_bytes: int | None
    machine_memory_total_bytes: int | None
    disk_read_bytes_per_second: float | None = None
    """By the server and its children."""
    gpus: tuple[GpuSample, ...] | None
    """None: no GPU driver that we can read."""
    gpu_shares_ram: bool = False
    """The GPU has no memory of its own: what is told of the RAM is of both."""


class MetricsSnapshot(Struct, frozen=True, kw_only=True, tag="snapshot"):
    """The samples of the last two minutes (60 at most), oldest first."""

    samples: tuple[MetricsSample, ...]


class MetricsStalled(Struct, frozen=True, kw_only=True, tag="stalled"):
    """A sensor does not answer; the next sample says that it does again."""

    since: float
    """When it was asked, seconds since the epoch."""


class MetricsSampled(Struct, frozen=True, kw_only=True, tag="sampled"):
    """One new sample."""

    sample: MetricsSample


MetricsEvent = MetricsSnapshot | MetricsSampled | MetricsStalled
