"""What is kept of models beside their files: one TinyDB file with a record for each."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.domain.models import ModelRecord
from llama_desktop.infrastructure.storage.list_repository import ListRepository


class ModelRecordRepository(ListRepository[ModelRecord]):
    """See `ListRepository`."""

    def __init__(self, *, file: Path, damaged: Path) -> None:
        super().__init__(ModelRecord, table="models", file=file, damaged=damaged)
