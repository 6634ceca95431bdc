"""What the page says of GPUs: that there is one is no promise that the engine can use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp, running_app
from fakes.fake_llama_server import install
from fakes.nvidia_driver import CAN_COMPILE, compile_driver
from models.shown_library import write_shown_library

pytestmark = pytest.mark.skipif(
    not CAN_COMPILE, reason="The stand-in for the driver is compiled by a C compiler on Linux."
)

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]

MODEL = "Qwen3 0.6B"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    """On a machine with two NVIDIA GPUs, without any llama-server but the built-in engine."""
    driver = tmp_path / "driver"
    driver.mkdir()
    environment = {"LD_LIBRARY_PATH": str(compile_driver(driver))}
    with running_app(tmp_path / "data", environment=environment) as started:
        started.be_quiet()
        started.invoke("add_model_folder", path=str(write_shown_library(tmp_path / "library")))
        yield started


def test_gpus_that_the_engine_cannot_use_do_not_count_until_another_one_is_chosen(
    app: RunningApp, open_page: OpenPage, picture: Picture, tmp_path: Path
) -> None:
    page = open_page(theme="dark", width=1280)
    page.keyboard.press("Control+2")
    model = page.get_by_role("listitem").filter(has_text=MODEL)
    expect(page.get_by_text("was not built for Fake GPU A and Fake GPU B")).to_be_visible()
    expect(model).to_contain_text("Fits in RAM")
    expect(page.get_by_text("VRAM", exact=True)).to_have_count(0)
    assert find_violations(page) == []
    picture(page, "models-idle-gpus")

    page.get_by_role("button", name="Choose another engine").click()
    expect(page.get_by_role("heading", name="Engine", exact=True).first).to_be_visible()
    program = install(tmp_path / "gpu", devices="  CUDA0: Fake GPU A (24576 MiB, 19000 MiB free)")
    app.invoke("update_settings", llama_server_path=str(program))
    page.keyboard.press("Control+2")

    expect(page.get_by_text("was not built for Fake GPU B")).to_be_visible()
    expect(page.get_by_text("VRAM", exact=True)).to_be_visible()
    expect(model).to_contain_text("Fits on GPU")
