"""A download without room: what can be deleted is listed, and the download goes on by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp, running_app
from driver.small_disk import mounted_disk
from fakes.fake_hub import FakeHub, fake_hub, make_content
from models.headers import write_header

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]

PATIENCE_MS = 30_000
MEGA = 1_000_000
REPO = "acme/Tiny-GGUF"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as started:
        started.add(REPO)["Tiny-Q4_0.gguf"] = make_content(6 * MEGA)
        yield started


@pytest.fixture
def app(tmp_path: Path, hub: FakeHub) -> Iterator[RunningApp]:
    """Its models lie on a disk that two of them fill."""
    environment = {
        "HF_ENDPOINT": hub.url,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "HF_TOKEN": "",
    }
    with mounted_disk(tmp_path / "disk", 96) as disk:
        for name, megabytes in (("Old-Q4_0", 20), ("Older-Q4_0", 9)):
            header = write_header({"general.name": name[:-5]}, [("blk.0.attn_q.weight", (8,), 0)])
            (disk / f"{name}.gguf").write_bytes(header + bytes(megabytes * MEGA))
        with running_app(tmp_path / "data", environment=environment) as started:
            started.be_quiet()
            started.invoke("add_model_folder", path=str(disk))
            yield started


def test_room_is_made_on_the_page_and_the_download_goes_on(
    app: RunningApp, open_page: OpenPage, picture: Picture
) -> None:
    app.invoke("start_download", repo=REPO, quantization="Q4_0")
    page = open_page(theme="dark")
    page.keyboard.press("Control+2")
    room = page.get_by_role("region", name="Make room")
    expect(room.get_by_role("listitem")).to_have_count(2, timeout=PATIENCE_MS)
    expect(room.get_by_role("listitem").first).to_contain_text("Never used")
    expect(room.get_by_role("listitem").first).to_contain_text("20.0")
    picture(page, "make-room-dark")
    assert find_violations(page) == []
    page.emulate_media(color_scheme="light")
    picture(page, "make-room-light")
    assert find_violations(page) == []
    page.set_viewport_size({"width": 480, "height": 832})
    picture(page, "make-room-480")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    room.get_by_role("button", name="Delete Old…").click()
    dialog = page.get_by_role("dialog", name="Delete Old?")
    expect(dialog).to_contain_text("cannot be undone")
    picture(page, "make-room-dialog")
    dialog.get_by_role("button", name="Delete for good").click()

    expect(page.get_by_text("Downloaded and checked")).to_be_visible(timeout=PATIENCE_MS)
    expect(room).to_have_count(0)
    expect(page.get_by_role("button", name="Load Old", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Load Older", exact=True)).to_be_visible()
