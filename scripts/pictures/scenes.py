"""All pictures, in sets that share an app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pictures.chat_scenes import play_chats
from pictures.gallery_scenes import play_gallery
from pictures.model_scenes import play_first_run, play_models
from pictures.search_scenes import play_search
from pictures.server_scenes import play_failures, play_full_disk, play_server
from pictures.settings_scenes import play_settings
from pictures.stage import Stage

SETS: Final[tuple[Callable[[Stage], None], ...]] = (
    play_chats,
    play_search,
    play_models,
    play_settings,
    play_server,
    play_failures,
    play_full_disk,
    play_first_run,
    play_gallery,
)
