"""A server that crashes comes back once by itself. No process, no socket, no sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes.fake_launcher import FakeLauncher, FakeProcess, build_ending, build_failure
from fakes.state_recorder import StateRecorder
from llama_desktop.domain.errors import ServerStartAborted, ServerStartFailed
from llama_desktop.domain.failure import FailureCause
from llama_desktop.domain.llama import Failed, Running, ServerConfig, Starting, Stopped
from llama_desktop.services.llama.service import LlamaCppService

A = ServerConfig(model_path=Path("a.gguf"), context_size=2048)
B = ServerConfig(model_path=Path("b.gguf"))
FOREVER = 1e9


class Stage:
    """A service on a fake launcher."""

    def __init__(self, service: LlamaCppService, launcher: FakeLauncher) -> None:
        self.service = service
        self.launcher = launcher
        self.recorder = StateRecorder(service.topic)

    async def run(self, config: ServerConfig = A) -> FakeProcess:
        start = asyncio.create_task(self.service.start(config))
        launch = await self.launcher.next_launch(len(self.launcher.launches) + 1)
        process = launch.succeed()
        await start
        return process


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    launcher = FakeLauncher()
    async with LlamaCppService(launcher, restart_seconds=0) as service:
        yield Stage(service, launcher)
    assert not launcher.alive
    assert launcher.most_alive <= 1


@pytest.fixture
async def pausing() -> AsyncIterator[Stage]:
    """Its pause before a restart never ends."""
    launcher = FakeLauncher()
    async with LlamaCppService(launcher, restart_seconds=FOREVER) as service:
        yield Stage(service, launcher)
    assert not launcher.alive


async def test_a_crash_restarts_the_same_config_and_says_why(stage: Stage) -> None:
    process = await stage.run()
    process.exit(build_ending())
    again = await stage.recorder.next(Starting)
    assert isinstance(again, Starting)
    assert again.config == A
    assert again.recovers_from is not None
    assert again.recovers_from.cause is FailureCause.CRASHED
    assert again.last_load_seconds is not None
    launch = await stage.launcher.next_launch(2)
    assert launch.config == A
    launch.succeed()
    running = await stage.recorder.next(Running)
    assert isinstance(running, Running)
    assert running.recovered_from == again.recovers_from
    assert stage.recorder.names == ["stopped", "starting", "running", "starting", "running"]


async def test_what_the_crashed_one_left_is_gone_before_the_next_is_launched(stage: Stage) -> None:
    process = await stage.run()
    process.may_leave.clear()
    process.exit(build_ending())
    await process.is_being_stopped.wait()
    assert len(stage.launcher.launches) == 1
    process.may_leave.set()
    (await stage.launcher.next_launch(2)).succeed()
    await stage.recorder.until(Running)


async def test_a_second_crash_soon_after_is_a_failure_that_offers_something_else(
    stage: Stage,
) -> None:
    (await stage.run()).exit(build_ending())
    process = (await stage.launcher.next_launch(2)).succeed()
    await stage.recorder.next(Running)
    process.exit(build_ending())
    failed = await stage.recorder.until(Failed)
    assert isinstance(failed, Failed)
    assert failed.failure.attempt == 2
    again = stage.recorder.states[3]
    assert isinstance(again, Starting)
    assert again.recovers_from is not None
    assert failed.failure.actions[0] != again.recovers_from.actions[0]
    assert len(stage.launcher.launches) == 2


async def test_a_restart_that_fails_is_a_failure_and_no_more_restarts(stage: Stage) -> None:
    (await stage.run()).exit(build_ending())
    launch = await stage.launcher.next_launch(2)
    launch.fail(ServerStartFailed("No.", failure=build_failure("No.", while_loading=True)))
    failed = await stage.recorder.until(Failed)
    assert isinstance(failed, Failed)
    assert failed.failure.message == "No."
    assert len(stage.launcher.launches) == 2


async def test_stop_in_the_pause_cancels_the_restart(pausing: Stage) -> None:
    (await pausing.run()).exit(build_ending())
    await pausing.recorder.next(Starting)
    await pausing.service.stop()
    assert isinstance(pausing.service.state, Stopped)
    assert len(pausing.launcher.launches) == 1


async def test_a_start_of_the_same_config_in_the_pause_waits_for_the_restart(
    pausing: Stage,
) -> None:
    (await pausing.run()).exit(build_ending())
    await pausing.recorder.next(Starting)
    start = asyncio.create_task(pausing.service.start(A))
    await asyncio.sleep(0)
    await pausing.service.stop()
    with pytest.raises(ServerStartAborted):
        await start
    assert len(pausing.launcher.launches) == 1


async def test_a_start_of_another_model_in_the_pause_takes_its_place(pausing: Stage) -> None:
    (await pausing.run()).exit(build_ending())
    await pausing.recorder.next(Starting)
    await pausing.run(B)
    running = pausing.service.state
    assert isinstance(running, Running)
    assert (running.config, running.recovered_from) == (B, None)


async def test_the_end_of_the_app_in_the_pause_leaves_nothing() -> None:
    launcher = FakeLauncher()
    async with LlamaCppService(launcher, restart_seconds=FOREVER) as service:
        stage = Stage(service, launcher)
        (await stage.run()).exit(build_ending())
        await stage.recorder.next(Starting)
    assert isinstance(service.state, Stopped)
    assert not launcher.alive
