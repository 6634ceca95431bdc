"""Everything that was said and kept, counted."""

from __future__ import annotations

from msgspec import Struct


class Erasable(Struct, frozen=True, kw_only=True):
    """What `delete_all_data` takes away."""

    chat_count: int
    trashed_chat_count: int
    draft_count: int
    fact_count: int
    snapshot_count: int
