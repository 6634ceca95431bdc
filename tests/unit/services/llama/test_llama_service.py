"""The server's handle and actor in every awkward order. No process, no socket, no sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from fakes.fake_launcher import FakeLauncher, FakeProcess, build_ending, build_failure
from fakes.state_recorder import StateRecorder
from llama_desktop.domain.errors import (
    EngineNotFound,
    InternalError,
    ModelUnusable,
    ServerNotRunning,
    ServerStartAborted,
    ServerStartFailed,
)
from llama_desktop.domain.failure import FailureCause
from llama_desktop.domain.llama import (
    Failed,
    LaunchSteps,
    Running,
    ServerConfig,
    ServerState,
    Starting,
    Stopped,
    Stopping,
)
from llama_desktop.infrastructure.llama.process import LaunchProgress
from llama_desktop.services.llama.service import LlamaCppService

A = ServerConfig(model_path=Path("a.gguf"))
B = ServerConfig(model_path=Path("b.gguf"))
T = TypeVar("T")


class Stage:
    """A service on a fake launcher, with what a test asks of them again and again."""

    def __init__(self, service: LlamaCppService, launcher: FakeLauncher) -> None:
        self.service = service
        self.launcher = launcher
        self.recorder = StateRecorder(service.topic)

    async def run(self, config: ServerConfig = A) -> FakeProcess:
        """Start a model and let it become healthy."""
        start = self.begin(self.service.start(config))
        launch = await self.launcher.next_launch(len(self.launcher.launches) + 1)
        process = launch.succeed()
        await start
        return process

    async def crash_for_good(self) -> FakeProcess:
        """Run a model that crashes, is loaded again by itself, and crashes once more."""
        process = await self.run()
        process.exit(build_ending())
        launch = await self.launcher.next_launch(len(self.launcher.launches) + 1)
        again = launch.succeed()
        await self.recorder.until(Running)
        again.exit(build_ending())
        await self.recorder.until(Failed)
        return again

    @staticmethod
    def begin(request: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Ask without waiting; requests are posted in the order of these calls."""
        return asyncio.create_task(request)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    launcher = FakeLauncher()
    async with LlamaCppService(launcher, restart_seconds=0) as service:
        yield Stage(service, launcher)
    assert not launcher.alive
    assert launcher.most_alive <= 1


async def test_a_start_goes_through_starting_to_running(stage: Stage) -> None:
    process = await stage.run()
    running = stage.service.state
    assert isinstance(running, Running)
    assert (running.pid, running.base_url, running.config) == (process.pid, process.base_url, A)
    assert running.model == process.model
    assert stage.recorder.names == ["stopped", "starting", "running"]


async def test_the_state_is_published_before_the_caller_is_answered(stage: Stage) -> None:
    start = stage.begin(stage.service.start(A))
    (await stage.launcher.next_launch(1)).succeed()
    assert await start is stage.recorder.states[-1]


async def test_a_second_start_with_the_same_config_waits_for_the_first(stage: Stage) -> None:
    first = stage.begin(stage.service.start(A))
    second = stage.begin(stage.service.start(A))
    (await stage.launcher.next_launch(1)).succeed()
    assert await first == await second
    assert len(stage.launcher.launches) == 1


async def test_a_start_of_the_running_config_is_answered_at_once(stage: Stage) -> None:
    await stage.run()
    assert await stage.service.start(A) is stage.service.state
    assert len(stage.launcher.launches) == 1


async def test_another_model_while_starting_replaces_it_and_its_waiter_is_told(
    stage: Stage,
) -> None:
    first = stage.begin(stage.service.start(A))
    await stage.launcher.next_launch(1)
    second = stage.begin(stage.service.start(B))
    (await stage.launcher.next_launch(2)).succeed()
    with pytest.raises(ServerStartAborted, match="Another model"):
        await first
    assert (await second).config == B
    assert stage.launcher.launches[0].was_cancelled
    expected = ["stopped", "starting", "stopping", "stopped", "starting", "running"]
    assert stage.recorder.names == expected


async def test_another_model_while_running_stops_the_first_then_starts(stage: Stage) -> None:
    process = await stage.run(A)
    await stage.run(B)
    assert process.stops == 1
    assert stage.recorder.names[2:] == ["running", "stopping", "stopped", "starting", "running"]


async def test_stop_while_starting_answers_the_starts_waiter_cancelled(stage: Stage) -> None:
    start = stage.begin(stage.service.start(A))
    await stage.launcher.next_launch(1)
    await stage.service.stop()
    with pytest.raises(ServerStartAborted, match="cancelled"):
        await start
    assert stage.recorder.names == ["stopped", "starting", "stopping", "stopped"]


