"""Commands on settings."""

from __future__ import annotations

from pathlib import Path

from msgspec import UNSET, UnsetType

from llama_desktop.domain.chat import Preset
from llama_desktop.domain.settings import Settings, Theme
from llama_desktop.services.application import Application


async def get_settings(app: Application) -> Settings:
    """All settings."""
    return app.settings.get()


async def update_settings(
    app: Application,
    *,
    theme: Theme | UnsetType = UNSET,
    sidebar_open: bool | UnsetType = UNSET,
    llama_server_path: Path | UnsetType | None = UNSET,
    memory_enabled: bool | UnsetType = UNSET,
    download_limit_bytes: int | UnsetType | None = UNSET,
) -> Settings:
    """Change the settings that are named; the others stay."""
    return await app.settings.update(
        theme=theme,
        sidebar_open=sidebar_open,
        llama_server_path=llama_server_path,
        memory_enabled=memory_enabled,
        download_limit_bytes=download_limit_bytes,
    )


async def save_preset(app: Application, *, preset: Preset) -> Settings:
    """Keep chat settings under a name; one with the same id is replaced."""
    return await app.settings.save_preset(preset)


async def delete_preset(app: Application, *, preset_id: str) -> Settings:
    """Forget a preset. Chats that were set by it stay as they are."""
    return await app.settings.delete_preset(preset_id)
