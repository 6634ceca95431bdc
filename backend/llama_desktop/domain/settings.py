"""What the person prefers and we keep."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from llama_desktop.domain.chat import Overflow, Preset, SamplingParameters
from llama_desktop.domain.llama import CacheType, FlashAttention, ServerConfig
from llama_desktop.domain.load_presets import ContextSize, GpuLayers, LoadPreset, Threads


class Theme(StrEnum):
    """Which colours."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class ReadingWidth(StrEnum):
    """How wide the column of a conversation is."""

    NARROW = "narrow"
    COMFORTABLE = "comfortable"
    WIDE = "wide"


class ReadingFont(StrEnum):
    """What conversations are set in."""

    INTERFACE = "interface"
    SYSTEM = "system"
    SERIF = "serif"


class InterfaceFont(StrEnum):
    """What everything else is set in."""

    INTER = "inter"
    SYSTEM = "system"


class CodeFont(StrEnum):
    """What code is set in."""

    JETBRAINS_MONO = "jetbrains_mono"
    SYSTEM = "system"


class Density(StrEnum):
    """How close rows stand."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Motion(StrEnum):
    """How much moves."""

    SYSTEM = "system"
    LESS = "less"


class StartPlace(StrEnum):
    """What is seen first."""

    NEW_CHAT = "new_chat"
    LAST_CHAT = "last_chat"


class SendKey(StrEnum):
    """What sends a message; Enter with Shift is always a new line."""

    ENTER = "enter"
    CTRL_ENTER = "ctrl_enter"
    """Enter alone is a new line, too."""


TextSize = Annotated[int, Meta(ge=13, le=20)]
"""Pixels of a conversation's text; everything else grows with it."""
TrashDays = Annotated[int, Meta(ge=1, le=3650)]
ActionId = Annotated[str, Meta(max_length=200)]
Shortcuts = Annotated[
    dict[
        Annotated[str, Meta(pattern="^[A-Za-z]{1,40}$")],
        Annotated[str, Meta(pattern=r"^(((Mod|Alt|Shift)\+){0,3}[^\s+]{1,20})?$")],
    ],
    Meta(max_length=100),
]
"""Keys by the name of what they do: `Mod+Shift+K`; `Mod` is Ctrl or Command, empty is none."""
RecentActions = Annotated[tuple[ActionId, ...], Meta(max_length=20)]

MemoryPassages = Annotated[int, Meta(ge=1, le=10)]
"""Passages that go with a question."""

MemoryTokens = Annotated[int, Meta(ge=100, le=8_000)]
"""Tokens that they take."""

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
"""From nothing to all."""


