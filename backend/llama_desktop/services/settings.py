"""What the person prefers: kept, checked, and told to whoever listens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import UNSET
from msgspec.structs import asdict, replace

from llama_desktop.domain.chat import Preset
from llama_desktop.domain.errors import BadRequest, StorageFailed
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.load_presets import LoadPreset
from llama_desktop.domain.settings import Settings, SettingsChange
from llama_desktop.infrastructure.storage.settings_repository import SettingsRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.clean_text import require_fitting_text
from llama_desktop.services.conversation_title import require_title
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.llama.load_defaults import with_load_defaults
from llama_desktop.services.notices import NoticeService
from llama_desktop.services.presets import with_preset, without_preset
from llama_desktop.services.sampling import require_sound_parameters

_LEAST_LIMIT: Final = 16_000
_PATHS: Final = {"llama_server_path", "embedding_model_path", "reranker_model_path"}


class SettingsService:
    """Alone owns the settings."""

    def __init__(
        self, repository: SettingsRepository, storage: StorageThread, notices: NoticeService
    ) -> None:
        self._repository = repository
        self._storage = storage
        self._notices = notices
        self._settings = Settings()
        self._damaged: Path | None = None
        self.topic: Final = Topic[Settings]("settings", self.get)

    async def load(self) -> None:
        """Read what was kept. Once, before anything asks."""
        await self._storage.run(self.read_again)
        self._tell_damage()

    def read_again(self) -> None:
        """Take over what the file has now. On the storage thread; `tell` follows."""
        self._settings, self._damaged = self._repository.load()

    def tell(self) -> None:
        """Tell of what was read again."""
        self._tell_damage()
        self.topic.publish(self._settings)

    def get(self) -> Settings:
        """All settings."""
        return self._settings

    def defaults(self) -> Settings:
        """All settings as they are before anybody changes one."""
        return Settings()

    def complete(self, config: ServerConfig) -> ServerConfig:
        """A config, and what the settings have where it leaves a choice to the engine."""
        return with_load_defaults(config, self._settings)

    async def update(self, change: SettingsChange) -> Settings:
        """Change what is given; the rest stays.

        Raises:
            BadRequest: a path is of neither a file nor a folder, a limit is too low, or a parameter
                of chats is out of its range.
            StructureInvalid: the JSON schema or grammar of chats has a mistake.
            MessageTooLong: the instructions of chats are too long.
            StorageFailed: it cannot be written; the settings are as before.
        """
        limit = change.download_limit_bytes
        if isinstance(limit, int) and limit < _LEAST_LIMIT:
            raise BadRequest("Downloads need at least 16 kB a second.")
        given = {name: value for name, value in asdict(change).items() if value is not UNSET}
        for name in _PATHS & given.keys():
            if given[name] is not None:
                given[name] = await self._storage.run(_require_existing, given[name])
        if "chat_system_prompt" in given:
            text = given["chat_system_prompt"]
            given["chat_system_prompt"] = require_fitting_text(text, "The system prompt")
        if "chat_parameters" in given:
            given["chat_parameters"] = require_sound_parameters(given["chat_parameters"])
        return await self.change(lambda old: replace(old, **given))

    async def reset(self, name: str) -> Settings:
        """Give one setting its default again.

        Raises:
            BadRequest: no setting that can be changed has this name.
            StorageFailed: it cannot be written; the settings are as before.
        """
        if name not in SettingsChange.__struct_fields__:
            raise BadRequest(f"There is no setting named {name[:100]!r}.")
        default = getattr(self.defaults(), name)
        return await self.change(lambda old: replace(old, **{name: default}))

    async def save_preset(self, preset: Preset) -> Settings:
        """Keep chat settings under a name; one with the same id is replaced.

        Raises:
            BadRequest: no id, no name, a parameter out of its range, or too many presets.
            StructureInvalid: the JSON schema or grammar has a mistake.
            MessageTooLong: the system prompt is too long.
            StorageFailed: it cannot be written; the settings are as before.
        """
        sound = replace(
            preset,
            name=require_title(preset.name),
            system_prompt=require_fitting_text(preset.system_prompt, "The system prompt"),
            parameters=require_sound_parameters(preset.parameters),
        )
        return await self.change(lambda old: replace(old, presets=with_preset(old.presets, sound)))

    async def delete_preset(self, preset_id: str) -> Settings:
        """Forget a preset; one that is gone already is fine."""
        return await self.change(
            lambda old: replace(old, presets=without_preset(old.presets, preset_id))
        )

    async def save_load_preset(self, preset: LoadPreset) -> Settings:
        """Keep load options under a name; one with the same id is replaced.

        Raises:
            BadRequest: no id, no name, or too many presets.
            StorageFailed: it cannot be written; the settings are as before.
        """
        sound = replace(preset, name=require_title(preset.name))
        return await self.change(
            lambda old: replace(old, load_presets=with_preset(old.load_presets, sound))
        )

    async def delete_load_preset(self, preset_id: str) -> Settings:
        """Forget load options; models that are loaded by them stay as they are."""
        return await self.change(
            lambda old: replace(old, load_presets=without_preset(old.load_presets, preset_id))
        )

    async def remember_config(self, config: ServerConfig) -> None:
        """Keep what was loaded last."""
        await self.change(lambda old: replace(old, last_config=config))

    async def change(self, decide: Callable[[Settings], Settings]) -> Settings:
        """Write durably what `decide` makes of the present settings.

        Raises:
            StorageFailed: it cannot be written; the settings are as before.
        """

        def write() -> Settings:
            # On the storage thread, one after another: no change is lost to another one.
            after = decide(self._settings)
            if after != self._settings:
                self._repository.save(after)
                self._settings = after
            return after

        before = self._settings
        try:
            after = await self._storage.run(write)
        except StorageFailed as error:
            self._notices.storage_fails(error)
            raise
        if after != before:
            self._notices.storage_works()
            self.topic.publish(after)
        return after

    def _tell_damage(self) -> None:
        if self._damaged is not None:
            self._notices.add(
                "settings_damaged",
                "The settings file was damaged. What could not be read is as it came. "
                f"The file was kept as found: {self._damaged}.",
            )


def _require_existing(path: Path) -> Path:
    try:
        absolute = path.expanduser().absolute()
        exists = absolute.is_file() or absolute.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        raise BadRequest(f"{path} cannot be looked at ({error}).") from error
    if not exists:
        raise BadRequest(f"There is no file or folder {absolute}.")
    return absolute
