"""Commands on settings."""

from __future__ import annotations

from llama_desktop.domain.chat import Preset
from llama_desktop.domain.load_presets import LoadPreset
from llama_desktop.domain.settings import Settings, SettingsChange
from llama_desktop.services.application import Application


async def get_settings(app: Application) -> Settings:
    """All settings."""
    return app.settings.get()


async def get_default_settings(app: Application) -> Settings:
    """All settings as they are before anybody changes one."""
    return app.settings.defaults()


async def update_settings(app: Application, *, change: SettingsChange) -> Settings:
    """Change the settings that are named; the others stay."""
    return await app.settings.update(change)


async def reset_setting(app: Application, *, name: str) -> Settings:
    """Give one setting its default again."""
    return await app.settings.reset(name)


async def save_preset(app: Application, *, preset: Preset) -> Settings:
    """Keep chat settings under a name; one with the same id is replaced."""
    return await app.settings.save_preset(preset)


async def delete_preset(app: Application, *, preset_id: str) -> Settings:
    """Forget a preset. Chats that were set by it stay as they are."""
    return await app.settings.delete_preset(preset_id)


async def save_load_preset(app: Application, *, preset: LoadPreset) -> Settings:
    """Keep load options under a name; one with the same id is replaced."""
    return await app.settings.save_load_preset(preset)


async def delete_load_preset(app: Application, *, preset_id: str) -> Settings:
    """Forget load options."""
    return await app.settings.delete_load_preset(preset_id)
