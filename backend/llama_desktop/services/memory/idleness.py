"""Tells when the machine is free for work in the background: no answer comes, no model loads."""

from __future__ import annotations

import asyncio

from llama_desktop.domain.events import (
    AnswersEvent,
    AnswersSnapshot,
    TurnFailed,
    TurnFinished,
    TurnStarted,
)
from llama_desktop.domain.llama import ServerState, Starting
from llama_desktop.services.event_hub import Topic


class Idleness:
    """Listens to the turns and to the server for chats."""

    def __init__(self, answers: Topic[AnswersEvent], server: Topic[ServerState]) -> None:
        self._turns: set[tuple[str, int]] = set()
        self._is_loading = False
        self._idle = asyncio.Event()
        self._ends = (answers.subscribe(self._on_answer), server.subscribe(self._on_state))

    def close(self) -> None:
        """Listen no longer."""
        for end in self._ends:
            end()

    async def wait(self) -> None:
        """Until the machine is free."""
        await self._idle.wait()

    def _on_answer(self, event: AnswersEvent, _sequence: int) -> None:
        match event:
            case AnswersSnapshot(turns=turns):
                self._turns = {(turn.conversation_id, turn.message.id) for turn in turns}
            case TurnStarted():
                self._turns.add((event.conversation_id, event.message_id))
            case TurnFinished() | TurnFailed():
                self._turns.discard((event.conversation_id, event.message_id))
        self._tell()

    def _on_state(self, state: ServerState, _sequence: int) -> None:
        self._is_loading = isinstance(state, Starting)
        self._tell()

    def _tell(self) -> None:
        if self._turns or self._is_loading:
            self._idle.clear()
        else:
            self._idle.set()
