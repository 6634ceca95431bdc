"""What the person wants remembered: a short list, given to the models before anything found."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from llama_desktop.domain.errors import BadRequest, StorageFailed
from llama_desktop.domain.memory import Fact, Facts
from llama_desktop.infrastructure.storage.fact_repository import FactRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.notices import NoticeService

MOST_FACTS: Final = 50
MOST_CHARACTERS: Final = 500
_MAX_ID: Final = 64
_SPACE: Final = re.compile(r"\s+")


class FactService:
    """Alone owns the facts."""

    def __init__(
        self, repository: FactRepository, storage: StorageThread, notices: NoticeService
    ) -> None:
        self._repository = repository
        self._storage = storage
        self._notices = notices
        self._facts: tuple[Fact, ...] = ()
        self._damaged: Path | None = None
        self.topic: Final = Topic[Facts]("facts", lambda: Facts(facts=self._facts))

    async def load(self) -> None:
        """Read what was kept. Once, before anything asks."""
        await self._storage.run(self.read_again)
        self._tell_damage()

    def read_again(self) -> None:
        """Take over what the file has now. On the storage thread; `tell` follows."""
        self._facts, self._damaged = self._repository.load()

    def tell(self) -> None:
        """Tell of what was read again."""
        self._tell_damage()
        self.topic.publish(Facts(facts=self._facts))

    def get(self) -> tuple[Fact, ...]:
        """All facts, oldest first."""
        return self._facts

    async def save(self, fact: Fact) -> Fact:
        """Keep a fact; one with the same id is replaced.

        Raises:
            BadRequest: no text, or too long; no id; or there are too many facts.
            StorageFailed: it cannot be written; the facts are as before.
        """
        sound = _require_sound(fact)

        def decide(old: tuple[Fact, ...]) -> tuple[Fact, ...]:
            others = [other for other in old if other.id != sound.id]
            if len(others) >= MOST_FACTS:
                raise BadRequest(f"{MOST_FACTS} facts can be remembered. Delete one first.")
            return tuple(sorted((*others, sound), key=lambda one: (one.created, one.id)))

        await self._change(decide)
        return sound

    async def forget(self, ids: Collection[str]) -> None:
        """Forget facts; those that are gone already are fine."""
        await self._change(lambda old: tuple(fact for fact in old if fact.id not in ids))

    async def _change(self, decide: Callable[[tuple[Fact, ...]], tuple[Fact, ...]]) -> None:
        def write() -> bool:
            # On the storage thread, one after another: no change is lost to another one.
            after = decide(self._facts)
            if after == self._facts:
                return False
            self._repository.save(after)
            self._facts = after
            return True

        try:
            is_changed = await self._storage.run(write)
        except StorageFailed as error:
            self._notices.storage_fails(error)
            raise
        if is_changed:
            self._notices.storage_works()
            self.topic.publish(Facts(facts=self._facts))

    def _tell_damage(self) -> None:
        if self._damaged is not None:
            self._notices.add(
                "facts_damaged",
                "The file of remembered facts was damaged, so the list is empty. "
                f"The file was kept as found: {self._damaged}.",
            )


def _require_sound(fact: Fact) -> Fact:
    text = _SPACE.sub(" ", fact.text).strip()
    if not text:
        raise BadRequest("A fact needs a text.")
    if len(text) > MOST_CHARACTERS:
        raise BadRequest(
            f"A fact has at most {MOST_CHARACTERS} characters; this one has {len(text)}. "
            "Keep what matters."
        )
    if not 0 < len(fact.id) <= _MAX_ID:
        raise BadRequest(f"The id of a fact has 1 to {_MAX_ID} characters.")
    return replace(fact, text=text)
