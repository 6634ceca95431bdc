"""A disk that is really full: what is written meanwhile is answered, told, and saved in the end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driver.running_app import RunningApp, running_app

OpenPage = Callable[..., Page]
PATIENCE_MS = 20_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if sys.platform != "linux":
        pytest.skip("tmpfs is Linux's")
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("a small disk can only be mounted by root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def app(small_disk: Path) -> Iterator[RunningApp]:
    with running_app(small_disk / "data") as started:
        started.be_quiet()
        yield started


def fill(disk: Path) -> Path:
    """Leave not a byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return filler


def test_a_chat_on_a_full_disk_goes_on_is_told_and_is_saved_when_there_is_room(
    app: RunningApp,
    open_page: OpenPage,
    small_disk: Path,
    tiny_model: Path,
    picture: Callable[[Page, str], None],
) -> None:
    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})
    page = open_page(theme="dark")
    filler = fill(small_disk)
    message = page.get_by_role("textbox", name="Message")
    message.fill("Is there room?")
    message.press("Enter")
    answer = page.get_by_role("article").nth(1)
    expect(answer.get_by_text("to first token")).to_be_visible(timeout=PATIENCE_MS)
    banner = page.get_by_role("alert").filter(has_text="The disk is full.")
    expect(banner).to_contain_text(
        "Two new messages are held in memory and saved as soon as there is room."
    )
    banner.get_by_role("button", name="Try again").click()
    expect(banner).to_be_visible()
    picture(page, "disk-full-dark")
    page.reload()
    expect(page.get_by_role("article").first).to_contain_text("Is there room?")
    chat = app.invoke("list_conversations")[0]["id"]
    kept = small_disk / "data" / "chats" / f"{chat}.json"
    assert not kept.exists()

    filler.unlink()
    expect(banner).to_be_hidden(timeout=PATIENCE_MS)
    assert "Is there room?" in kept.read_text()
