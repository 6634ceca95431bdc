"""The one task that owns the server: it alone changes the state, one message at a time."""

from __future__ import annotations

import asyncio
import logging
import time
from asyncio import Future, Queue, Task
from collections.abc import Callable
from typing import Final, TypeVar, assert_never

from msgspec.structs import replace

from llama_desktop.domain.errors import AppError, InternalError, ServerStartAborted
from llama_desktop.domain.failure import ServerFailure
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
from llama_desktop.infrastructure.llama.process import Launcher, LaunchProgress, ServerProcess
from llama_desktop.services.llama.diagnostician import Explain
from llama_desktop.services.llama.failure import (
    describe_defect,
    describe_failed_launch,
    describe_silence,
)
from llama_desktop.services.llama.failure_history import FailureHistory
from llama_desktop.services.llama.holding import Holding
from llama_desktop.services.llama.messages import (
    LaunchEnded,
    LaunchProgressed,
    Message,
    ProcessExited,
    Start,
    Stop,
)
from llama_desktop.services.llama.steps import note_failed, note_loaded, note_process, steps_of
from llama_desktop.services.llama.transitions import check_transition

logger = logging.getLogger(__name__)
T = TypeVar("T")

_CLOSING: Final = "The app is closing."
_DEFECT: Final = "Llama Desktop itself went wrong. Close it and start it again."
_CANCELLED: Final = "Loading was cancelled."
_REPLACED: Final = "Another model was chosen while this one was loading."


