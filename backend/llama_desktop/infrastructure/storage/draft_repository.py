"""The kept drafts: one TinyDB file with a record for each chat that something was written in."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.domain.chat import Draft
from llama_desktop.infrastructure.storage.list_repository import ListRepository


class DraftRepository(ListRepository[Draft]):
    """See `ListRepository`."""

    def __init__(self, *, file: Path, damaged: Path) -> None:
        super().__init__(Draft, table="drafts", file=file, damaged=damaged)

    @property
    def file_name(self) -> str:
        """Of the file that has them."""
        return self._file.name

    def beside(self, folder: Path) -> DraftRepository:
        """The drafts of a folder that has the same files."""
        return DraftRepository(file=folder / self._file.name, damaged=self._damaged)
