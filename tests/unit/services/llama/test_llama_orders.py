"""The actor under requests and accidents in any order that hypothesis can think of."""

from __future__ import annotations

import asyncio
from asyncio import Task
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.fake_launcher import FakeLauncher, build_ending, build_failure
from llama_desktop.domain.errors import AppError, ServerStartFailed
from llama_desktop.domain.llama import Running, ServerConfig, ServerState
from llama_desktop.infrastructure.llama.process import LaunchProgress
from llama_desktop.services.llama.service import LlamaCppService
from llama_desktop.services.llama.transitions import TRANSITIONS

CONFIGS = [ServerConfig(model_path=Path(f"{name}.gguf")) for name in "abc"]

# Each step is a word, with the config or the launch (counted from the newest) that it is about.
steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "start", "start", "start", "stop", "succeed", "succeed", "fail", "crash",
                "progress", "race", "hold", "release", "leave", "let_run", "let_run",
            ]
        ),
        st.integers(0, 2),
    ),
    max_size=40,
)  # fmt: skip


class Play:
    """Carries out the steps, and keeps what was asked and published."""

    def __init__(self, service: LlamaCppService, launcher: FakeLauncher) -> None:
        self.service = service
        self.launcher = launcher
        self.requests: list[Task[Any]] = []
        self.states: list[ServerState] = []
        service.topic.subscribe(lambda state, _: self.states.append(state))

    async def take(self, word: str, number: int) -> None:
        """One step; a step about a launch that is not there is none."""
        if word == "start":
            self._ask(self.service.start(CONFIGS[number]))
        elif word == "stop":
            self._ask(self.service.stop())
        elif word == "leave" and self.requests:
            self.requests[-1 - number % len(self.requests)].cancel()
        elif word == "let_run":
            for _ in range(10):
                await asyncio.sleep(0)
        elif number < len(self.launcher.launches):
            self._happen(word, number)

    def finish(self) -> None:
        """Take away what holds anything up."""
        for launch in self.launcher.launches:
            launch.process.may_leave.set()

    def _ask(self, request: Any) -> None:
        self.requests.append(asyncio.create_task(request))

    def _happen(self, word: str, number: int) -> None:
        launch = self.launcher.launches[-1 - number]
        under_way = not launch.outcome.done()
        match word:
            case "succeed" if under_way:
                launch.succeed()
            case "fail" if under_way:
                failure = build_failure(while_loading=True)
                launch.fail(ServerStartFailed("It died.", failure=failure))
            case "crash":
                if not under_way:
                    launch.process.exit(build_ending())
            case "progress":
                launch.report(LaunchProgress(pid=launch.process.pid, progress=0.5))
            case "race":
                launch.is_healthy_despite_cancel = True
            case "hold":
                launch.process.may_leave.clear()
            case "release":
                launch.process.may_leave.set()
            case _:
                pass


async def play(script: list[tuple[str, int]]) -> None:
    tasks_before = asyncio.all_tasks()
    launcher = FakeLauncher()
    async with LlamaCppService(launcher, restart_seconds=0) as service:
        act = Play(service, launcher)
        for word, number in script:
            await act.take(word, number)
            assert len(launcher.alive) <= 1
        act.finish()
    for request in act.requests:
        await asyncio.wait([request])
        outcome = None if request.cancelled() else request.exception()
        assert outcome is None or isinstance(outcome, AppError)
        if not request.cancelled() and outcome is None:
            assert request.result() is None or isinstance(request.result(), Running)
    assert launcher.most_alive <= 1
    assert not launcher.alive
    for old, new in zip(act.states, act.states[1:], strict=False):
        assert type(new) in TRANSITIONS[type(old)]
    assert type(act.states[-1]).__name__ == "Stopped"
    assert asyncio.all_tasks() == tasks_before


@settings(max_examples=300, deadline=None)
@given(steps)
def test_in_any_order_there_is_one_process_at_most_and_nobody_waits_for_ever(
    script: list[tuple[str, int]],
) -> None:
    asyncio.run(asyncio.wait_for(play(script), timeout=10))
