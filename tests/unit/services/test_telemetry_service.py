"""Telemetry: who is sampled when, for whom, and what is told of failures."""

from __future__ import annotations

import asyncio
import logging
import time
from asyncio import Queue
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fakes.fake_launcher import ENGINE
from fakes.fake_probe import FakeProbe
from llama_desktop.domain.llama import (
    LoadedModel,
    Running,
    ServerConfig,
    ServerState,
    Starting,
    Stopped,
    Stopping,
)
from llama_desktop.domain.metrics import (
    MetricsEvent,
    MetricsSampled,
    MetricsSnapshot,
    MetricsStalled,
)
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.telemetry import TelemetryService

CONFIG = ServerConfig(model_path=Path("a.gguf"))
NEVER = 3600.0


def build_running(pid: int) -> Running:
    return Running(
        config=CONFIG,
        pid=pid,
        base_url="http://127.0.0.1:1",
        engine=ENGINE,
        model=LoadedModel(name="a", path=Path("a.gguf"), context_size=1, slots=1, has_vision=False),
        since=0.0,
        load_seconds=0.0,
    )


class Stage:
    """Telemetry of a server whose states a test publishes."""

    def __init__(self, interval_seconds: float, patience_seconds: float = NEVER) -> None:
        self.state: ServerState = Stopped()
        self.states = Topic[ServerState]("server_state", lambda: self.state)
        self.probe = FakeProbe(time.time())
        self.service = TelemetryService(
            self.states,
            self.probe,
            interval_seconds=interval_seconds,
            patience_seconds=patience_seconds,
        )

    def become(self, state: ServerState) -> None:
        self.state = state
        self.states.publish(state)

    def listen(self) -> Queue[MetricsEvent]:
        """Listen for good."""
        events: Queue[MetricsEvent] = Queue()
        self.stop_listening = self.service.metrics.subscribe(
            lambda event, _sequence: events.put_nowait(event)
        )
        return events


@asynccontextmanager
async def open_stage(interval_seconds: float = NEVER) -> AsyncIterator[Stage]:
    stage = Stage(interval_seconds)
    async with stage.service:
        yield stage
    assert stage.probe.is_closed


async def next_sample(events: Queue[MetricsEvent]) -> MetricsSampled:
    while not isinstance(event := await events.get(), MetricsSampled):
        pass
    return event


async def test_a_running_server_is_sampled_for_a_listener() -> None:
    async with open_stage() as stage:
        stage.become(build_running(7))
        events = stage.listen()
        assert events.get_nowait() == MetricsSnapshot(samples=())
        assert (await next_sample(events)).sample.pid == 7


async def test_a_listener_who_was_there_first_hears_the_first_sample() -> None:
    async with open_stage() as stage:
        events = stage.listen()
        stage.become(build_running(7))
        assert (await next_sample(events)).sample.pid == 7


async def test_samples_follow_each_other() -> None:
    async with open_stage(interval_seconds=0.0) as stage:
        stage.become(build_running(7))
        events = stage.listen()
        times = [(await next_sample(events)).sample.time for _ in range(70)]
        assert times == sorted(times)
        snapshot = stage.service.metrics.snapshot()
        assert isinstance(snapshot, MetricsSnapshot)


async def test_a_new_listener_gets_the_last_sixty_samples() -> None:
    async with open_stage(interval_seconds=0.001) as stage:
        stage.become(build_running(7))
        events = stage.listen()
        for _ in range(70):
            await next_sample(events)
    snapshot = stage.service.metrics.snapshot()
    assert isinstance(snapshot, MetricsSnapshot)
    assert len(snapshot.samples) == 60


async def test_nothing_is_sampled_for_nobody() -> None:
    async with open_stage(interval_seconds=0.0) as stage:
        stage.become(build_running(7))
        events = stage.listen()
        await next_sample(events)
        stage.stop_listening()
        await asyncio.to_thread(int)  # a sample under way uses a thread as this does
        count = stage.probe.count
        for _ in range(20):
            await asyncio.to_thread(int)
        assert stage.probe.count <= count + 1


