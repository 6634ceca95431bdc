"""The library's service, with folders that exist and searches that the test lets end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fakes.topic_log import TopicLog
from llama_desktop.domain.errors import FolderUnusable
from llama_desktop.infrastructure.model_files import FolderScan, Tell
from llama_desktop.infrastructure.model_headers import ModelHeaders
from llama_desktop.infrastructure.model_places import Scan, scan_place
from llama_desktop.infrastructure.storage.settings_repository import SettingsRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.models.library import ModelLibraryService, Watch
from llama_desktop.services.notices import NoticeService
from llama_desktop.services.settings import SettingsService
from models.headers import write_header


@asynccontextmanager
async def _open(
    folder: Path, scan: Scan = scan_place, watch: Watch | None = None
) -> AsyncIterator[ModelLibraryService]:
    storage = StorageThread()
    repository = SettingsRepository(
        file=folder / "settings.json", damaged=folder / "damaged", backups=folder / "backups"
    )
    settings = SettingsService(repository, storage, NoticeService())
    await settings.load()
    try:
        async with ModelLibraryService(settings, ModelHeaders(), scan, watch) as library:
            yield library
    finally:
        await storage.aclose()


def _make_model(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_header({}, [("blk.0.attn_q.weight", (8,), 0)]) + bytes(100))
    return path


def _move(path: Path, target: Path) -> None:
    path.rename(target)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    _make_model(tmp_path / "models" / "deep" / "er" / "a-Q4_0.gguf")
    _make_model(tmp_path / "models" / "b.gguf")
    return tmp_path / "models"


async def test_a_folder_is_added_searched_and_remembered(tmp_path: Path, models: Path) -> None:
    async with _open(tmp_path) as library:
        added = await library.add_folder(models)
        assert [model.name for model in added.models] == ["a", "b"]
        assert [(folder.path, folder.model_count) for folder in added.folders] == [(models, 2)]
        assert not added.scanning
    async with _open(tmp_path) as library:
        assert [model.name for model in await library.list_models()] == ["a", "b"]


async def test_adding_twice_or_by_another_spelling_is_once(tmp_path: Path, models: Path) -> None:
    async with _open(tmp_path) as library:
        await library.add_folder(models)
        again = await library.add_folder(models / "deep" / "..")
        assert len(again.folders) == 1


async def test_a_model_file_stands_for_its_folder(tmp_path: Path, models: Path) -> None:
    async with _open(tmp_path) as library:
        added = await library.add_folder(models / "b.gguf")
        assert added.folders[0].path == models


async def test_a_folder_within_another_lists_each_model_once(tmp_path: Path, models: Path) -> None:
    async with _open(tmp_path) as library:
        await library.add_folder(models)
        both = await library.add_folder(models / "deep")
        assert [model.name for model in both.models] == ["a", "b"]
        assert [folder.model_count for folder in both.folders] == [2, 1]


async def test_folders_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file.txt").touch()
    async with _open(tmp_path) as library:
        for path in ("none", "file.txt", "a\0b"):
            with pytest.raises(FolderUnusable):
                await library.add_folder(tmp_path / path)
        with pytest.raises(FolderUnusable):
            await library.add_folder(Path("~nobody-of-this-name/models"))
        with pytest.raises(FolderUnusable):
            await library.remove_folder(tmp_path)
        assert library.library().folders == ()


async def test_removing_a_folder_leaves_the_disk_alone(tmp_path: Path, models: Path) -> None:
    async with _open(tmp_path) as library:
        await library.add_folder(models)
        removed = await library.remove_folder(models)
        assert (removed.folders, removed.models) == ((), ())
    assert (models / "b.gguf").exists()


async def test_a_folder_that_vanishes_stays_listed_with_the_reason(
    tmp_path: Path, models: Path
) -> None:
    async with _open(tmp_path) as library:
        await library.add_folder(models)
        _move(models, tmp_path / "away")
        gone = await library.rescan()
        assert gone.models == ()
        assert gone.folders[0].problem == "This folder cannot be read: no such file or directory."


async def test_listing_waits_for_the_search_and_the_topic_tells_its_progress(
    tmp_path: Path, models: Path
) -> None:
    may_end = threading.Event()

    def slow_scan(folder: Path, headers: ModelHeaders, tell: Tell) -> FolderScan:
        may_end.wait()
        return scan_place(folder, headers, tell)

    async with _open(tmp_path) as library:
        await library.add_folder(models)
    async with _open(tmp_path, slow_scan) as library:
        log = TopicLog(library.topic)
        listing = asyncio.create_task(library.list_models())
        await log.wait_for(object, lambda event: event.scanning)
        assert not listing.done()
        may_end.set()
        assert len(await listing) == 2
        assert [event.scanning for event in log.events] == [False, True, False]


async def test_a_defect_in_the_search_ends_it_and_is_logged(
    tmp_path: Path, models: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken_scan(_: Path, __: ModelHeaders, ___: Tell) -> FolderScan:
        raise ZeroDivisionError

    async with _open(tmp_path, broken_scan) as library:
        added = await library.add_folder(models)
        assert not added.scanning
    assert "defect" in caplog.text


async def test_a_change_on_disk_is_found_without_being_asked(tmp_path: Path, models: Path) -> None:
    changes: asyncio.Queue[None] = asyncio.Queue()

    async def watch(folders: Sequence[Path], _: asyncio.Event) -> AsyncGenerator[None]:
        while folders:
            yield await changes.get()

    async with _open(tmp_path) as library:
        await library.add_folder(models)
    async with _open(tmp_path, watch=watch) as library:
        await library.list_models()
        log = TopicLog(library.topic)
        _make_model(models / "new.gguf")
        changes.put_nowait(None)

        await log.wait_for(object, lambda event: len(event.models) == 3)
