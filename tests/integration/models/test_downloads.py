"""Downloads from a server that behaves, and from one that does not; real sockets and files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from driver.small_disk import mounted_disk
from fakes.download_app import QUICK, DownloadApp, open_downloads
from fakes.fake_hub import FakeHub, fake_hub, make_content
from llama_desktop.domain.downloads import (
    Download,
    DownloadFailed,
    Fetching,
    Finished,
    NoRoom,
    Paused,
)
from llama_desktop.domain.errors import (
    AddressRefused,
    DownloadRefused,
    HubGated,
    Offline,
)
from llama_desktop.infrastructure.download.pace import Pace
from llama_desktop.infrastructure.download.part_file import BLOCK_BYTES

REPO = "acme/Tiny-GGUF"
SIZE = 6_000_123


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as started:
        started.add(REPO)["Tiny-Q4_0.gguf"] = make_content(SIZE)
        yield started


async def _start(app: DownloadApp, quantization: str = "Q4_0") -> Download:
    return await app.finder.download(REPO, quantization)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def test_a_download_is_fetched_in_parts_checked_named_and_listed(
    hub: FakeHub, tmp_path: Path
) -> None:
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        finished = await app.until(Finished)
        assert finished.is_checked
        assert finished.path == tmp_path / "models" / "acme" / "Tiny-GGUF" / "Tiny-Q4_0.gguf"
        assert finished.path.read_bytes() == make_content(SIZE)
        assert _names(tmp_path / "models") == ["Tiny-Q4_0.gguf"]
        assert [model.path for model in await app.models.list_models()] == [finished.path]
    assert len(hub.served) > 1
    assert hub.sent_bytes() == SIZE


async def test_a_connection_that_breaks_off_is_gone_on_with_where_it_broke(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.behaviour.cut_after = 300_000
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        finished = await app.until(Finished)
    assert finished.path.read_bytes() == make_content(SIZE)
    assert len(hub.served) > 10
    assert hub.sent_bytes() == SIZE  # not a byte came twice


async def test_a_wrong_hash_deletes_the_file_and_says_so(hub: FakeHub, tmp_path: Path) -> None:
    hub.behaviour.sha256 = "a" * 64
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        failed = await app.until(DownloadFailed)
        assert failed.code == "content_wrong"
        assert "SHA-256" in failed.message
        assert _names(tmp_path / "models") == []
        assert await app.models.list_models() == ()


async def test_another_entity_tag_begins_anew_and_ends_right(hub: FakeHub, tmp_path: Path) -> None:
    hub.behaviour.cut_after, hub.behaviour.cuts = 2_000_000, 1
    hub.behaviour.etag = lambda _: "old" if hub.behaviour.cuts else "new"
    async with open_downloads(tmp_path, hub, pace=Pace(connections=1)) as app:
        await _start(app)
        finished = await app.until(Finished)
    assert finished.path.read_bytes() == make_content(SIZE)
    assert [one.start for one in hub.served].count(0) == 2


async def test_what_the_hub_says_of_the_content_counts_more_than_a_stores_tag(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.behaviour.linked_etag = True
    hub.behaviour.cut_after, hub.behaviour.cuts = 2_000_000, 1
    hub.behaviour.etag = lambda _: "one store" if hub.behaviour.cuts else "another store"
    async with open_downloads(tmp_path, hub, pace=Pace(connections=1)) as app:
        await _start(app)
        await app.until(Finished)
    assert hub.sent_bytes() == SIZE


async def test_a_server_without_ranges_gives_the_whole_file(hub: FakeHub, tmp_path: Path) -> None:
    hub.behaviour.ranges = False
    hub.behaviour.cut_after, hub.behaviour.cuts = 1_000_000, 1
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        finished = await app.until(Finished)
    assert finished.path.read_bytes() == make_content(SIZE)
    assert [one.start for one in hub.served] == [0, 0]


async def test_a_body_without_end_is_read_as_far_as_it_should_go(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.behaviour.endless = True
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        finished = await app.until(Finished)
    assert finished.path.stat().st_size == SIZE


@pytest.mark.parametrize("factor", [0.5, 3.0])
async def test_a_length_that_lies_is_not_believed(
    hub: FakeHub, tmp_path: Path, factor: float
) -> None:
    hub.behaviour.length_factor = factor
    async with open_downloads(tmp_path, hub) as app:
        download = await _start(app)
        failed = await app.until(DownloadFailed)
        assert "contradicts itself" in failed.message
        hub.behaviour.length_factor = 1.0
        await app.downloads.resume(download.id)
        finished = await app.until(Finished)
    assert finished.path.read_bytes() == make_content(SIZE)


async def test_a_busy_server_is_asked_again_after_the_time_it_names(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.behaviour.refusals = [(429, {"retry-after": "1"}), (503, {})]
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        await app.until(Finished)
        told = {
            download.state.trouble
            for event in app.log.events
            for download in event.downloads
            if isinstance(download.state, Fetching)
        }
    assert {"127.0.0.1 is busy (error 429).", "127.0.0.1 is busy (error 503)."} <= told


async def test_a_server_that_brings_next_to_nothing_is_given_up(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.behaviour.drip_seconds = 0.02
    impatient = Pace(stall_seconds=0.1, first_pause_seconds=0.001, attempts=3)
    async with open_downloads(tmp_path, hub, pace=impatient) as app:
        await _start(app)
        failed = await app.until(DownloadFailed)
        assert failed.code == "hub_unreachable"
        hub.behaviour.drip_seconds = None
        await app.downloads.resume(app.downloads.downloads().downloads[0].id)
        finished = await app.until(Finished)
    assert finished.path.read_bytes() == make_content(SIZE)


@pytest.mark.parametrize(
    "place",
    [
        "http://10.0.0.1/x.gguf",
        "https://127.0.0.1/x.gguf",
        "https://[::ffff:192.168.1.1]/x.gguf",
        "https://169.254.169.254/latest",
        "http://127.0.0.1:1/x.gguf",
        "https://example.org/x.gguf",
        "https://huggingface.co.example.org/x.gguf",
        "https://huggingface.co:8443/x.gguf",
        "https://user@huggingface.co/x.gguf",
        "file:///etc/passwd",
    ],
)
async def test_no_redirect_leads_to_another_place(hub: FakeHub, tmp_path: Path, place: str) -> None:
    hub.behaviour.redirect = place
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        failed = await app.until(DownloadFailed)
    assert failed.code == "address_refused"


async def test_what_is_no_model_is_refused_at_its_first_bytes(hub: FakeHub, tmp_path: Path) -> None:
    hub.repos[REPO]["Tiny-Q4_0.gguf"] = b"<!DOCTYPE html><title>Log in</title>" * 1000
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        failed = await app.until(DownloadFailed)
    assert "no GGUF file" in failed.message


async def test_a_file_that_is_gone_is_said_to_be_gone(hub: FakeHub, tmp_path: Path) -> None:
    async with open_downloads(tmp_path, hub) as app:
        await app.finder.model(REPO)
        hub.repos[REPO].clear()
        await _start(app)
        failed = await app.until(DownloadFailed)
    assert failed.code == "hub_model_not_found"


async def test_a_pause_keeps_what_came_and_goes_on_from_there(hub: FakeHub, tmp_path: Path) -> None:
    hub.behaviour.bytes_per_second = 4_000_000
    async with open_downloads(tmp_path, hub) as app:
        download = await _start(app)
        await app.until_bytes(1_000_000)
        paused = await app.downloads.pause(download.id)
        assert isinstance(paused.state, Paused)
        assert _names(tmp_path / "models") == ["Tiny-Q4_0.gguf.part", "Tiny-Q4_0.gguf.part.map"]
        assert await app.models.list_models() == ()
        hub.behaviour.bytes_per_second = None
        before = len(hub.served)
        await app.downloads.resume(download.id)
        finished = await app.until(Finished)
        again = sum(one.sent for one in hub.served[before:]) - (SIZE - paused.done_bytes)
    assert finished.path.read_bytes() == make_content(SIZE)
    assert again <= QUICK.connections * BLOCK_BYTES


async def test_the_next_start_of_the_app_goes_on_and_leaves_what_was_paused(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.repos[REPO]["Tiny-Q8_0.gguf"] = make_content(SIZE, seed=2)
    hub.behaviour.bytes_per_second = 4_000_000
    async with open_downloads(tmp_path, hub) as app:
        going = await _start(app)
        paused = await _start(app, "Q8_0")
        await app.until_bytes(1_000_000)
        await app.downloads.pause(paused.id)
    hub.behaviour.bytes_per_second = None
    async with open_downloads(tmp_path, hub) as app:
        await app.until(Finished, going.id)
        states = {one.id: one.state for one in app.downloads.downloads().downloads}
        assert isinstance(states[paused.id], Paused)


async def test_a_cancelled_download_leaves_nothing(hub: FakeHub, tmp_path: Path) -> None:
    hub.behaviour.bytes_per_second = 4_000_000
    async with open_downloads(tmp_path, hub) as app:
        download = await _start(app)
        await app.until_bytes(500_000)
        await app.downloads.cancel(download.id)
        assert app.downloads.downloads().downloads == ()
        assert list((tmp_path / "models").iterdir()) == []
    async with open_downloads(tmp_path, hub) as app:
        assert app.downloads.downloads().downloads == ()


async def test_all_parts_and_the_vision_part_appear_together(hub: FakeHub, tmp_path: Path) -> None:
    files = hub.repos[REPO]
    for number in (1, 2, 3):
        files[f"big/Tiny-Q8_0-0000{number}-of-00003.gguf"] = make_content(400_000, seed=number)
    files["mmproj-Tiny-F16.gguf"] = make_content(300_000, seed=9)
    async with open_downloads(tmp_path, hub) as app:
        await app.finder.download(REPO, "Q8_0", with_projector=True)
        finished = await app.until(Finished)
        assert finished.path.name == "Tiny-Q8_0-00001-of-00003.gguf"
        assert len(_names(tmp_path / "models")) == 4
        (model,) = await app.models.list_models()
        assert model.part_count == 3
        assert model.missing_parts == ()


async def test_a_file_that_is_there_and_right_is_not_fetched_again(
    hub: FakeHub, tmp_path: Path
) -> None:
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        await app.until(Finished)
        before = hub.sent_bytes()
        app.forget()
        await _start(app)
        await app.until(Finished)
    assert hub.sent_bytes() == before


async def test_another_file_of_that_name_is_never_written_over(
    hub: FakeHub, tmp_path: Path
) -> None:
    other = tmp_path / "models" / "acme" / "Tiny-GGUF" / "Tiny-Q4_0.gguf"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"GGUF mine")
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        failed = await app.until(DownloadFailed)
    assert "another file" in failed.message
    assert other.read_bytes() == b"GGUF mine"


async def test_what_does_not_fit_the_disk_is_not_begun(hub: FakeHub, tmp_path: Path) -> None:
    hub.behaviour.tree = [
        {"type": "file", "path": "Huge-Q4_0.gguf", "size": 1 << 45, "oid": "0"},
    ]
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        no_room = await app.until(NoRoom)
    assert no_room.missing_bytes > 1 << 40
    assert hub.served == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted_disk(tmp_path / "disk", 72) as disk:
        yield disk


def _fill(ballast: Path) -> None:
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"\0" * 65536):
            pass


async def test_a_disk_that_fills_up_keeps_the_part_and_goes_on_later(
    hub: FakeHub, tmp_path: Path, small_disk: Path
) -> None:
    hub.behaviour.bytes_per_second = 4_000_000
    async with open_downloads(tmp_path, hub, folder=small_disk / "models") as app:
        download = await _start(app)
        await app.until_bytes(500_000)
        _fill(small_disk / "ballast")
        no_room = await app.until(NoRoom)
        assert no_room.missing_bytes > 0
        assert app.downloads.downloads().downloads[0].done_bytes >= 500_000
        (small_disk / "ballast").unlink()
        hub.behaviour.bytes_per_second = None
        await app.downloads.resume(download.id)
        finished = await app.until(Finished)
        assert finished.path.read_bytes() == make_content(SIZE)


async def test_without_a_connection_it_is_said_and_what_came_stays(
    hub: FakeHub, tmp_path: Path
) -> None:
    async with open_downloads(tmp_path, hub) as app:
        await app.finder.model(REPO)
        hub.close()
        await _start(app)
        failed = await app.until(DownloadFailed)
        assert failed.code == "offline"
        with pytest.raises(Offline, match="internet connection"):
            await app.finder.search("tiny")


async def test_a_gated_model_is_fetched_with_the_token_that_no_store_sees(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.behaviour.token = "hf_secret"
    async with open_downloads(tmp_path, hub) as app:
        await app.account.save_token("hf_secret")
        await _start(app)
        await app.until(Finished)
        app.forget()
    assert hub.authorizations[0] == "Bearer hf_secret"


async def test_without_a_token_a_gated_model_says_what_to_do(hub: FakeHub, tmp_path: Path) -> None:
    hub.behaviour.token = "hf_secret"
    async with open_downloads(tmp_path, hub) as app:
        await _start(app)
        failed = await app.until(DownloadFailed)
    assert failed.code == HubGated.code
    assert "token" in failed.message


async def test_a_file_from_an_address_has_no_hash_and_says_so(hub: FakeHub, tmp_path: Path) -> None:
    async with open_downloads(tmp_path, hub) as app:
        await app.finder.download_url(f"{hub.url}/cdn/{REPO}/Tiny-Q4_0.gguf")
        finished = await app.until(Finished)
    assert not finished.is_checked
    assert finished.path == tmp_path / "models" / "Tiny-Q4_0.gguf"
    assert finished.path.read_bytes() == make_content(SIZE)


async def test_an_address_of_the_hub_is_fetched_as_the_hubs_file(
    hub: FakeHub, tmp_path: Path
) -> None:
    async with open_downloads(tmp_path, hub) as app:
        await app.finder.download_url(f"{hub.url}/{REPO}/blob/main/Tiny-Q4_0.gguf")
        finished = await app.until(Finished)
    assert finished.is_checked


async def test_addresses_that_are_not_fetched_say_why(hub: FakeHub, tmp_path: Path) -> None:
    async with open_downloads(tmp_path, hub) as app:
        for url in ("http://example.org/a.gguf", "https://192.168.0.1/a.gguf"):
            with pytest.raises(AddressRefused):
                await app.finder.download_url(url)
        with pytest.raises(DownloadRefused, match=r"\.gguf"):
            await app.finder.download_url("https://example.org/a.zip")


async def test_a_limit_that_is_set_while_it_runs_counts_at_once(
    hub: FakeHub, tmp_path: Path
) -> None:
    async with open_downloads(tmp_path, hub) as app:
        await app.settings.change(lambda old: replace(old, download_limit_bytes=100_000))
        await _start(app)
        await app.until(Fetching)
        await app.settings.change(lambda old: replace(old, download_limit_bytes=None))
        await app.until(Finished)


async def test_the_third_download_waits_for_its_turn(hub: FakeHub, tmp_path: Path) -> None:
    hub.behaviour.bytes_per_second = 4_000_000
    for number in (5, 6):
        hub.repos[REPO][f"Tiny-Q{number}_0.gguf"] = make_content(SIZE, seed=number)
    async with open_downloads(tmp_path, hub) as app:
        for quantization in ("Q4_0", "Q5_0", "Q6_0"):
            last = await _start(app, quantization)
        assert last.state.__class__.__name__ == "Queued"
        hub.behaviour.bytes_per_second = None
        await app.until(Finished, last.id)
