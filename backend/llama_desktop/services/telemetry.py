"""Samples what the server uses: every 2 s while it runs and somebody listens, else when asked."""

from __future__ import annotations

import asyncio
import logging
import time
from asyncio import Future
from collections import deque
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from llama_desktop.domain.llama import Running, ServerState
from llama_desktop.domain.metrics import (
    MetricsEvent,
    MetricsSample,
    MetricsSampled,
    MetricsSnapshot,
)
from llama_desktop.infrastructure.metrics.probe import Probe, ProbeFailed
from llama_desktop.services.event_hub import Topic

logger = logging.getLogger(__name__)

_HISTORY_LENGTH: Final = 60


class TelemetryService:
    """Owns the probe and the one task that reads it. Open it with `async with`."""

    def __init__(
        self, server_states: Topic[ServerState], probe: Probe, *, interval_seconds: float = 2.0
    ) -> None:
        self.metrics: Final = Topic[MetricsEvent]("metrics", self._build_snapshot)
        self.metrics.on_first_listener = self._wake_up
        self._server_states = server_states
        self._probe = probe
        self._interval_seconds = interval_seconds
        self._pid: int | None = None
        self._history: deque[MetricsSample] = deque(maxlen=_HISTORY_LENGTH)
        self._sampled_at = 0.0
        self._askers: list[Future[MetricsSample | None]] = []
        self._wake = asyncio.Event()
        self._is_failing = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="telemetry")
        self._unsubscribe = self._server_states.subscribe(self._on_server_state)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._unsubscribe()
        self._task.cancel()
        await asyncio.wait([self._task])
        self._answer_askers(None)
        await asyncio.to_thread(self._probe.close)
        if not self._task.cancelled():
            self._task.result()  # it ended by a defect, which is not to be hidden

    @property
    def last_sample(self) -> MetricsSample | None:
        """The newest of the server that runs, or that has just gone; None: nobody listened."""
        return self._history[-1] if self._history else None

    async def latest(self) -> MetricsSample | None:
        """The latest sample, or one made for the asker when nobody listens. None: no server."""
        if self._pid is None:
            return None
        if self._history and time.monotonic() - self._sampled_at < self._interval_seconds:
            return self._history[-1]
        asker: Future[MetricsSample | None] = asyncio.get_running_loop().create_future()
        self._askers.append(asker)
        self._wake_up()
        return await asker

    def _build_snapshot(self) -> MetricsSnapshot:
        oldest = time.time() - _HISTORY_LENGTH * self._interval_seconds
        return MetricsSnapshot(samples=tuple(s for s in self._history if s.time >= oldest))

    def _on_server_state(self, state: ServerState, _sequence: int) -> None:
        pid = state.pid if isinstance(state, Running) else None
        if pid == self._pid:
            return
        self._pid = pid
        self._is_failing = False
        if self._history:  # it was another server's
            self._history.clear()
            self.metrics.publish(self._build_snapshot())
        if pid is None:
            self._answer_askers(None)
        else:
            self._wake_up()

    def _wake_up(self) -> None:
        self._wake.set()

    async def _run(self) -> None:
        try:
            while True:
                await self._sample_when_wanted()
        except Exception:
            logger.exception("Telemetry ended by a defect.")
            raise

    async def _sample_when_wanted(self) -> None:
        """Once, then wait until the next one is due or something has changed."""
        self._wake.clear()
        pause_seconds = None
        if self._pid is not None and (self.metrics.has_listeners or self._askers):
            await self._sample(self._pid)
            pause_seconds = self._interval_seconds
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_seconds):
                await self._wake.wait()

    async def _sample(self, pid: int) -> None:
        try:
            sample = await asyncio.to_thread(self._probe.sample, pid)
        except ProbeFailed as error:
            if not self._is_failing and pid == self._pid:
                logger.warning("Telemetry fails: %s", error)
                self._is_failing = True
            self._answer_askers(None)
            return
        if pid != self._pid:
            return  # that server has gone while it was being looked at
        if self._is_failing:
            logger.warning("Telemetry works again.")
            self._is_failing = False
        self._sampled_at = time.monotonic()
        self._history.append(sample)
        self.metrics.publish(MetricsSampled(sample=sample))
        self._answer_askers(sample)

    def _answer_askers(self, sample: MetricsSample | None) -> None:
        askers, self._askers = self._askers, []
        for asker in askers:
            if not asker.done():
                asker.set_result(sample)
