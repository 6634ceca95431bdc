"""Keeps one growing answer on disk: at most a second behind while it grows, whole at its end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct

from llama_desktop.domain.chat import Message
from llama_desktop.domain.errors import NotFound, StorageFailed
from llama_desktop.services.conversations import ConversationService

logger = logging.getLogger(__name__)


class SavePace(Struct, frozen=True):
    """When answers are saved."""

    after_seconds: float = 0.7
    """After the first new text; with the time that a save takes, a kill loses below a second."""
    retry_seconds: float = 2.0
    """A full disk tells nobody when there is room again."""


class AnswerSaver:
    """Saves what `current` gives. While nothing can be written, the answer is held in memory."""

    def __init__(
        self,
        conversations: ConversationService,
        conversation_id: str,
        message_id: int,
        current: Callable[[], Message],
        *,
        pace: SavePace,
    ) -> None:
        self._conversations = conversations
        self._conversation_id = conversation_id
        self._current = current
        self._pace = pace
        self._timer: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None
        self._is_ending = False
        self._unwatch = conversations.watch_growing(conversation_id, message_id, current)

    def touch(self) -> None:
        """The answer has grown. Cheap: called for every delta."""
        if self._timer is None and not self._is_ending:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._pace.after_seconds, self._save_soon)

    async def finish(self) -> bool:
        """Save the end. False: not possible now; then `retry` has to be run."""
        self._is_ending = True
        if self._timer is not None:
            self._timer.cancel()
        if self._saving is not None:
            await asyncio.wait([self._saving])
        return await self._save_end()

    async def retry(self, closing: asyncio.Event) -> None:
        """Try until the end is saved; at the closing of the app once more, then give up."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(closing.wait(), self._pace.retry_seconds)
            is_last = closing.is_set()
            if await self._save_end():
                return
            if is_last:
                break
        logger.error("the end of an answer in %s could not be saved", self._conversation_id)

    def _save_soon(self) -> None:
        self._timer = None
        if self._saving is not None and not self._saving.done():
            self.touch()  # the disk is slower than the clock
            return
        self._saving = asyncio.create_task(self._save_growing(), name="save growing answer")

    async def _save_growing(self) -> None:
        try:
            await self._conversations.save_message(self._conversation_id, self._current())
        except StorageFailed:
            self.touch()  # the person has been told; the text is held, and tried again
        except NotFound:
            logger.warning("an answer grows in a conversation that is gone")

    async def _save_end(self) -> bool:
        try:
            await self._conversations.save_message(
                self._conversation_id, self._current(), updated=time.time()
            )
        except StorageFailed:
            return False
        except NotFound:
            logger.warning("an answer ended in a conversation that is gone")
        self._unwatch()
        return True
