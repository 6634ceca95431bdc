"""How long deleted conversations can be taken back."""

from __future__ import annotations

from typing import Final

KEPT_DAYS: Final = 30
KEPT_SECONDS: Final = KEPT_DAYS * 24 * 60 * 60
