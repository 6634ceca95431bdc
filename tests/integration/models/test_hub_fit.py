"""Whether models on the Hub fit, read off the head of one of their files."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from fakes.download_app import open_downloads
from fakes.fake_hub import FakeHub, fake_hub, make_content
from llama_desktop.domain.fit import GpuMemory, MachineState, Verdict
from llama_desktop.infrastructure.hub import Hub
from llama_desktop.infrastructure.net.web import Web
from llama_desktop.services.models.hub_fit import HubFitService

REPO = "acme/Tiny-GGUF"
GB = 1_000_000_000


async def _no_token() -> str | None:
    return None


async def _verdicts(hub: FakeHub, folder: Path, free_bytes: int) -> dict[str, Verdict]:
    async def read_machine() -> MachineState:
        return MachineState(ram_total_bytes=32 * GB, ram_free_bytes=free_bytes, threads=4)

    endpoint = httpx.URL(hub.url)
    async with (
        open_downloads(folder, hub) as app,
        Web(endpoint=endpoint, token=_no_token) as web,
    ):
        service = HubFitService(app.finder, Hub(web, endpoint), web, read_machine)
        fit = await service.estimate(REPO)
    return {one.name: one.verdict for one in fit.fits}


@pytest.fixture
def tiny_content(tiny_model: Path) -> bytes:
    return tiny_model.read_bytes()


async def test_every_file_is_judged_by_the_head_of_one(tmp_path: Path, tiny_content: bytes) -> None:
    with fake_hub() as hub:
        files = hub.add(REPO)
        files["Tiny-Q4_0.gguf"] = tiny_content
        huge = 900 * GB
        hub.behaviour.tree = [
            {"type": "file", "path": "Tiny-Q4_0.gguf", "size": len(files["Tiny-Q4_0.gguf"])},
            {"type": "file", "path": "Tiny-F32.gguf", "size": huge},
        ]
        verdicts = await _verdicts(hub, tmp_path, 16 * GB)
        assert verdicts == {"Q4_0": Verdict.RAM, "F32": Verdict.TOO_LARGE}
        assert {one.path for one in hub.served} == {"Tiny-Q4_0.gguf"}

        assert (await _verdicts(hub, tmp_path, 1000))["Q4_0"] is Verdict.TOO_LARGE


async def test_a_head_that_tells_nothing_leaves_it_unknown(tmp_path: Path) -> None:
    with fake_hub() as hub:
        hub.add(REPO)["Tiny-Q4_0.gguf"] = make_content(3_000_000)
        assert await _verdicts(hub, tmp_path, 16 * GB) == {"Q4_0": Verdict.UNKNOWN}


async def test_a_search_says_of_which_models_even_a_small_file_would_be_too_large(
    tmp_path: Path,
) -> None:
    async def read_machine() -> MachineState:
        return MachineState(
            ram_total_bytes=32 * GB,
            ram_free_bytes=4 * GB,
            threads=4,
            gpus=(GpuMemory(name="card", total_bytes=4 * GB, free_bytes=4 * GB),),
        )

    with fake_hub() as hub:
        for name, count in (("small", 8 * GB), ("large", 70 * GB), ("untold", None)):
            hub.add(f"acme/{name}-GGUF", gguf={"total": count})
        endpoint = httpx.URL(hub.url)
        async with (
            open_downloads(tmp_path, hub) as app,
            Web(endpoint=endpoint, token=_no_token) as web,
        ):
            service = HubFitService(app.finder, Hub(web, endpoint), web, read_machine)
            found = await service.search("acme")

    assert {one.repo: one.may_fit for one in found} == {
        "acme/small-GGUF": True,
        "acme/large-GGUF": False,
        "acme/untold-GGUF": None,
    }
