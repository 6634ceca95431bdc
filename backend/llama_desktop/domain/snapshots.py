"""Copies of everything that is kept, as it was at a moment."""

from __future__ import annotations

from msgspec import Struct


class Snapshot(Struct, frozen=True, kw_only=True):
    """What `restore_snapshot` can go back to."""

    id: str
    created: float
    """Seconds since the epoch."""
    conversation_count: int


class Restored(Struct, frozen=True, kw_only=True):
    """What `restore_snapshot` has done."""

    restored_count: int
    """Conversations that are as they were then; the others had not changed."""
    before: Snapshot
    """How everything was right before; going back to it undoes the restoring."""
