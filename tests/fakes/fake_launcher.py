"""A launcher without processes: a test decides, step by step, what becomes of each launch."""

from __future__ import annotations

import asyncio
from asyncio import Event, Future
from collections.abc import Callable
from pathlib import Path

from llama_desktop.domain.errors import AppError
from llama_desktop.domain.failure import Ending, FailureCause, ServerFailure
from llama_desktop.domain.llama import Engine, EngineKind, LoadedModel, ServerConfig
from llama_desktop.infrastructure.llama.client import LlamaClient
from llama_desktop.infrastructure.llama.process import LaunchProgress

ENGINE = Engine(
    kind=EngineKind.EXTERNAL, path=Path("/fake/llama-server"), version="fake", source="a test"
)


def build_failure(message: str = "It died.", *, while_loading: bool = False) -> ServerFailure:
    """A failure as the launcher or the process would tell it."""
    return ServerFailure(
        cause=FailureCause.CRASHED,
        headline="crashed",
        message=message,
        exit_code=-11,
        exit_words="SIGSEGV",
        while_loading=while_loading,
        time=0.0,
    )


def build_ending(exit_code: int = -11) -> Ending:
    """How a running process ended, as it would tell it."""
    return Ending(exit_code=exit_code, while_loading=False, time=0.0)


class FakeProcess:
    """A process: alive from the first moment of its launch until it exits or is stopped."""

    def __init__(self, pid: int, config: ServerConfig, alive: set[int]) -> None:
        self.pid = pid
        self.base_url = f"http://127.0.0.1:{pid}"
        self.engine = ENGINE
        self.model = LoadedModel(
            name="fake", path=config.model_path, context_size=4096, slots=1, has_vision=False
        )
        self.client = LlamaClient(self.base_url, "key")
        self.stops = 0
        self.may_leave = Event()
        """A test clears it to make the process slow to leave."""
        self.may_leave.set()
        self.is_being_stopped = Event()
        self._alive = alive
        self._alive.add(pid)
        self._exit: Future[Ending] = asyncio.get_running_loop().create_future()

    async def wait(self) -> Ending:
        """Until the test or a stop ends it."""
        return await asyncio.shield(self._exit)

    async def stop(self) -> None:
        """Leave, as soon as the test allows it."""
        self.stops += 1
        self.is_being_stopped.set()
        await self.may_leave.wait()
        self.exit(build_ending(0))
        await self.client.aclose()

    def exit(self, ending: Ending) -> None:
        """End by itself."""
        self._alive.discard(self.pid)
        if not self._exit.done():
            self._exit.set_result(ending)

    def break_watch(self, error: Exception) -> None:
        """Make `wait` raise."""
        self._exit.set_exception(error)


class FakeLaunch:
    """One launch under way."""

    def __init__(
        self,
        config: ServerConfig,
        report: Callable[[LaunchProgress], None],
        process: FakeProcess,
    ) -> None:
        self.config = config
        self.report = report
        self.process = process
        self.is_healthy_despite_cancel = False
        """It becomes healthy in the moment in which it is cancelled."""
        self.was_cancelled = False
        self.outcome: Future[None] = asyncio.get_running_loop().create_future()

    def succeed(self) -> FakeProcess:
        """The server is healthy."""
        self.outcome.set_result(None)
        return self.process

    def fail(self, error: BaseException) -> None:
        """The launch raises `error`, and its process has gone."""
        self.process.exit(build_ending(1))
        self.outcome.set_exception(error)


class FakeLauncher:
    """Hands out launches; `alive` are the pids of the processes that there are."""

    def __init__(self) -> None:
        self.refusal: AppError | None = None
        self.alive: set[int] = set()
        self.most_alive = 0
        self.launches: list[FakeLaunch] = []
        self._news = Event()

    async def check(self, config: ServerConfig) -> None:
        """As the test has it in `refusal`."""
        if self.refusal is not None:
            raise self.refusal

    async def launch(
        self, config: ServerConfig, report: Callable[[LaunchProgress], None]
    ) -> FakeProcess:
        """Wait until the test has decided."""
        process = FakeProcess(1000 + len(self.launches), config, self.alive)
        self.most_alive = max(self.most_alive, len(self.alive))
        launch = FakeLaunch(config, report, process)
        self.launches.append(launch)
        self._news.set()
        try:
            await launch.outcome
        except asyncio.CancelledError:
            launch.was_cancelled = True
            if not launch.is_healthy_despite_cancel:
                await process.stop()
                raise
        except BaseException:
            await process.client.aclose()
            raise
        return process

    async def next_launch(self, number: int) -> FakeLaunch:
        """The launch of this number, counted from 1, as soon as it has begun."""
        while len(self.launches) < number:
            self._news.clear()
            await self._news.wait()
        return self.launches[number - 1]
