"""Settings, over a real file in a temporary folder."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec import UnsetType
from msgspec.structs import fields, replace

from fakes.topic_log import TopicLog
from llama_desktop.bridge.codec import decode
from llama_desktop.domain.chat import Preset, SamplingParameters
from llama_desktop.domain.errors import BadRequest
from llama_desktop.domain.llama import CacheType, FlashAttention, ServerConfig
from llama_desktop.domain.load_presets import LoadPreset
from llama_desktop.domain.settings import Settings, SettingsChange, Theme
from llama_desktop.infrastructure.storage.settings_repository import SettingsRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.notices import NoticeService
from llama_desktop.services.settings import SettingsService


@asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[tuple[SettingsService, NoticeService]]:
    storage, notices = StorageThread(), NoticeService()
    repository = SettingsRepository(
        file=folder / "settings.json", damaged=folder / "damaged", backups=folder / "backups"
    )
    service = SettingsService(repository, storage, notices)
    await service.load()
    try:
        yield service, notices
    finally:
        await storage.aclose()


async def test_settings_begin_as_defaults_and_nothing_is_written(tmp_path: Path) -> None:
    async with _open(tmp_path) as (service, notices):
        assert service.get() == Settings()
        assert notices.notices().notices == ()
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - names are what is compared


async def test_everything_that_was_set_is_there_after_a_restart(tmp_path: Path) -> None:
    config = ServerConfig(model_path=Path("/m/x.gguf"), cache_type_k=CacheType.Q8_0)
    async with _open(tmp_path) as (service, _):
        await service.update(SettingsChange(theme=Theme.DARK, llama_server_path=tmp_path))
        await service.remember_config(config)
        await service.change(lambda old: replace(old, model_folders=(Path("/m"), Path("/я"))))
        expected = service.get()
    async with _open(tmp_path) as (service, _):
        assert service.get() == expected
    assert expected.theme is Theme.DARK
    assert expected.last_config == config
    assert expected.llama_server_path == tmp_path


async def test_only_what_is_named_changes_and_the_change_is_told_once(tmp_path: Path) -> None:
    async with _open(tmp_path) as (service, _):
        log = TopicLog(service.topic)
        await service.update(SettingsChange(sidebar_open=False))
        await service.update(SettingsChange(sidebar_open=False))
        await service.update(SettingsChange(llama_server_path=tmp_path))
        await service.update(SettingsChange(llama_server_path=None))
    assert [event.sidebar_open for event in log.events] == [True, False, False, False]
    assert log.events[-1] == Settings(sidebar_open=False)


async def test_changes_at_the_same_time_do_not_undo_each_other(tmp_path: Path) -> None:
    async with _open(tmp_path) as (service, _):
        folders = [Path(f"/m/{number}") for number in range(20)]

        async def add(folder: Path) -> None:
            await service.change(
                lambda old: replace(old, model_folders=(*old.model_folders, folder))
            )

        await asyncio.gather(*(add(folder) for folder in folders))
        assert service.get().model_folders == tuple(folders)


async def test_a_server_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    async with _open(tmp_path) as (service, _):
        with pytest.raises(BadRequest, match="no file or folder"):
            await service.update(SettingsChange(llama_server_path=tmp_path / "none"))
        assert service.get() == Settings()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"settings": {"1": {"theme": "pink"}}}', b"\xff\xfe", b"\0"]
)
async def test_damaged_settings_are_kept_aside_and_defaults_used(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "settings.json").write_bytes(content)
    async with _open(tmp_path) as (service, notices):
        assert service.get() == Settings()
        (notice,) = notices.notices().notices
        await service.update(SettingsChange(theme=Theme.DARK))
    (kept,) = (tmp_path / "damaged").iterdir()
    assert kept.read_bytes() == content
    assert str(kept) in notice.message
    async with _open(tmp_path) as (service, notices):
        assert service.get().theme is Theme.DARK
        assert notices.notices().notices == ()


async def test_presets_are_kept_by_name_and_replaced_by_id(tmp_path: Path) -> None:
    code = Preset(id="a", name="code", parameters=SamplingParameters(temperature=0.2))
    async with _open(tmp_path) as (service, _):
        await service.save_preset(Preset(id="b", name="Writing", system_prompt="Be vivid."))
        await service.save_preset(code)
        await service.save_preset(Preset(id="b", name=" Better\nwriting "))
        assert [preset.name for preset in service.get().presets] == ["Better writing", "code"]
    async with _open(tmp_path) as (service, _):
        assert service.get().presets[1] == code
        await service.delete_preset("b")
        await service.delete_preset("gone")
        assert service.get().presets == (code,)


@pytest.mark.parametrize(
    "preset",
    [
        Preset(id="", name="x"),
        Preset(id="a" * 65, name="x"),
        Preset(id="a", name=" \n"),
        Preset(id="a", name="x", parameters=SamplingParameters(top_p=2)),
    ],
)
async def test_presets_are_as_sound_as_the_settings_of_a_chat(
    tmp_path: Path, preset: Preset
) -> None:
    async with _open(tmp_path) as (service, _):
        with pytest.raises(BadRequest):
            await service.save_preset(preset)
        assert service.get().presets == ()


async def test_there_is_an_end_to_presets(tmp_path: Path) -> None:
    async with _open(tmp_path) as (service, _):
        many = tuple(Preset(id=str(number), name="x") for number in range(200))
        await service.change(lambda old: replace(old, presets=many))
        await service.save_preset(Preset(id="7", name="replaced"))
        with pytest.raises(BadRequest, match="200 presets"):
            await service.save_preset(Preset(id="new", name="x"))


async def test_load_options_are_kept_under_a_name_beside_the_presets_of_chats(
    tmp_path: Path,
) -> None:
    small = LoadPreset(id="s", name="small", context_size=2048, extra_arguments=("--cpu-moe",))
    async with _open(tmp_path) as (service, _):
        await service.save_preset(Preset(id="s", name="chat"))
        await service.save_load_preset(LoadPreset(id="l", name="Large"))
        await service.save_load_preset(small)
        await service.save_load_preset(LoadPreset(id="l", name=" Very\nlarge "))
        with pytest.raises(BadRequest):
            await service.save_load_preset(LoadPreset(id="", name="x"))
    async with _open(tmp_path) as (service, _):
        assert [preset.name for preset in service.get().load_presets] == ["small", "Very large"]
        await service.delete_load_preset("l")
        assert service.get().load_presets == (small,)
        assert [preset.name for preset in service.get().presets] == ["chat"]


def test_what_can_be_changed_is_a_setting_of_the_same_type() -> None:
    kept = {field.name: field.type for field in fields(Settings)}
    for field in fields(SettingsChange):
        assert field.type == kept[field.name] | UnsetType, field.name


async def test_a_setting_goes_back_to_how_it_came(tmp_path: Path) -> None:
    async with _open(tmp_path) as (service, _):
        await service.update(SettingsChange(text_size=20, glow=False))
        await service.reset("text_size")
        assert service.get() == Settings(glow=False)
        for name in ("last_config", "nothing"):
            with pytest.raises(BadRequest, match="no setting"):
                await service.reset(name)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"text_size": 12}, "text_size"),
        ({"text_size": 21}, "text_size"),
        ({"theme": "pink"}, "theme"),
        ({"load_context_size": 100}, "load_context_size"),
        ({"load_threads": 0}, "load_threads"),
        ({"trash_days": 0}, "trash_days"),
        ({"shortcuts": {"newChat": "Mod + K"}}, "shortcuts"),
        ({"no_such_setting": 1}, "no_such_setting"),
    ],
)
def test_what_a_setting_cannot_be_is_refused_with_its_name(
    change: dict[str, object], where: str
) -> None:
    with pytest.raises(BadRequest, match=where):
        decode(json.dumps(change), SettingsChange)


async def test_one_value_that_makes_no_sense_does_not_take_the_others_along(tmp_path: Path) -> None:
    kept = {"schema": 1, "theme": "dark", "text_size": 90, "trash_days": 7}
    (tmp_path / "settings.json").write_text(json.dumps({"settings": {"1": kept}}))
    async with _open(tmp_path) as (service, notices):
        assert service.get() == Settings(theme=Theme.DARK, trash_days=7)
        assert len(notices.notices().notices) == 1
    assert len(list((tmp_path / "damaged").iterdir())) == 1


async def test_settings_of_a_later_version_are_kept_aside(tmp_path: Path) -> None:
    kept = {"schema": 99, "theme": "dark"}
    (tmp_path / "settings.json").write_text(json.dumps({"settings": {"1": kept}}))
    async with _open(tmp_path) as (service, notices):
        assert service.get() == Settings(theme=Theme.DARK)
        assert len(notices.notices().notices) == 1
    assert len(list((tmp_path / "damaged").iterdir())) == 1


async def test_what_new_chats_begin_with_is_as_sound_as_that_of_a_chat(tmp_path: Path) -> None:
    async with _open(tmp_path) as (service, _):
        with pytest.raises(BadRequest, match="top_p"):
            await service.update(SettingsChange(chat_parameters=SamplingParameters(top_p=2)))
        assert service.get() == Settings()


async def test_a_load_that_says_nothing_is_as_the_settings_have_it(tmp_path: Path) -> None:
    bare = ServerConfig(model_path=Path("/m/x.gguf"))
    async with _open(tmp_path) as (service, _):
        assert service.complete(bare) == bare
        await service.update(
            SettingsChange(
                load_context_size=4096,
                load_gpu_layers=0,
                load_cache_type=CacheType.Q8_0,
                load_flash_attention=FlashAttention.ON,
                load_threads=3,
            )
        )
        usual = ServerConfig(
            model_path=Path("/m/x.gguf"),
            context_size=4096,
            gpu_layers=0,
            cache_type_k=CacheType.Q8_0,
            cache_type_v=CacheType.Q8_0,
            flash_attention=FlashAttention.ON,
            threads=3,
        )
        assert service.complete(bare) == usual
        own = replace(bare, context_size=512, gpu_layers=7)
        assert service.complete(own) == replace(usual, context_size=512, gpu_layers=7)
