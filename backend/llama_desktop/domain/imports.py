"""How an import of chats stands."""

from __future__ import annotations

from msgspec import Struct


class RefusedChat(Struct, frozen=True, kw_only=True):
    """A chat that was not taken in."""

    title: str
    reason: str
    """A sentence."""


class ImportSummary(Struct, frozen=True, kw_only=True):
    """What became of the chats in the files."""

    imported: int
    already_there: int
    """In the list or in the trash; left as they are."""
    refused_count: int
    refused: tuple[RefusedChat, ...] = ()
    """The first of them."""


class ImportState(Struct, frozen=True, kw_only=True):
    """The import under way, or how the last one ended."""

    is_running: bool = False
    done: int = 0
    """Chats."""
    total: int | None = None
    """None: the files are still being read."""
    summary: ImportSummary | None = None
    """Of the last one, once it ended."""
    error: str | None = None
    """A sentence: why it ended early. What was taken in by then stays."""
