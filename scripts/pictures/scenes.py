"""All pictures, in sets that share an app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pictures.chat_scenes import play_chats
from pictures.stage import Stage

SETS: Final[tuple[Callable[[Stage], None], ...]] = (play_chats,)