async def test_nothing_is_sampled_while_no_server_runs() -> None:
    async with open_stage(interval_seconds=0.0) as stage:
        stage.listen()
        assert await stage.service.latest() is None
        stage.become(Stopping(config=CONFIG))
        assert await stage.service.latest() is None
        assert stage.probe.count == 0


async def test_a_sample_is_made_for_whoever_asks_when_nobody_listens() -> None:
    async with open_stage() as stage:
        stage.become(build_running(7))
        sample = await stage.service.latest()
        assert sample is not None
        assert sample.pid == 7
        assert await stage.service.latest() is sample
        assert stage.probe.count == 1


async def test_a_server_that_stops_answers_who_asked_for_a_sample() -> None:
    async with open_stage() as stage:
        stage.become(build_running(7))
        stage.probe.may_answer.clear()
        asker = asyncio.create_task(stage.service.latest())
        await asyncio.sleep(0)
        stage.become(Stopping(config=CONFIG))
        assert await asker is None
        stage.probe.may_answer.set()


async def test_the_samples_of_one_server_are_not_shown_for_the_next() -> None:
    async with open_stage() as stage:
        stage.become(build_running(7))
        events = stage.listen()
        await next_sample(events)
        stage.become(Stopped())
        assert await events.get() == MetricsSnapshot(samples=())
        stage.become(build_running(8))
        assert (await next_sample(events)).sample.pid == 8


async def test_a_sample_that_comes_too_late_is_dropped() -> None:
    async with open_stage() as stage:
        stage.probe.may_answer.clear()
        stage.become(build_running(7))
        events = stage.listen()
        await asyncio.to_thread(stage.probe.was_asked.wait)
        stage.become(build_running(8))
        stage.probe.may_answer.set()
        assert (await next_sample(events)).sample.pid == 8


async def test_a_failing_probe_and_its_recovery_are_told_once_each(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    async with open_stage(interval_seconds=0.0) as stage:
        stage.probe.is_failing = True
        stage.become(build_running(7))
        for _ in range(3):
            assert await stage.service.latest() is None
        stage.probe.is_failing = False
        assert await stage.service.latest() is not None
        assert await stage.service.latest() is not None
    assert [record.message for record in caplog.records] == [
        "Telemetry fails: the fake fails",
        "Telemetry works again.",
    ]


async def test_a_driver_that_hangs_is_told_and_asked_no_second_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    stage = Stage(0.0, patience_seconds=0.001)
    async with stage.service:
        stage.probe.may_answer.clear()
        stage.become(build_running(7))
        events = stage.listen()
        stalls = 0
        while stalls < 3:
            stalls += isinstance(await events.get(), MetricsStalled)
        assert stage.probe.count == 1
        assert await stage.service.latest() is None
        stage.probe.may_answer.set()
        assert (await next_sample(events)).sample.pid == 7
    assert [record.message for record in caplog.records][:1] == [
        "The sensors do not answer: a driver hangs."
    ]
    assert "The sensors answer again." in [record.message for record in caplog.records]


async def test_a_server_is_sampled_while_it_loads_as_soon_as_its_process_is_there() -> None:
    async with open_stage() as stage:
        events = stage.listen()
        stage.become(Starting(config=CONFIG, since=0.0))
        stage.become(Starting(config=CONFIG, since=0.0, pid=7))
        assert (await next_sample(events)).sample.pid == 7


async def test_what_was_measured_of_a_run_is_kept_until_the_next_one_has_its_own() -> None:
    async with open_stage() as stage:
        stage.become(build_running(7))
        sample = await stage.service.latest()
        stage.become(Stopped())
        assert stage.service.history == (sample,)
        stage.become(build_running(8))
        assert await stage.service.latest() in stage.service.history
        assert sample not in stage.service.history


async def test_the_gpus_are_read_alone_for_whoever_asks_one_reading_for_all() -> None:
    async with open_stage() as stage:
        assert stage.service.ask_gpus() is None
        stage.become(build_running(7))
        stage.probe.may_answer.clear()
        first, second = stage.service.ask_gpus(), stage.service.ask_gpus()
        assert first is not None
        assert first is second
        stage.probe.may_answer.set()
        assert (await first).pid == 7
        later = stage.service.ask_gpus()
        assert later is not None
        assert (await later).gpus[0].energy_joules == 10.0
        assert stage.probe.count == 0
