"""Hears a topic of states, and lets a test wait for one."""

from __future__ import annotations

import asyncio
from asyncio import Future

from llama_desktop.domain.llama import ServerState
from llama_desktop.services.event_hub import Topic


class StateRecorder:
    """Every state in order, the one at the beginning included."""

    def __init__(self, topic: Topic[ServerState]) -> None:
        self.states: list[ServerState] = []
        self._waiting: list[tuple[type[ServerState], Future[ServerState]]] = []
        topic.subscribe(self._on_state)

    @property
    def names(self) -> list[str]:
        """The kinds of the states in order; repeated ones (progress) once."""
        names = [type(state).__name__.lower() for state in self.states]
        return [
            name for i, name in enumerate(names) if name != "starting" or names[i - 1 : i] != [name]
        ]

    async def until(self, kind: type[ServerState]) -> ServerState:
        """The present state if it is of this kind, else the next one that is."""
        if isinstance(self.states[-1], kind):
            return self.states[-1]
        return await self.next(kind)

    async def next(self, kind: type[ServerState]) -> ServerState:
        """The next state of this kind, not the present one."""
        waiting: Future[ServerState] = asyncio.get_running_loop().create_future()
        self._waiting.append((kind, waiting))
        return await waiting

    def _on_state(self, state: ServerState, _sequence: int) -> None:
        self.states.append(state)
        for kind, waiting in tuple(self._waiting):
            if isinstance(state, kind):
                self._waiting.remove((kind, waiting))
                waiting.set_result(state)