class LlamaActor:
    """Holds at most one server. Everybody else posts messages and reads `state`."""

    def __init__(
        self,
        launcher: Launcher,
        publish: Callable[[ServerState], None],
        *,
        explain: Explain,
        restart_seconds: float,
    ) -> None:
        """`publish` hears each state as it is entered; it must not block or raise.

        `restart_seconds`: the pause before a server that crashed is loaded again.
        """
        self.state: ServerState = Stopped()
        self._publish = publish
        self._holding = Holding(launcher, explain, self.post)
        self._history = FailureHistory()
        self._restart_seconds = restart_seconds
        self._mailbox: Queue[Message] = Queue()
        self._is_closed = False
        self._last_words = _CLOSING
        self._waiters: list[Future[Running]] = []
        self._healthy_since = 0.0

    @property
    def process(self) -> ServerProcess | None:
        """The healthy server; set in `Running`, and in `Stopping` until it has left."""
        return self._holding.process

    def post(self, message: Message) -> None:
        """Put a message into the mailbox. Once that is closed, requests are answered at once."""
        if self._is_closed:
            self._refuse(message)
        else:
            self._mailbox.put_nowait(message)

    async def run(self) -> None:
        """Handle messages until cancelled; leave no process and nobody waiting behind."""
        message: Message | None = None
        try:
            while True:
                message = await self._mailbox.get()
                await self._handle(message)
        except Exception:
            logger.exception("The actor of llama-server ended by a defect.")
            self._last_words = _DEFECT
            raise
        finally:
            try:
                await self._bring_down(self._last_words)
            finally:
                if message is not None:  # its handling may have been cut off before its answer
                    self._refuse(message)
                self.close_mailbox()

    def close_mailbox(self) -> None:
        """Answer whoever still waits in it, and whoever comes later. Called at the end."""
        self._is_closed = True
        while not self._mailbox.empty():
            self._refuse(self._mailbox.get_nowait())

    async def _handle(self, message: Message) -> None:
        match message:
            case Start(config, reply):
                await self._on_start(config, reply)
            case Stop(reply):
                await self._bring_down()
                _answer(reply, None)
            case LaunchProgressed(launch, progress):
                self._on_launch_progressed(launch, progress)
            case LaunchEnded(launch):
                await self._on_launch_ended(launch)
            case ProcessExited(process, watch):
                await self._on_process_exited(process, watch)
            case _:
                assert_never(message)

    async def _on_start(self, config: ServerConfig, reply: Future[Running]) -> None:
        match self.state:
            case Running(config=current) if current == config:
                _answer(reply, self.state)
            case Starting(config=current) if current == config:
                self._waiters.append(reply)
            case Failed():
                self._begin(config, reply)
            case Running() if (refusal := await self._holding.refuse(config)) is not None:
                _answer(reply, refusal)  # what runs is not given up for what cannot run
            case _:
                await self._bring_down(_REPLACED)
                self._begin(config, reply)

    def _begin(self, config: ServerConfig, reply: Future[Running]) -> None:
        self._waiters.append(reply)
        now = time.time()
        self._become(Starting(config=config, since=now, steps=LaunchSteps(began=now)))
        self._holding.begin(config)

    def _on_launch_progressed(self, launch: Task[ServerProcess], progress: LaunchProgress) -> None:
        if launch is not self._holding.launch:
            return
        assert isinstance(self.state, Starting)
        silence, steps = progress.silent_seconds, self.state.steps
        self._become(
            replace(
                self.state,
                pid=progress.pid,
                stage=progress.stage,
                progress=progress.progress,
                silent_seconds=silence,
                steps=steps if progress.pid is None else note_process(steps, self._elapsed()),
                concern=None if silence is None else describe_silence(self.state.config, silence),
            )
        )

    async def _on_launch_ended(self, launch: Task[ServerProcess]) -> None:
        if launch is not self._holding.launch:
            return
        assert isinstance(self.state, Starting)
        if launch.cancelled():  # by somebody else, as when the loop is being torn down
            await self._bring_down()
            return
        match launch.exception():
            case None:
                self._on_healthy(self.state, launch.result())
            case AppError() as error:
                config = self.state.config
                await self._fail(config, describe_failed_launch(error, config))
                self._answer_waiters(error)
            case error:
                logger.error("Launching llama-server failed by a defect.", exc_info=error)
                failure = describe_defect(self.state.config, while_loading=True)
                await self._fail(self.state.config, failure)
                self._answer_waiters(InternalError(failure.message))

    def _on_healthy(self, starting: Starting, process: ServerProcess) -> None:
        self._holding.adopt(process, starting.config)
        running = Running(
            config=starting.config,
            pid=process.pid,
            base_url=process.base_url,
            engine=process.engine,
            model=process.model,
            since=time.time(),
            load_seconds=self._elapsed(),
            recovered_from=starting.recovers_from,
            steps=note_loaded(starting.steps, self._elapsed()),
        )
        self._healthy_since = time.monotonic()
        self._history.note_loaded()
        self._become(running)
        self._answer_waiters(running)

    async def _on_process_exited(self, process: ServerProcess, watch: Task[ServerFailure]) -> None:
        if process is not self.process:
            return
        assert isinstance(self.state, Running)
        config = self.state.config
        error = asyncio.CancelledError() if watch.cancelled() else watch.exception()
        if error is not None:
            logger.error("Watching llama-server failed by a defect.", exc_info=error)
            await self._fail(config, describe_defect(config, while_loading=False))
            return
        now = time.monotonic()
        self._history.note_good_run(now - self._healthy_since)
        if self._history.note_crash(config, now):
            await self._restart(self.state, watch.result())
        else:
            await self._fail(config, watch.result())

    async def _restart(self, crashed: Running, failure: ServerFailure) -> None:
        """Load it again by itself, after a pause; Stop and another Start end that as any launch."""
        config = crashed.config
        starting = Starting(
            config=config,
            since=time.time(),
            recovers_from=self._history.note(config, failure),
            last_load_seconds=crashed.load_seconds,
            steps=LaunchSteps(began=time.time()),
        )
        self._become(starting)
        await self._holding.let_go()
        self._holding.begin(config, after_seconds=self._restart_seconds)

    async def _fail(self, config: ServerConfig, failure: ServerFailure) -> None:
        """Say so at once, then end what may be left: streams, its process group."""
        steps = steps_of(self.state)
        if isinstance(self.state, Starting):
            steps = note_failed(steps, self._elapsed())
        failure = self._history.note(config, failure)
        self._become(Failed(config=config, failure=failure, steps=steps))
        await self._holding.let_go()

    async def _bring_down(self, why: str = _CANCELLED) -> None:
        """Reach `Stopped` from any state; whoever waits for a launch is told `why`."""
        match self.state:
            case Starting(config=config) | Running(config=config):
                self._become(Stopping(config=config, steps=steps_of(self.state)))
            case Stopped() | Stopping() | Failed():
                pass
        await self._holding.let_go()
        if not isinstance(self.state, Stopped):
            self._become(Stopped())
        self._answer_waiters(ServerStartAborted(why))

    def _refuse(self, message: Message) -> None:
        match message:
            case Start(reply=reply):
                _answer(reply, ServerStartAborted(self._last_words))
            case Stop(reply=reply):
                _answer(reply, None)
            case _:
                pass  # a report needs no answer

    def _elapsed(self) -> float:
        """Seconds since the launch began."""
        return time.monotonic() - self._holding.launch_began

    def _become(self, state: ServerState) -> None:
        """The only place where the state changes."""
        check_transition(self.state, state)
        self.state = state
        self._publish(state)

    def _answer_waiters(self, outcome: Running | AppError) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            _answer(waiter, outcome)


def _answer(reply: Future[T], outcome: T | AppError) -> None:
    """Answer a caller, who may have gone."""
    if reply.done():
        return
    if isinstance(outcome, AppError):
        reply.set_exception(outcome)
    else:
        reply.set_result(outcome)
