"""Room for downloads: what can be deleted for it, and how they go on by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from driver.small_disk import mounted_disk
from fakes.download_app import DownloadApp, open_downloads
from fakes.fake_hub import FakeHub, fake_hub, make_content
from llama_desktop.domain.downloads import Finished, NoRoom, Paused
from llama_desktop.domain.llama import Stopped
from llama_desktop.services.models.deletion import ModelDeletionService
from llama_desktop.services.models.room import RoomService
from models.headers import write_header

REPO = "acme/Tiny-GGUF"
MEGA = 1_000_000
SIZE = 6 * MEGA


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as started:
        files = started.add(REPO)
        files["Tiny-Q4_0.gguf"] = make_content(SIZE)
        files["Tiny-Q8_0.gguf"] = make_content(SIZE, seed=8)
        yield started


@pytest.fixture
def models(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk that has no room for a download beside the model that is in it."""
    with mounted_disk(tmp_path / "disk", 96) as disk:
        folder = disk / "models"
        folder.mkdir()
        header = write_header({"general.name": "Old"}, [("blk.0.attn_q.weight", (8,), 0)])
        (folder / "old-Q4_0.gguf").write_bytes(header + bytes(30 * MEGA))
        yield folder


def _open_room(app: DownloadApp) -> RoomService:
    def refuse(_: Path) -> None:
        raise AssertionError("the trash frees nothing")

    deletion = ModelDeletionService(app.models, app.settings, Stopped, refuse)
    return RoomService(app.downloads, deletion, app.models)


async def test_a_download_goes_on_once_a_model_is_deleted(
    hub: FakeHub, tmp_path: Path, models: Path
) -> None:
    async with open_downloads(tmp_path, hub, folder=models) as app, _open_room(app) as room:
        await app.models.add_folder(models)
        await app.finder.download(REPO, "Q4_0")
        await app.until(NoRoom)
        (old,) = await room.find()
        assert old.freed_bytes >= 30 * MEGA

        deletion = ModelDeletionService(app.models, app.settings, Stopped, Path.unlink)
        await deletion.delete(models / "old-Q4_0.gguf", for_good=True)

        finished = await app.until(Finished)
        assert finished.path.read_bytes() == make_content(SIZE)


async def test_a_download_goes_on_once_another_one_is_cancelled(
    hub: FakeHub, tmp_path: Path, models: Path
) -> None:
    hub.behaviour.bytes_per_second = 2_000_000
    (models / "old-Q4_0.gguf").write_bytes(bytes(24 * MEGA))
    async with open_downloads(tmp_path, hub, folder=models) as app, _open_room(app) as room:
        await app.models.add_folder(models)
        first = await app.finder.download(REPO, "Q8_0")
        await app.until_bytes(2 * MEGA)
        await app.downloads.pause(first.id)
        await app.until(Paused, first.id)
        (models / "ballast").write_bytes(bytes(3 * MEGA))
        second = await app.finder.download(REPO, "Q4_0")
        await app.until(NoRoom, second.id)
        found = {getattr(one, "download_id", None): one for one in await room.find()}
        assert found[first.id].freed_bytes >= 2 * MEGA
        assert second.id not in found
        hub.behaviour.bytes_per_second = None

        await app.downloads.cancel(first.id)

        await app.until(Finished, second.id)
