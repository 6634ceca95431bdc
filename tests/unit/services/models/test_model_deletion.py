"""Deleting models: real files, with a folder of the test's own for the trash."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from llama_desktop.domain.errors import DeleteRefused, ModelInUse, ModelNotFound, TrashFailed
from llama_desktop.domain.llama import ServerConfig, ServerState, Starting, Stopped
from llama_desktop.infrastructure.model_caches import find_owner
from llama_desktop.infrastructure.model_headers import ModelHeaders
from llama_desktop.infrastructure.storage.settings_repository import SettingsRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.models.deletion import ModelDeletionService
from llama_desktop.services.models.library import ModelLibraryService
from llama_desktop.services.notices import NoticeService
from llama_desktop.services.settings import SettingsService
from models.headers import write_header


class Bench:
    """A library on the folder `models`, with what a deletion needs."""

    def __init__(self, folder: Path, settings: SettingsService, library: ModelLibraryService):
        self.models = folder / "models"
        self.settings = settings
        self.library = library
        self.state: ServerState = Stopped()
        self.trashed: list[str] = []
        self.refused: str | None = None
        """The name of a file that the trash does not take."""
        self.deletion = ModelDeletionService(library, settings, lambda: self.state, self._trash)

    def make(self, name: str, kind: str = "model") -> Path:
        path = self.models / name
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = {"general.type": "mmproj", "general.architecture": "clip"}
        header = write_header(
            facts if kind == "projector" else {}, [("blk.0.attn_q.weight", (8,), 0)]
        )
        path.write_bytes(header + bytes(100))
        return path

    def _trash(self, path: Path) -> None:
        if path.name == self.refused:
            raise OSError(errno.EACCES, "Permission denied")
        path.unlink()
        self.trashed.append(path.name)


@asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[Bench]:
    storage = StorageThread()
    repository = SettingsRepository(
        file=folder / "settings.json", damaged=folder / "damaged", backups=folder / "backups"
    )
    settings = SettingsService(repository, storage, NoticeService())
    await settings.load()
    try:
        async with ModelLibraryService(settings, ModelHeaders()) as library:
            bench = Bench(folder, settings, library)
            bench.models.mkdir()
            yield bench
    finally:
        await storage.aclose()


async def test_a_model_goes_to_the_trash_and_out_of_the_library(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        gone, kept = bench.make("a.gguf"), bench.make("b.gguf")
        size = gone.stat().st_size
        await bench.library.add_folder(bench.models)
        assert await bench.deletion.delete(gone) == size
        assert bench.trashed == ["a.gguf"]
        assert [model.path for model in bench.library.library().models] == [kept]


async def test_all_parts_of_a_split_model_go(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        parts = [bench.make(f"big-Q4_0-0000{number}-of-00003.gguf") for number in (1, 2, 3)]
        bench.make("big-Q8_0-00001-of-00002.gguf")
        size = sum(part.stat().st_size for part in parts)
        await bench.library.add_folder(bench.models)
        assert await bench.deletion.delete(parts[0]) == size
        assert bench.trashed == [part.name for part in parts]


async def test_a_projector_goes_with_the_last_model_that_uses_it(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        first, last = bench.make("v-Q4_0.gguf"), bench.make("v-Q8_0.gguf")
        projector = bench.make("mmproj-v-F16.gguf", "projector")
        await bench.library.add_folder(bench.models)
        assert bench.library.library().models[0].mmproj_path == projector
        await bench.deletion.delete(first)
        assert bench.trashed == [first.name]
        await bench.deletion.delete(last)
        assert bench.trashed == [first.name, last.name, projector.name]


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
async def test_all_names_of_one_file_go_and_count_once(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        real = bench.make("a.gguf")
        (bench.models / "z.gguf").symlink_to(real)
        (bench.models / "y.gguf").hardlink_to(real)
        size = real.stat().st_size
        await bench.library.add_folder(bench.models)
        (model,) = bench.library.library().models
        assert await bench.deletion.delete(model.path) == size
        assert sorted(bench.trashed) == ["a.gguf", "y.gguf", "z.gguf"]


async def test_a_file_that_the_library_does_not_know_is_not_touched(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        await bench.library.add_folder(bench.models)
        secret = tmp_path / "secret.txt"
        secret.write_text("mine")
        for path in (secret, bench.models / ".." / "secret.txt", Path("a\0b")):
            with pytest.raises(ModelNotFound, match="No model in the library"):
                await bench.deletion.delete(path)
        assert secret.exists()


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
async def test_a_link_to_outside_the_folders_is_refused(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        outside = bench.make("../elsewhere/a.gguf").resolve()
        link = bench.models / "a.gguf"
        link.symlink_to(outside)
        await bench.library.add_folder(bench.models)
        with pytest.raises(DeleteRefused, match="outside the library's folders"):
            await bench.deletion.delete(link)
        assert outside.exists()
        assert link.is_symlink()


@pytest.mark.parametrize("around", [("blobs", "manifests"), ("blobs", "snapshots")])
async def test_another_programs_store_is_left_to_it(
    tmp_path: Path, around: tuple[str, str]
) -> None:
    async with _open(tmp_path) as bench:
        model = bench.make("store/blobs/x.gguf")
        for name in around:
            (bench.models / "store" / name).mkdir(exist_ok=True)
        await bench.library.add_folder(bench.models)
        with pytest.raises(DeleteRefused, match="Remove the model there"):
            await bench.deletion.delete(model)
        assert model.exists()


def test_the_usual_stores_are_known_by_their_places(tmp_path: Path) -> None:
    model = tmp_path / ".lmstudio" / "models" / "who" / "a.gguf"
    assert find_owner(model, tmp_path, {}) == "lm_studio"
    assert find_owner(tmp_path / "models" / "a.gguf", tmp_path, {}) is None


def _starting(path: Path, **more: Path) -> ServerState:
    return Starting(config=ServerConfig(model_path=path, **more), since=0.0)


@pytest.mark.parametrize(
    "use", [_starting, lambda path: _starting(path.with_name("other.gguf"), draft_model_path=path)]
)
async def test_a_model_that_the_server_has_is_refused(
    tmp_path: Path, use: Callable[[Path], ServerState]
) -> None:
    async with _open(tmp_path) as bench:
        model = bench.make("a.gguf")
        await bench.library.add_folder(bench.models)
        bench.state = use(model)
        with pytest.raises(ModelInUse, match="Eject it"):
            await bench.deletion.delete(model)
        assert model.exists()


async def test_the_model_that_the_search_uses_is_refused(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        model = bench.make("a.gguf")
        await bench.library.add_folder(bench.models)
        await bench.settings.change(lambda old: replace(old, embedding_model_path=model))
        with pytest.raises(ModelInUse, match="The search uses a"):
            await bench.deletion.delete(model)
        assert model.exists()


async def test_a_trash_that_takes_nothing_is_told_with_what_went_before(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        parts = [bench.make(f"big-0000{number}-of-00002.gguf") for number in (1, 2)]
        await bench.library.add_folder(bench.models)
        bench.refused = parts[0].name
        with pytest.raises(TrashFailed, match=r"Permission denied\. Nothing was deleted"):
            await bench.deletion.delete(parts[0])
        bench.refused = parts[1].name
        with pytest.raises(TrashFailed, match="1 of 2 files of big are in the trash already"):
            await bench.deletion.delete(parts[0])
        (left,) = bench.library.library().models
        assert left.missing_parts == (1,)


async def test_a_file_that_went_away_meanwhile_is_told(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        model = bench.make("a.gguf")
        await bench.library.add_folder(bench.models)
        model.unlink()
        with pytest.raises(ModelNotFound, match="not there any more"):
            await bench.deletion.delete(model)
        assert bench.library.library().models == ()


async def test_a_model_is_deleted_for_good_past_the_trash(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        parts = [bench.make(f"big-0000{number}-of-00002.gguf") for number in (1, 2)]
        await bench.library.add_folder(bench.models)
        await bench.deletion.delete(parts[0], for_good=True)
        assert bench.trashed == []
        assert not any(part.exists() for part in parts)
        assert bench.library.library().models == ()


async def test_what_can_be_deleted_is_listed_with_what_that_frees(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        free, loaded = bench.make("free.gguf"), bench.make("loaded.gguf")
        bench.make("store/blobs/x.gguf")
        for name in ("blobs", "manifests"):
            (bench.models / "store" / name).mkdir(exist_ok=True)
        free.write_bytes(free.read_bytes() + bytes(2_000_000))
        await bench.library.add_folder(bench.models)
        bench.state = _starting(loaded)

        (room,) = await bench.deletion.find_room(tmp_path / "not" / "made" / "yet")

        assert (room.path, room.name) == (free, "free")
        assert 2_000_000 <= room.freed_bytes < 2_100_000


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
async def test_a_file_with_a_further_name_frees_nothing(tmp_path: Path) -> None:
    async with _open(tmp_path) as bench:
        model = bench.make("a.gguf")
        (tmp_path / "elsewhere").hardlink_to(model)
        await bench.library.add_folder(bench.models)
        assert await bench.deletion.find_room(bench.models) == ()
