"""What telemetry keeps of one run of the server. No I/O."""

from __future__ import annotations

from typing import Final

from llama_desktop.domain.metrics import MetricsSample

RECENT: Final = 1800
"""An hour at a sample every two seconds."""
OLDER: Final = 900


class RunHistory:
    """Every sample of the last hour, and of the time before an ever thinner choice of them."""

    def __init__(self) -> None:
        self._recent: list[MetricsSample] = []
        self._older: list[MetricsSample] = []
        self._stride = 1
        self._passed = 0

    def add(self, sample: MetricsSample) -> None:
        """Keep one; the oldest give way."""
        self._recent.append(sample)
        if len(self._recent) <= RECENT:
            return
        oldest = self._recent.pop(0)
        if self._passed % self._stride == 0:
            self._older.append(oldest)
        self._passed += 1
        if len(self._older) > OLDER:
            self._older = self._older[::2]
            self._stride *= 2
            self._passed = 0

    def latest(self) -> MetricsSample | None:
        """The newest."""
        return self._recent[-1] if self._recent else None

    def last(self, count: int) -> tuple[MetricsSample, ...]:
        """The newest ones, oldest first; at most those of the last hour."""
        return tuple(self._recent[-count:])

    def all(self) -> tuple[MetricsSample, ...]:
        """Everything that is kept, oldest first."""
        return (*self._older, *self._recent)
