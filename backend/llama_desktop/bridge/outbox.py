"""What waits to go to one page: bounded, so that a slow page never slows the app."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec

from llama_desktop.domain.events import ContentDelta, ReasoningDelta
from llama_desktop.services.event_hub import Topic

MAX_WAITING: Final = 1000
"""Events; beyond this a page gets fresh snapshots instead of what it missed."""

Entry = tuple[str, int, Any]


class Outbox:
    """Collects the events of the topics that one page listens to, until they leave as one frame.

    Neighbouring deltas of one answer are merged. When too much waits, it is dropped, and each
    topic's snapshot, taken at the moment of sending, stands for it.
    """

    def __init__(self) -> None:
        self._waiting: list[Entry] = []
        self._stale: dict[str, Topic[Any]] = {}
        self._topics: dict[str, Topic[Any]] = {}
        self._unsubscribe: dict[str, Any] = {}
        self._filled = asyncio.Event()

    def listen(self, topic: Topic[Any]) -> None:
        """Take the topic's snapshot and all that follows. A second time: nothing."""
        if topic.name in self._unsubscribe:
            return
        self._topics[topic.name] = topic

        def take(event: Any, sequence: int) -> None:
            self._put(topic.name, sequence, event)

        self._unsubscribe[topic.name] = topic.subscribe(take)

    def unlisten(self, name: str) -> None:
        """Take no more of a topic, and forget what waits of it."""
        unsubscribe = self._unsubscribe.pop(name, None)
        if unsubscribe is None:
            return
        unsubscribe()
        del self._topics[name]
        self._stale.pop(name, None)
        self._waiting = [entry for entry in self._waiting if entry[0] != name]

    def close(self) -> None:
        """End all subscriptions."""
        for name in tuple(self._unsubscribe):
            self.unlisten(name)

    async def drain(self) -> list[Entry]:
        """All that waits, as soon as something does."""
        await self._filled.wait()
        self._filled.clear()
        entries, self._waiting = self._waiting, []
        stale, self._stale = self._stale, {}
        return [(name, 0, topic.snapshot()) for name, topic in stale.items()] + entries

    def _put(self, name: str, sequence: int, event: Any) -> None:
        if name in self._stale:
            return  # its snapshot, taken later, will contain this
        self._filled.set()
        if self._waiting and (merged := _merged(self._waiting[-1], name, event)) is not None:
            self._waiting[-1] = (name, sequence, merged)
            return
        self._waiting.append((name, sequence, event))
        if len(self._waiting) > MAX_WAITING:
            self._stale.update({entry[0]: self._topics[entry[0]] for entry in self._waiting})
            self._waiting.clear()


def _merged(last: Entry, name: str, event: Any) -> Any:
    """Both deltas as one, if they are pieces of one text; else None."""
    earlier = last[2]
    if last[0] != name or type(earlier) is not type(event):
        return None
    if not isinstance(event, ContentDelta | ReasoningDelta):
        return None
    if (earlier.conversation_id, earlier.message_id) != (event.conversation_id, event.message_id):
        return None
    return msgspec.structs.replace(event, text=earlier.text + event.text)
