"""What is suggested to whom."""

from __future__ import annotations

import pytest

from llama_desktop.domain.first_run import SuggestedFit
from llama_desktop.domain.fit import GpuMemory
from llama_desktop.services.models.suggest import suggest_models

GB = 1_000_000_000


def _gpus(free: int | None) -> tuple[GpuMemory, ...]:
    return () if free is None else (GpuMemory(name="GPU", total_bytes=12 * GB, free_bytes=free),)


@pytest.mark.parametrize(
    ("ram", "vram", "titles"),
    [
        (24 * GB, 11 * GB, ["Qwen3 8B", "Qwen3 4B", "Gemma 3 12B"]),
        (24 * GB, 5 * GB, ["Qwen3 4B", "Qwen3 1.7B", "Gemma 3 4B"]),
        (24 * GB, None, ["Qwen3 4B", "Qwen3 1.7B", "Gemma 3 4B"]),
        (5 * GB, None, ["Qwen3 1.7B", "Gemma 3 1B"]),
        (2 * GB, None, ["Gemma 3 1B"]),
        (GB // 2, None, []),
        (None, None, []),
    ],
)
def test_the_most_able_that_runs_well_comes_first(
    ram: int | None, vram: int | None, titles: list[str]
) -> None:
    suggested = suggest_models(memory_free_bytes=ram, gpus=_gpus(vram))

    assert [one.title for one in suggested] == titles


def test_nothing_that_does_not_fit_is_suggested_and_all_says_why() -> None:
    for ram in range(40):
        for one in suggest_models(memory_free_bytes=ram * GB, gpus=()):
            assert one.fit is SuggestedFit.RAM
            assert one.needed_bytes <= one.available_bytes <= ram * GB
            assert one.why.endswith(".")
            assert one.license
