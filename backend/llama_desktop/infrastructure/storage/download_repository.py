"""The kept downloads: one TinyDB file with a record for each that is not whole."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from llama_desktop.domain.downloads import DownloadPlan
from llama_desktop.infrastructure.storage.list_repository import ListRepository


class KeptDownload(Struct, frozen=True, kw_only=True):
    """A plan, and whether the person wants it to go on."""

    plan: DownloadPlan
    is_paused: bool
    problem_code: str | None = None
    """Why it stopped by itself."""
    problem: str | None = None


class DownloadRepository(ListRepository[KeptDownload]):
    """See `ListRepository`."""

    def __init__(self, *, file: Path, damaged: Path) -> None:
        super().__init__(KeptDownload, table="downloads", file=file, damaged=damaged)
