"""The pinned facts: one TinyDB file with a record for each."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.domain.memory import Fact
from llama_desktop.infrastructure.storage.list_repository import ListRepository


class FactRepository(ListRepository[Fact]):
    """See `ListRepository`."""

    def __init__(self, *, file: Path, damaged: Path) -> None:
        super().__init__(Fact, table="facts", file=file, damaged=damaged)
