"""Fan-out that never waits: a topic hands each event to its listeners, who take it at once.

Everything here runs on the event loop's thread. A listener must not block, await or raise; one
that is slow keeps its own bounded queue (the bridge's `Outbox` does).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

E = TypeVar("E")
Listener = Callable[[E, int], None]
"""Called with the event and its sequence number; 0 is the snapshot."""


class Topic(Generic[E]):
    """One kind of news: a snapshot for whoever comes, then every change in order."""

    def __init__(self, name: str, snapshot: Callable[[], E]) -> None:
        """`snapshot` gives the present whole, at any moment, without waiting."""
        self.name = name
        self._snapshot = snapshot
        self._listeners: dict[int, Listener[E]] = {}
        self._next_key = 0
        self._sequence = 0
        self.on_first_listener: Callable[[], None] | None = None
        """Called when the topic gets its first listener; for what is only worth doing then."""
        self.on_last_listener_gone: Callable[[], None] | None = None

    @property
    def has_listeners(self) -> bool:
        """Whether anybody would hear."""
        return bool(self._listeners)

    def snapshot(self) -> E:
        """The present whole."""
        return self._snapshot()

    def publish(self, event: E) -> None:
        """Hand the event to everybody who listens now."""
        self._sequence += 1
        for listener in tuple(self._listeners.values()):
            listener(event, self._sequence)

    def subscribe(self, listener: Listener[E]) -> Callable[[], None]:
        """Hand over the snapshot at once, then each event. Returns what ends the subscription."""
        key = self._next_key
        self._next_key += 1
        listener(self.snapshot(), 0)
        self._listeners[key] = listener
        if len(self._listeners) == 1 and self.on_first_listener is not None:
            self.on_first_listener()

        def unsubscribe() -> None:
            if self._listeners.pop(key, None) is None:
                return
            if not self._listeners and self.on_last_listener_gone is not None:
                self.on_last_listener_gone()

        return unsubscribe
