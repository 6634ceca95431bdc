"""Copies of everything that is kept, as it was at a moment."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Snapshot(Struct, frozen=True, kw_only=True):
    """What `restore_snapshot` can go back to."""

    id: str
    created: float
    """Seconds since the epoch."""
    conversation_count: int


class KeptKind(StrEnum):
    """What is kept besides the chats, and comes back with them."""

    SETTINGS = "settings"
    DRAFTS = "drafts"
    FACTS = "facts"
    MODEL_CHOICES = "model_choices"
    """Favourites, how models are loaded, and what they were measured to take."""


class Restored(Struct, frozen=True, kw_only=True):
    """What `restore_snapshot` has done. What is not named here was as it was then."""

    restored_count: int
    """Conversations."""
    kinds: tuple[KeptKind, ...]
    before: Snapshot
    """How everything was right before; going back to it undoes the restoring."""
