"""What the person prefers and we keep."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from llama_desktop.domain.chat import Preset
from llama_desktop.domain.llama import ServerConfig


class Theme(StrEnum):
    """Which colours."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Settings(Struct, frozen=True, kw_only=True):
    """All settings with their defaults."""

    theme: Theme = Theme.SYSTEM
    model_folders: tuple[Path, ...] = ()
    llama_server_path: Path | None = None
    sidebar_open: bool = True
    memory_enabled: bool = False
    """Whether older messages are looked up for each question, where a chat does not say.

    Off until the page shows what was recalled: nothing is given to the model behind one's back.
    """
    memory_passages: int = 5
    """Given with a question at most, from 1; facts do not count."""
    memory_strictness: float = 0.5
    """How clearly a passage has to be related: 0 loosely, 1 strictly."""
    memory_tokens: int = 1_000
    """What facts and passages of a question take at most; never more than a tenth of the window."""
    presets: tuple[Preset, ...] = ()
    """Named chat settings, by name."""
    download_limit_bytes: int | None = None
    """For each second, over all downloads; None: as fast as it goes."""
    last_config: ServerConfig | None = None
    """What was loaded last, offered again after a restart of the app."""


class WindowGeometry(Struct, frozen=True, kw_only=True):
    """Where the window was when it was closed, in logical pixels; kept apart from the settings."""

    width: int
    height: int
    x: int | None = None
    y: int | None = None
    maximized: bool = False


class AppInfo(Struct, frozen=True, kw_only=True):
    """What the page must know about the app it is in."""

    version: str
    data_folder: Path
    log_folder: Path
    platform: str
    """`linux`, `darwin` or `win32`."""
    has_window: bool
    """Native dialogs are there."""
