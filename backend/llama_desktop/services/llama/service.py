"""The handle on the server: what other services and the commands may ask of it."""

from __future__ import annotations

import asyncio
from asyncio import Future
from types import TracebackType
from typing import Final, Self

from llama_desktop.domain.errors import ServerNotRunning
from llama_desktop.domain.llama import Failed, Running, ServerConfig, ServerState, Starting, Stopped
from llama_desktop.infrastructure.llama.client import LlamaClient
from llama_desktop.infrastructure.llama.process import Launcher
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.llama.actor import LlamaActor
from llama_desktop.services.llama.diagnostician import Explain, explain_plainly
from llama_desktop.services.llama.messages import Start, Stop

RESTART_SECONDS: Final = 1.0
"""Before a server that crashed is loaded again: what it held of the GPU is given back late."""


class LlamaCppService:
    """Runs at most one llama-server. Open it with `async with`; at the end the server is down."""

    def __init__(
        self,
        launcher: Launcher,
        *,
        explain: Explain = explain_plainly,
        restart_seconds: float = RESTART_SECONDS,
    ) -> None:
        """`explain` finds out why a server ended, see `Explain`."""
        self.topic: Final = Topic[ServerState]("server_state", lambda: self.state)
        self._actor = LlamaActor(
            launcher, self.topic.publish, explain=explain, restart_seconds=restart_seconds
        )
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._actor.run(), name="llama actor")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        self._actor.close_mailbox()  # also when the task was cancelled before it began
        if not self._task.cancelled():
            self._task.result()  # it ended by a defect, which is not to be hidden

    @property
    def state(self) -> ServerState:
        """As last published. For showing and asking, never to decide what to request."""
        return self._actor.state

    async def start(self, config: ServerConfig) -> Running:
        """Load a model, and return once its server is healthy.

        What happens depends on the state in which the request is handled; requests are handled
        one after the other, in the order in which they came:

        | state                  | what happens                   | the caller gets            |
        |------------------------|--------------------------------|----------------------------|
        | Stopped, Failed        | it is launched                 | `Running`, or why not      |
        | Starting, this config  | nothing more; also while it is | what the first caller gets |
        |                        | loaded again after a crash     |                            |
        | Starting, another one  | that launch is cancelled, then | as from Stopped; the other |
        |                        | this one is launched           | one's callers: *aborted*   |
        | Running, this config   | nothing                        | `Running` at once          |
        | Running, another one   | its file is looked at; if it   | as from Stopped, or what   |
        |                        | is sound, that server is       | is wrong with the file     |
        |                        | stopped, this one is launched  |                            |
        | Stopping               | it waits until it has stopped  | as from Stopped            |
        | the app is closing     | nothing                        | *aborted*                  |

        The last wish counts: whoever chooses another model while one is loading has changed his
        mind, and would not want to be told to wait. A caller who goes away before the answer does
        not take the wish along; only Stop, another start and the end of the app do.

        Raises:
            ServerStartAborted: *aborted*: by `stop`, by another start, or by the end of the app.
            EngineNotFound: there is no usable llama-server.
            ModelUnusable: the file is missing, unreadable, or plainly no GGUF.
            ServerStartFailed: the server ended before it was healthy.
        """
        reply: Future[Running] = asyncio.get_running_loop().create_future()
        self._actor.post(Start(config, reply))
        return await reply

    async def stop(self) -> None:
        """Return once no server runs. Works in every state, also while a model is loading."""
        reply: Future[None] = asyncio.get_running_loop().create_future()
        self._actor.post(Stop(reply))
        await reply

    async def restart(self) -> Running:
        """End the server and load the same model anew, as one request: nobody comes in between.

        Raises:
            ServerNotRunning: no model is loaded, and none has failed.
            Others: as of `start`.
        """
        if isinstance(self.state, Stopped):
            raise ServerNotRunning("No model is loaded. Load one to go on.")
        loop = asyncio.get_running_loop()
        stopped: Future[None] = loop.create_future()
        reply: Future[Running] = loop.create_future()
        self._actor.post(Stop(stopped))
        self._actor.post(Start(self.state.config, reply))
        return await reply

    def require_running(self) -> Running:
        """The running server.

        Raises:
            ServerNotRunning: there is none at this moment.
        """
        match self.state:
            case Running() as running:
                return running
            case Starting():
                raise ServerNotRunning("The model is still being loaded. Try again in a moment.")
            case Failed():
                raise ServerNotRunning("The engine has stopped. Load a model to go on.")
            case _:
                raise ServerNotRunning("No model is loaded. Load one to go on.")

    def require_client(self) -> LlamaClient:
        """The client of the running server.

        Raises:
            ServerNotRunning: there is none at this moment.
        """
        self.require_running()
        assert self._actor.process is not None
        return self._actor.process.client
