"""Commands on settings."""

from __future__ import annotations

from pathlib import Path

from msgspec import UNSET, UnsetType

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
) -> Settings:
    """Change the settings that are named; the others stay."""
    return await app.settings.update(
        theme=theme, sidebar_open=sidebar_open, llama_server_path=llama_server_path
    )