class Settings(Struct, frozen=True, kw_only=True):
    """All settings with their defaults.

    A setting that the person changes stands in `SettingsChange`, too. What a value may be is said
    by its type, so that the wire, the kept file and the page are checked by the same.
    """

    theme: Theme = Theme.SYSTEM
    text_size: TextSize = 15
    reading_width: ReadingWidth = ReadingWidth.COMFORTABLE
    reading_font: ReadingFont = ReadingFont.INTERFACE
    interface_font: InterfaceFont = InterfaceFont.INTER
    code_font: CodeFont = CodeFont.JETBRAINS_MONO
    wrap_code: bool = False
    """Long lines of code go on below instead of to the right."""
    density: Density = Density.COMFORTABLE
    motion: Motion = Motion.SYSTEM
    glow: bool = True
    """The halo of busy squares, in the dark theme."""
    show_speed: bool = True
    """Measured figures under each answer."""
    open_at_start: StartPlace = StartPlace.NEW_CHAT
    send_with: SendKey = SendKey.ENTER
    load_last_model: bool = False
    """Load `last_config` as soon as the app runs."""
    load_context_size: ContextSize | None = None
    """The `load_…` are for a start that says nothing of it; None leaves it to the engine."""
    load_gpu_layers: GpuLayers | None = None
    load_cache_type: CacheType | None = None
    load_flash_attention: FlashAttention | None = None
    load_threads: Threads | None = None
    chat_system_prompt: str = ""
    """The `chat_…` are what a new chat begins with."""
    chat_parameters: SamplingParameters = SamplingParameters()
    chat_overflow: Overflow = Overflow.OLDEST
    trash_days: TrashDays | None = 30
    """After which a start really deletes what is in the trash; None: never."""
    shortcuts: Shortcuts = {}
    """Only those that are not as they came."""
    recent_actions: RecentActions = ()
    """What was run from the palette, last first."""
    model_folders: tuple[Path, ...] = ()
    llama_server_path: Path | None = None
    sidebar_open: bool = True
    title_by_model: bool = True
    """Whether the model gives a new chat its title after the first answer."""
    read_ahead: bool = True
    """Whether the model reads a question with what goes with it while it is being written."""
    memory_enabled: bool = True
    """Whether older messages are looked up for each question, where a chat does not say."""
    memory_passages: MemoryPassages = 5
    """Given with a question at most, from 1; facts do not count."""
    memory_strictness: Share = 0.5
    """How clearly a passage has to be related: 0 loosely, 1 strictly."""
    memory_tokens: MemoryTokens = 1_000
    """What facts and passages of a question take at most; never more than a tenth of the window."""
    passages_open: bool = False
    """Whether the passages above an answer are shown, as they were left."""
    embedding_model_path: Path | None = None
    """Tells how close in meaning messages are; None: the search knows words alone."""
    reranker_model_path: Path | None = None
    """Looks again at the best of what was found; None: nothing does."""
    presets: tuple[Preset, ...] = ()
    """Named chat settings, by name."""
    load_presets: tuple[LoadPreset, ...] = ()
    """Named load options, by name."""
    first_run_left: bool = False
    """The person has seen the first page, and gone on."""
    download_limit_bytes: int | None = None
    """For each second, over all downloads; None: as fast as it goes."""
    last_config: ServerConfig | None = None
    """What was loaded last, offered again after a restart of the app."""


class SettingsChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `update_settings` may be told, all of it optional."""

    theme: Theme | UnsetType = UNSET
    text_size: TextSize | UnsetType = UNSET
    reading_width: ReadingWidth | UnsetType = UNSET
    reading_font: ReadingFont | UnsetType = UNSET
    interface_font: InterfaceFont | UnsetType = UNSET
    code_font: CodeFont | UnsetType = UNSET
    wrap_code: bool | UnsetType = UNSET
    density: Density | UnsetType = UNSET
    motion: Motion | UnsetType = UNSET
    glow: bool | UnsetType = UNSET
    show_speed: bool | UnsetType = UNSET
    open_at_start: StartPlace | UnsetType = UNSET
    send_with: SendKey | UnsetType = UNSET
    load_last_model: bool | UnsetType = UNSET
    load_context_size: ContextSize | UnsetType | None = UNSET
    load_gpu_layers: GpuLayers | UnsetType | None = UNSET
    load_cache_type: CacheType | UnsetType | None = UNSET
    load_flash_attention: FlashAttention | UnsetType | None = UNSET
    load_threads: Threads | UnsetType | None = UNSET
    chat_system_prompt: str | UnsetType = UNSET
    chat_parameters: SamplingParameters | UnsetType = UNSET
    chat_overflow: Overflow | UnsetType = UNSET
    trash_days: TrashDays | UnsetType | None = UNSET
    shortcuts: Shortcuts | UnsetType = UNSET
    recent_actions: RecentActions | UnsetType = UNSET
    sidebar_open: bool | UnsetType = UNSET
    title_by_model: bool | UnsetType = UNSET
    read_ahead: bool | UnsetType = UNSET
    llama_server_path: Path | UnsetType | None = UNSET
    memory_enabled: bool | UnsetType = UNSET
    memory_passages: MemoryPassages | UnsetType = UNSET
    memory_strictness: Share | UnsetType = UNSET
    memory_tokens: MemoryTokens | UnsetType = UNSET
    passages_open: bool | UnsetType = UNSET
    embedding_model_path: Path | UnsetType | None = UNSET
    reranker_model_path: Path | UnsetType | None = UNSET
    download_limit_bytes: int | UnsetType | None = UNSET
    first_run_left: bool | UnsetType = UNSET


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
