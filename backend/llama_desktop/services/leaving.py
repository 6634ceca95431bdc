"""Lets the page keep its last words before its window goes."""

from __future__ import annotations

from typing import Final

from llama_desktop.domain.events import Leaving
from llama_desktop.services.event_hub import Topic


class LeavingService:
    """Tells the page that its window is about to be closed.

    The page keeps what it has not kept yet and asks for `close_window`. Whoever closes the window
    waits for that, but not for long: a page that hangs must not keep a window open.
    """

    def __init__(self) -> None:
        self._is_leaving = False
        self.topic: Final = Topic[Leaving]("leaving", self._snapshot)

    def begin(self) -> bool:
        """Tell the page. False: no page hears it, so there is nothing to wait for."""
        self._is_leaving = True
        self.topic.publish(self._snapshot())
        return self.topic.has_listeners

    def _snapshot(self) -> Leaving:
        return Leaving(is_leaving=self._is_leaving)