async def test_stop_catches_a_server_that_became_healthy_in_that_moment(stage: Stage) -> None:
    start = stage.begin(stage.service.start(A))
    launch = await stage.launcher.next_launch(1)
    launch.is_healthy_despite_cancel = True
    await stage.service.stop()
    with pytest.raises(ServerStartAborted):
        await start
    assert launch.process.stops == 1
    assert isinstance(stage.service.state, Stopped)


async def test_a_launch_that_fails_while_it_is_cancelled_is_a_stop_like_any_other(
    stage: Stage,
) -> None:
    start = stage.begin(stage.service.start(A))
    launch = await stage.launcher.next_launch(1)
    stop = stage.begin(stage.service.stop())
    launch.fail(ServerStartFailed("It died.", failure=build_failure(while_loading=True)))
    await stop
    with pytest.raises((ServerStartAborted, ServerStartFailed)):
        await start
    assert isinstance(stage.service.state, Stopped)


async def test_a_start_while_stopping_waits_until_it_has_stopped(stage: Stage) -> None:
    process = await stage.run(A)
    process.may_leave.clear()
    stop = stage.begin(stage.service.stop())
    await stage.recorder.until(Stopping)
    start = stage.begin(stage.service.start(B))
    await process.is_being_stopped.wait()
    assert len(stage.launcher.launches) == 1
    process.may_leave.set()
    (await stage.launcher.next_launch(2)).succeed()
    await stop
    assert (await start).config == B


async def test_stop_while_stopping_is_answered_when_it_has_stopped(stage: Stage) -> None:
    process = await stage.run()
    process.may_leave.clear()
    stops = [stage.begin(stage.service.stop()) for _ in range(2)]
    await process.is_being_stopped.wait()
    assert not any(stop.done() for stop in stops)
    process.may_leave.set()
    await asyncio.gather(*stops)
    assert process.stops == 1


async def test_stop_of_nothing_changes_nothing(stage: Stage) -> None:
    await stage.service.stop()
    assert stage.recorder.names == ["stopped"]


async def test_a_child_that_dies_while_loading_is_a_failure_with_its_reason(stage: Stage) -> None:
    start = stage.begin(stage.service.start(A))
    failure = build_failure("It crashed.", while_loading=True)
    launch = await stage.launcher.next_launch(1)
    launch.fail(ServerStartFailed("It crashed.", failure=failure))
    with pytest.raises(ServerStartFailed, match="It crashed"):
        await start
    assert isinstance(stage.service.state, Failed)
    assert stage.service.state.failure == failure
    assert stage.service.state.steps is not None
    assert stage.service.state.steps.process_seconds is None


async def test_every_waiter_of_a_failed_launch_is_told(stage: Stage) -> None:
    starts = [stage.begin(stage.service.start(A)) for _ in range(3)]
    (await stage.launcher.next_launch(1)).fail(EngineNotFound("There is no llama-server."))
    answers = await asyncio.gather(*starts, return_exceptions=True)
    assert [type(answer) for answer in answers] == [EngineNotFound] * 3


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (EngineNotFound("There is no llama-server."), FailureCause.ENGINE_MISSING),
        (
            ModelUnusable("This is no GGUF.", cause=FailureCause.NOT_A_MODEL),
            FailureCause.NOT_A_MODEL,
        ),
    ],
)
async def test_a_launch_that_never_spawned_fails_in_the_errors_own_words(
    stage: Stage, error: EngineNotFound | ModelUnusable, cause: FailureCause
) -> None:
    start = stage.begin(stage.service.start(A))
    (await stage.launcher.next_launch(1)).fail(error)
    with pytest.raises(type(error)):
        await start
    failed = stage.service.state
    assert isinstance(failed, Failed)
    assert (failed.failure.cause, failed.failure.message) == (cause, error.message)


