"""The numbers of the cures: by the same estimate that the Models page shows."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.domain.failure import LoadOther
from llama_desktop.domain.fit import (
    GpuMemory,
    LibraryFit,
    MachineState,
    MemoryEstimate,
    MemoryParts,
    Verdict,
)
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.models import ModelFile
from llama_desktop.services.llama.diagnosis.evidence import Fit
from llama_desktop.services.llama.fit_finding import find_fit, find_smaller

GIGA = 1_000_000_000


class FakeEstimates:
    """A machine with a GPU of 12 GB; a layer takes 0.25 GB, a thousand tokens 0.25 GB."""

    async def estimate(self, config: ServerConfig) -> MemoryEstimate:
        context = config.context_size or 32768
        cache = context / 4096
        fitting = max(0, int((12 - cache) / 0.25))
        layers = min(41, fitting if config.gpu_layers is None else config.gpu_layers)
        needed = cache + layers * 0.25
        is_full = needed > 12
        return _estimate(
            config.model_path,
            Verdict.TOO_LARGE if is_full else Verdict.PARTLY,
            layers=layers,
            context=context,
            gpu_bytes=int(needed * GIGA),
        )

    async def estimate_library(self) -> LibraryFit:
        machine = MachineState(
            ram_total_bytes=1,
            ram_free_bytes=1,
            threads=1,
            gpus=(GpuMemory(name="x", total_bytes=1, free_bytes=1),),
        )
        return LibraryFit(
            machine=machine,
            keeps_experts=True,
            estimates=(
                _estimate(Path("small"), Verdict.GPU, gpu_bytes=2 * GIGA),
                _estimate(Path("middle"), Verdict.GPU, gpu_bytes=9 * GIGA),
                _estimate(Path("large"), Verdict.TOO_LARGE, gpu_bytes=40 * GIGA),
            ),
        )


def _estimate(
    path: Path, verdict: Verdict, *, layers: int = 1, context: int = 1, gpu_bytes: int = 0
) -> MemoryEstimate:
    return MemoryEstimate(
        path=path,
        verdict=verdict,
        context_size=context,
        layer_count=41,
        gpu_layers=layers,
        expert_layers_in_ram=0,
        gpu=MemoryParts(),
        ram=MemoryParts(),
        gpu_bytes=gpu_bytes,
        ram_bytes=0,
        gpu_free_bytes=12 * GIGA,
        ram_free_bytes=1,
        mapped_bytes=0,
        prompt_cache_bytes=0,
    )


def _model(name: str, gigabytes: int, problem: str | None = None) -> ModelFile:
    return ModelFile(
        path=Path(name),
        name=name,
        quantization=None,
        size_bytes=gigabytes * GIGA,
        problem=problem,
    )


async def test_layers_and_context_that_fit_are_found() -> None:
    config = ServerConfig(model_path=Path("a"), context_size=32768, gpu_layers=41)
    assert await find_fit(FakeEstimates(), config) == Fit(
        gpu_layers=16,
        layers=41,
        context_size=4096,
        needed_bytes=18_250_000_000,
        context_tried=32768,
    )


async def test_the_largest_model_that_fits_is_offered_and_none_that_is_damaged() -> None:
    models = (_model("small", 2), _model("middle", 8), _model("large", 30))
    failed = _model("failed", 24)
    found = await find_smaller(FakeEstimates(), (*models, failed), failed)
    assert found == LoadOther(
        model_path=Path("middle"), name="middle", size_bytes=8 * GIGA, needed_bytes=9 * GIGA
    )
    broken = _model("middle", 8, problem="It is cut off.")
    found = await find_smaller(FakeEstimates(), (_model("small", 2), broken), failed)
    assert found is not None
    assert found.name == "small"
    assert await find_smaller(FakeEstimates(), (), failed) is None
