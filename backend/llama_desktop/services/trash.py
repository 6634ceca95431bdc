"""How long deleted conversations can be taken back. Pure."""

from __future__ import annotations

import math
from typing import Final

from llama_desktop.domain.settings import Settings

_DAY_SECONDS: Final = 24 * 60 * 60


def purged_before(settings: Settings, now: float) -> float:
    """What was deleted before this moment is really deleted at the start; seconds since 1970."""
    days = settings.trash_days
    return -math.inf if days is None else now - days * _DAY_SECONDS
