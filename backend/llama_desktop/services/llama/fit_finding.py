"""Finds out what would fit where memory was short: the numbers of the actions."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from typing import Protocol

from msgspec.structs import replace

from llama_desktop.domain.failure import LoadOther
from llama_desktop.domain.fit import LibraryFit, MemoryEstimate, Verdict
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.models import ModelFile
from llama_desktop.services.llama.diagnosis.actions import SMALLEST_CONTEXT
from llama_desktop.services.llama.diagnosis.evidence import Fit

_FITS = frozenset({Verdict.GPU, Verdict.PARTLY, Verdict.RAM})


class Estimates(Protocol):
    """See `FitService`."""

    def estimate(self, config: ServerConfig) -> Awaitable[MemoryEstimate]:
        """What loading a model like this would take."""
        ...

    def estimate_library(self) -> Awaitable[LibraryFit]:
        """Of every model whether it fits."""
        ...


async def find_fit(estimates: Estimates, config: ServerConfig) -> Fit:
    """What of this model fits now that its server has gone."""
    auto = await estimates.estimate(replace(config, gpu_layers=None, expert_layers_in_ram=None))
    if auto.verdict is Verdict.UNKNOWN:
        return Fit()
    tried = await estimates.estimate(config)
    has_gpu = auto.gpu_free_bytes > 0
    return Fit(
        gpu_layers=auto.gpu_layers if has_gpu else None,
        expert_layers_in_ram=auto.expert_layers_in_ram,
        layers=auto.layer_count,
        context_size=await _find_context(estimates, config, tried.context_size),
        needed_bytes=tried.gpu_bytes + tried.ram_bytes,
        context_tried=tried.context_size,
    )


async def _find_context(estimates: Estimates, config: ServerConfig, tried: int) -> int | None:
    """The largest half, quarter, … of what was tried that fits with as many layers."""
    for size in _smaller(tried):
        found = await estimates.estimate(replace(config, context_size=size))
        if found.verdict in _FITS:
            return size
    return None


def _smaller(tried: int) -> Iterator[int]:
    while tried > SMALLEST_CONTEXT:
        tried = max(SMALLEST_CONTEXT, tried // 2)
        yield tried


async def find_smaller(
    estimates: Estimates, models: tuple[ModelFile, ...], failed: ModelFile | None
) -> LoadOther | None:
    """The largest model that is here, sound, smaller than the one that failed, and fits."""
    found = {one.path: one for one in (await estimates.estimate_library()).estimates}
    fitting = [
        model
        for model in models
        if model.problem is None
        and (failed is None or model.size_bytes < failed.size_bytes)
        and (estimate := found.get(model.path)) is not None
        and estimate.verdict in _FITS
    ]
    if not fitting:
        return None
    best = max(fitting, key=lambda model: model.size_bytes)
    estimate = found[best.path]
    return LoadOther(
        model_path=best.path,
        name=best.name,
        size_bytes=best.size_bytes,
        needed_bytes=estimate.gpu_bytes + estimate.ram_bytes,
    )
