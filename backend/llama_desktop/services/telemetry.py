"""Samples what the server uses: every 2 s while it runs and somebody listens, else when asked."""

from __future__ import annotations

import asyncio
import logging
import time
from asyncio import Future
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from llama_desktop.domain.llama import Running, ServerState, Starting
from llama_desktop.domain.metrics import (
    GpuReading,
    MetricsEvent,
    MetricsSample,
    MetricsSampled,
    MetricsSnapshot,
    MetricsStalled,
)
from llama_desktop.infrastructure.metrics.probe import Probe, ProbeFailed
from llama_desktop.infrastructure.metrics.probe_thread import ProbeThread
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.run_history import RunHistory

logger = logging.getLogger(__name__)

_SHOWN_LENGTH: Final = 60
_PATIENCE_SECONDS: Final = 5.0
"""A sample takes milliseconds; after so long a driver is said to hang."""


class TelemetryService:
    """Owns the probe and the one task that reads it. Open it with `async with`."""

    def __init__(
        self,
        server_states: Topic[ServerState],
        probe: Probe,
        *,
        interval_seconds: float = 2.0,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self.metrics: Final = Topic[MetricsEvent]("metrics", self._build_snapshot)
        self.metrics.on_first_listener = self._wake_up
        self._server_states = server_states
        self._probe = ProbeThread(probe)
        self._reading: Future[MetricsSample] | None = None
        """Asked for and not answered: there is never a second one."""
        self._gpu_reading: Future[GpuReading] | None = None
        """As `_reading`."""
        self._patience_seconds = patience_seconds
        self._asked_at = 0.0
        self._is_stalled = False
        self._interval_seconds = interval_seconds
        self._pid: int | None = None
        self._history = RunHistory()
        self._history_before: tuple[MetricsSample, ...] = ()
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
        await self._probe.close()
        if not self._task.cancelled():
            self._task.result()  # it ended by a defect, which is not to be hidden

    @property
    def last_sample(self) -> MetricsSample | None:
        """The newest of the server that runs, or that has just gone; None: nobody listened."""
        return self._history.latest()

    @property
    def history(self) -> tuple[MetricsSample, ...]:
        """Of this run or the last one, oldest first: its last hour whole, before that thinned."""
        return self._history.all() or self._history_before

    async def latest(self) -> MetricsSample | None:
        """The latest sample, or one made for the asker when nobody listens. None: no server."""
        if self._pid is None:
            return None
        latest = self._history.latest()
        if latest and time.monotonic() - self._sampled_at < self._interval_seconds:
            return latest
        asker: Future[MetricsSample | None] = asyncio.get_running_loop().create_future()
        self._askers.append(asker)
        self._wake_up()
        return await asker

    def ask_gpus(self) -> Future[GpuReading] | None:
        """A reading of the GPUs alone, begun at once. None: no server, or a driver hangs.

        One under way serves all who ask. It is not to be cancelled, and may never come: it is to
        be waited for with a deadline.
        """
        if self._pid is None or self._is_stalled:
            return None
        if self._gpu_reading is None or self._gpu_reading.done():
            self._gpu_reading = self._probe.ask_gpus(self._pid)
            self._gpu_reading.add_done_callback(_look_at_error)
        return self._gpu_reading

    def _build_snapshot(self) -> MetricsSnapshot:
        oldest = time.time() - _SHOWN_LENGTH * self._interval_seconds
        shown = self._history.last(_SHOWN_LENGTH)
        return MetricsSnapshot(samples=tuple(s for s in shown if s.time >= oldest))

    def _on_server_state(self, state: ServerState, _sequence: int) -> None:
        pid = state.pid if isinstance(state, Running | Starting) else None
        if pid == self._pid:
            return
        self._pid = pid
        self._is_failing = False
        if self._history.latest() is not None:  # it was another server's
            self._history_before = self._history.all()
            self._history = RunHistory()
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
        if self._reading is None:
            self._reading, self._asked_at = self._probe.ask(pid), time.time()
        done, _ = await asyncio.wait([self._reading], timeout=self._patience_seconds)
        if not done:
            self._stall()
            return
        reading, self._reading = self._reading, None
        try:
            sample = reading.result()
        except ProbeFailed as error:
            if not self._is_failing and pid == self._pid:
                logger.warning("Telemetry fails: %s", error)
                self._is_failing = True
            self._answer_askers(None)
            return
        if sample.pid != self._pid:
            return  # that server has gone while it was being looked at
        if self._is_stalled:
            logger.warning("The sensors answer again.")
            self._is_stalled = False
        if self._is_failing:
            logger.warning("Telemetry works again.")
            self._is_failing = False
        self._sampled_at = time.monotonic()
        self._history.add(sample)
        self.metrics.publish(MetricsSampled(sample=sample))
        self._answer_askers(sample)

    def _stall(self) -> None:
        """A driver hangs: said once; it is waited for further, and asked nothing meanwhile."""
        if not self._is_stalled:
            logger.warning("The sensors do not answer: a driver hangs.")
            self._is_stalled = True
        self.metrics.publish(MetricsStalled(since=self._asked_at))
        self._answer_askers(None)

    def _answer_askers(self, sample: MetricsSample | None) -> None:
        askers, self._askers = self._askers, []
        for asker in askers:
            if not asker.done():
                asker.set_result(sample)


def _look_at_error(reading: Future[GpuReading]) -> None:
    """Whoever waits for it may have gone; asyncio would complain that nobody looked."""
    if not reading.cancelled() and (error := reading.exception()) is not None:
        logger.debug("The GPUs could not be read: %s", error)
