"""What the actor holds of the outside world: a launch under way, or the process it became."""

from __future__ import annotations

import asyncio
import time
from asyncio import Task
from collections.abc import Callable

from llama_desktop.domain.errors import AppError, ServerStartFailed
from llama_desktop.domain.failure import ServerFailure
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.infrastructure.llama.process import (
    Launcher,
    LaunchFailed,
    LaunchProgress,
    ServerProcess,
)
from llama_desktop.services.llama.diagnostician import Explain
from llama_desktop.services.llama.messages import (
    LaunchEnded,
    LaunchProgressed,
    ProcessExited,
    Report,
)


class Holding:
    """At most one launch or one process. What becomes of it is reported to the actor."""

    def __init__(
        self, launcher: Launcher, explain: Explain, post: Callable[[Report], None]
    ) -> None:
        self.launch: Task[ServerProcess] | None = None
        self.process: ServerProcess | None = None
        self.launch_began = 0.0
        self._launcher = launcher
        self._explain = explain
        self._post = post
        self._watch: Task[ServerFailure] | None = None

    async def refuse(self, config: ServerConfig) -> AppError | None:
        """Why a start would come to nothing, as far as the files tell."""
        try:
            await self._launcher.check(config)
        except AppError as error:
            return error
        return None

    def begin(self, config: ServerConfig, *, after_seconds: float = 0.0) -> None:
        """Launch, in a task; after a pause, if so."""

        def report(progress: LaunchProgress) -> None:
            self._post(LaunchProgressed(launch, progress))

        launch = asyncio.create_task(
            self._launch(config, report, after_seconds), name="launch llama-server"
        )
        launch.add_done_callback(lambda task: self._post(LaunchEnded(task)))
        self.launch = launch

    def adopt(self, process: ServerProcess, config: ServerConfig) -> None:
        """Keep the process that the launch has become, and watch it in a task."""
        self.launch = None
        self.process = process
        watch = asyncio.create_task(self._watch_over(process, config), name="watch llama-server")
        watch.add_done_callback(lambda task: self._post(ProcessExited(process, task)))
        self._watch = watch

    async def let_go(self) -> None:
        """End the launch and the process. Cut off in the middle, it can be called again."""
        if self.launch is not None:
            self.launch.cancel()
            await asyncio.wait([self.launch])
            if not self.launch.cancelled() and self.launch.exception() is None:
                self.process = self.launch.result()  # healthy just before it was cancelled
            self.launch = None
        if self._watch is not None:  # an end that is wanted needs no explanation
            self._watch.cancel()
            await asyncio.wait([self._watch])
            self._watch = None
        if self.process is not None:
            await self.process.stop()
            self.process = None

    async def _launch(
        self,
        config: ServerConfig,
        report: Callable[[LaunchProgress], None],
        after_seconds: float,
    ) -> ServerProcess:
        if after_seconds:
            await asyncio.sleep(after_seconds)
        self.launch_began = time.monotonic()
        try:
            return await self._launcher.launch(config, report)
        except LaunchFailed as failed:
            failure = await self._explain(failed.ending, config)
            raise ServerStartFailed(failure.message, failure=failure) from failed

    async def _watch_over(self, process: ServerProcess, config: ServerConfig) -> ServerFailure:
        return await self._explain(await process.wait(), config)
