"""Listens to a topic and remembers; tests wait for what they expect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from llama_desktop.services.event_hub import Topic

E = TypeVar("E")


class TopicLog:
    """Every event since it was made, the snapshot first."""

    def __init__(self, topic: Topic[Any]) -> None:
        self.events: list[Any] = []
        self._arrived = asyncio.Event()
        self.unsubscribe = topic.subscribe(self._take)

    def of(self, kind: type[E]) -> list[E]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def wait_for(self, kind: type[E], check: Callable[[E], bool] = lambda _: True) -> E:
        """The first event like this, also one that has come already."""
        while True:
            for event in self.of(kind):
                if check(event):
                    return event
            self._arrived.clear()
            await self._arrived.wait()

    def _take(self, event: Any, _sequence: int) -> None:
        self.events.append(event)
        self._arrived.set()