async def test_a_defect_of_the_launcher_is_told_as_ours_and_survived(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    start = stage.begin(stage.service.start(A))
    (await stage.launcher.next_launch(1)).fail(ZeroDivisionError("oops"))
    with pytest.raises(InternalError):
        await start
    assert isinstance(stage.service.state, Failed)
    assert "oops" in caplog.text
    await stage.run(A)


async def test_a_child_that_dies_while_running_is_noticed(stage: Stage) -> None:
    await stage.crash_for_good()
    failed = stage.service.state
    assert isinstance(failed, Failed)
    assert failed.config == A
    assert (failed.failure.cause, failed.failure.exit_code) == (FailureCause.CRASHED, -11)


async def test_what_a_dead_child_left_is_cleaned_up_before_the_next_start(stage: Stage) -> None:
    process = await stage.crash_for_good()
    await stage.run(A)
    assert process.stops == 1


async def test_a_watch_that_breaks_brings_the_server_down(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    process = await stage.run()
    process.break_watch(ZeroDivisionError("oops"))
    await stage.recorder.until(Failed)
    await stage.service.stop()
    assert process.stops == 1
    assert "oops" in caplog.text


async def test_a_start_after_a_failure_goes_straight_to_starting(stage: Stage) -> None:
    await stage.crash_for_good()
    await stage.run(A)
    assert stage.recorder.names[-3:] == ["failed", "starting", "running"]


async def test_stop_after_a_failure_dismisses_it(stage: Stage) -> None:
    await stage.crash_for_good()
    await stage.service.stop()
    assert stage.recorder.names[-2:] == ["failed", "stopped"]


async def test_a_late_exit_report_of_an_old_child_is_ignored(stage: Stage) -> None:
    old = await stage.run(A)
    start = stage.begin(stage.service.start(B))  # posted before the exit is reported
    await asyncio.sleep(0)
    old.exit(build_ending())
    (await stage.launcher.next_launch(2)).succeed()
    await start
    await stage.service.start(B)  # whatever was in the mailbox before this has been handled
    assert isinstance(stage.service.state, Running)
    assert "failed" not in stage.recorder.names


async def test_each_step_of_a_launch_is_measured_where_it_ends(stage: Stage) -> None:
    start = stage.begin(stage.service.start(A))
    launch = await stage.launcher.next_launch(1)
    launch.report(LaunchProgress(pid=7))
    launch.report(LaunchProgress(pid=7, progress=0.5))
    launch.succeed()
    running = await start
    _, started, spawned, half, _ = stage.recorder.states
    assert isinstance(started, Starting)
    assert isinstance(spawned, Starting)
    assert isinstance(half, Starting)
    assert started.steps == LaunchSteps(began=started.since)
    assert spawned.steps is not None
    assert spawned.steps.process_seconds is not None
    assert spawned.steps == half.steps
    assert running.steps is not None
    assert running.steps.process_seconds == spawned.steps.process_seconds
    assert running.steps.loading_seconds is not None
    await stage.service.stop()
    stopping = stage.recorder.states[-2]
    assert isinstance(stopping, Stopping)
    assert stopping.steps == running.steps


async def test_a_launch_that_fails_with_a_process_failed_while_it_loaded(stage: Stage) -> None:
    start = stage.begin(stage.service.start(A))
    launch = await stage.launcher.next_launch(1)
    launch.report(LaunchProgress(pid=7))
    launch.fail(ServerStartFailed("It died.", failure=build_failure(while_loading=True)))
    with pytest.raises(ServerStartFailed):
        await start
    assert isinstance(stage.service.state, Failed)
    assert stage.service.state.steps is not None
    assert stage.service.state.steps.loading_seconds is not None


async def test_a_restart_ends_the_server_and_loads_the_same_model(stage: Stage) -> None:
    await stage.run(A)
    restart = stage.begin(stage.service.restart())
    (await stage.launcher.next_launch(2)).succeed()
    assert (await restart).config == A
    assert stage.recorder.names[-4:] == ["stopping", "stopped", "starting", "running"]


async def test_without_a_model_there_is_nothing_to_restart(stage: Stage) -> None:
    with pytest.raises(ServerNotRunning):
        await stage.service.restart()


async def test_progress_is_published_with_the_state(stage: Stage) -> None:
    start = stage.begin(stage.service.start(A))
    launch = await stage.launcher.next_launch(1)
    launch.report(LaunchProgress(pid=7, progress=0.5))
    launch.report(LaunchProgress(pid=7, progress=0.5, silent_seconds=30.0))
    launch.succeed()
    await start
    _, started, half, silent, _ = stage.recorder.states
    assert isinstance(started, Starting)
    assert (started.pid, started.progress) == (None, None)
    assert isinstance(half, Starting)
    assert (half.since, half.pid, half.progress) == (started.since, 7, 0.5)
    assert isinstance(silent, Starting)
    assert (silent.pid, silent.progress, silent.silent_seconds) == (7, 0.5, 30.0)
    assert silent.concern is not None
    assert silent.concern.cause is FailureCause.HANGS


async def test_late_progress_of_an_old_launch_is_ignored(stage: Stage) -> None:
    old_start = stage.begin(stage.service.start(A))
    old = await stage.launcher.next_launch(1)
    start = stage.begin(stage.service.start(B))
    new = await stage.launcher.next_launch(2)
    old.report(LaunchProgress(pid=7, progress=0.5))
    new.succeed()
    await start
    old.report(LaunchProgress(pid=7, progress=0.9))
    await stage.service.start(B)
    pids = [state.pid for state in stage.recorder.states if isinstance(state, Starting)]
    assert pids == [None, None]
    with pytest.raises(ServerStartAborted):
        await old_start


async def test_a_caller_who_goes_does_not_take_the_launch_along(stage: Stage) -> None:
    start = stage.begin(stage.service.start(A))
    launch = await stage.launcher.next_launch(1)
    start.cancel()
    await asyncio.wait([start])
    launch.succeed()
    await stage.recorder.until(Running)
    assert (await stage.service.start(A)).pid == launch.process.pid


async def test_a_caller_who_goes_while_it_fails_or_stops_does_no_harm(stage: Stage) -> None:
    for number in (1, 2):
        start = stage.begin(stage.service.start(A))
        launch = await stage.launcher.next_launch(number)
        start.cancel()
        await asyncio.wait([start])
        if number == 1:
            launch.fail(EngineNotFound("There is none."))
            await stage.recorder.until(Failed)
        else:
            await stage.service.stop()
    assert isinstance(stage.service.state, Stopped)


async def test_a_caller_who_goes_while_stopping_does_no_harm(stage: Stage) -> None:
    process = await stage.run()
    process.may_leave.clear()
    stop = stage.begin(stage.service.stop())
    await process.is_being_stopped.wait()
    stop.cancel()
    process.may_leave.set()
    await stage.recorder.until(Stopped)


async def test_the_client_is_that_of_the_running_server(stage: Stage) -> None:
    with pytest.raises(ServerNotRunning, match="No model is loaded"):
        stage.service.require_client()
    start = stage.begin(stage.service.start(A))
    launch = await stage.launcher.next_launch(1)
    with pytest.raises(ServerNotRunning, match="still being loaded"):
        stage.service.require_client()
    process = launch.succeed()
    running = await start
    assert stage.service.require_client() is process.client
    assert stage.service.require_running() is running
    process.exit(build_ending())
    await stage.recorder.until(Starting)
    with pytest.raises(ServerNotRunning, match="being loaded"):
        stage.service.require_client()
    (await stage.launcher.next_launch(2)).fail(ServerStartFailed("x", failure=build_failure()))
    await stage.recorder.until(Failed)
    with pytest.raises(ServerNotRunning, match="has stopped"):
        stage.service.require_client()


async def test_the_end_of_the_app_stops_a_running_server() -> None:
    launcher = FakeLauncher()
    async with LlamaCppService(launcher, restart_seconds=0) as service:
        stage = Stage(service, launcher)
        process = await stage.run()
    assert process.stops == 1
    assert isinstance(service.state, Stopped)


async def test_the_end_of_the_app_cancels_a_launch_and_tells_its_waiters() -> None:
    launcher = FakeLauncher()
    async with LlamaCppService(launcher, restart_seconds=0) as service:
        start = asyncio.create_task(service.start(A))
        await launcher.next_launch(1)
    with pytest.raises(ServerStartAborted, match="closing"):
        await start
    assert not launcher.alive


async def test_the_end_of_the_app_in_the_middle_of_a_stop_finishes_it() -> None:
    launcher = FakeLauncher()
    async with LlamaCppService(launcher, restart_seconds=0) as service:
        stage = Stage(service, launcher)
        process = await stage.run()
        process.may_leave.clear()
        stop = stage.begin(service.stop())
        queued = stage.begin(service.start(B))
        await process.is_being_stopped.wait()
        process.is_being_stopped.clear()

        async def let_it_leave() -> None:
            await process.is_being_stopped.wait()  # it is stopped once more
            process.may_leave.set()

        let_go = stage.begin(let_it_leave())
    await let_go
    await asyncio.wait([stop, queued])
    assert isinstance(service.state, Stopped)
    assert not launcher.alive
    assert isinstance(queued.exception(), ServerStartAborted)


async def test_requests_after_the_end_are_answered_at_once() -> None:
    async with LlamaCppService(FakeLauncher()) as service:
        pass
    with pytest.raises(ServerStartAborted, match="closing"):
        await service.start(A)
    await service.stop()


async def test_a_topic_listener_gets_the_present_state_first(stage: Stage) -> None:
    await stage.run()
    assert isinstance(StateRecorder(stage.service.topic).states[0], Running)


async def test_a_defect_ends_the_actor_loudly_and_leaves_nobody_waiting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    launcher = FakeLauncher()

    def break_at_running(state: ServerState, _sequence: int) -> None:
        if isinstance(state, Running):
            raise ZeroDivisionError("oops")

    async def live() -> None:
        async with LlamaCppService(launcher, restart_seconds=0) as service:
            service.topic.subscribe(break_at_running)
            start = asyncio.create_task(service.start(A))
            (await launcher.next_launch(1)).succeed()
            for request in (start, service.start(A)):
                with pytest.raises(ServerStartAborted, match="went wrong"):
                    await request
            await service.stop()

    with pytest.raises(ZeroDivisionError):
        await live()
    assert not launcher.alive
    assert "oops" in caplog.text
