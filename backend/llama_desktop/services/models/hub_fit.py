"""Says of a repository's models whether they fit, before they are here.

The header of one file is read off the Hub by ranges; it tells layers and heads. The other files of
a repository hold the same model in other sizes, so their weights are its own, scaled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import httpx
from msgspec.structs import replace

from llama_desktop.domain.downloads import (
    HubFit,
    HubModel,
    HubQuantization,
    HubRepo,
    QuantizationFit,
)
from llama_desktop.domain.fit import MachineState, MemoryEstimate, Verdict
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.model_facts import ModelFacts, ModelWeights
from llama_desktop.infrastructure.gguf.facts import read_facts
from llama_desktop.infrastructure.gguf.header import parse_header
from llama_desktop.infrastructure.gguf.problem import GgufProblem, HeaderIncomplete
from llama_desktop.infrastructure.hub import Hub
from llama_desktop.infrastructure.net.web import Web
from llama_desktop.services.models.finder import FinderService
from llama_desktop.services.models.fit import (
    EMBEDDED_OVERHEAD,
    USUAL_CONTEXT,
    FitQuestion,
    estimate,
)
from llama_desktop.services.models.lesson import Lesson

_FIRST_BYTES: Final = 2 << 20
_MOST_BYTES: Final = 32 << 20
_SMALL_BITS: Final = 3
"""For each parameter, in the smallest files that are worth loading."""

ReadMachine = Callable[[], Awaitable[MachineState]]
"""What is free now."""


class HubFitService:
    """Asks the Hub for one header for each repository that is looked at."""

    def __init__(
        self, finder: FinderService, hub: Hub, web: Web, read_machine: ReadMachine
    ) -> None:
        self._finder = finder
        self._hub = hub
        self._web = web
        self._read_machine = read_machine

    async def search(self, query: str) -> tuple[HubModel, ...]:
        """Repositories with GGUF files, each with whether a small file of it would fit here.

        Raises:
            HubModelNotFound, HubGated, Offline, HubUnreachable: no usable answer.
        """
        found = await self._finder.search(query)
        machine = await self._read_machine()
        return tuple(replace(one, may_fit=may_fit(one, machine)) for one in found)

    async def estimate(self, repo: str) -> HubFit:
        """Of each model of a repository whether it fits, with the usual context.

        Raises:
            BadRequest, HubModelNotFound, HubGated, Offline, HubUnreachable: no usable answer.
        """
        seen = await self._finder.recall(repo)
        facts = await self._read_facts(seen)
        machine = await self._read_machine()
        return estimate_repo(seen, facts, machine)

    async def _read_facts(self, seen: HubRepo) -> ModelFacts | None:
        """None: the file does not tell, or is none that we understand."""
        one = next((one for one in seen.quantizations if len(one.files) == 1), None)
        if one is None:
            return None
        file = one.files[0]
        url = self._hub.file_url(seen.repo, seen.commit, file.path)
        content = bytearray()
        wanted = _FIRST_BYTES
        while True:
            await self._read_on(url, seen.repo, content, min(wanted, file.size_bytes))
            try:
                header = await asyncio.to_thread(parse_header, bytes(content), file.size_bytes)
                return await asyncio.to_thread(read_facts, header)
            except HeaderIncomplete:
                if wanted >= min(_MOST_BYTES, file.size_bytes) or len(content) < wanted:
                    return None
                wanted *= 2
            except GgufProblem:
                return None

    async def _read_on(self, url: httpx.URL, repo: str, content: bytearray, wanted: int) -> None:
        have = len(content)
        content += await self._web.read_range(
            url,
            self._hub.reach,
            have,
            wanted,
            require=lambda status: self._hub.require_file(status, repo),
        )


def may_fit(model: HubModel, machine: MachineState) -> bool | None:
    """By the count of parameters alone, before any file is looked at. Pure."""
    if model.parameter_count is None or machine.ram_free_bytes is None:
        return None
    free = machine.ram_free_bytes + sum(gpu.free_bytes for gpu in machine.gpus)
    return model.parameter_count * _SMALL_BITS // 8 + EMBEDDED_OVERHEAD <= free


def estimate_repo(seen: HubRepo, facts: ModelFacts | None, machine: MachineState) -> HubFit:
    """Every model of a repository against a machine. Pure."""
    trained = seen.context_length or (facts.context_length if facts else None)
    context = min(USUAL_CONTEXT, trained or USUAL_CONTEXT)
    projector = seen.projectors[0].size_bytes if seen.projectors else 0
    return HubFit(
        context_size=context,
        fits=tuple(_hold(one, facts, machine, context, projector) for one in seen.quantizations),
    )


def _hold(
    one: HubQuantization,
    facts: ModelFacts | None,
    machine: MachineState,
    context: int,
    projector: int,
) -> QuantizationFit:
    if facts is None or facts.weights.total == 0:
        return QuantizationFit(name=one.name, verdict=Verdict.UNKNOWN)
    ratio = one.size_bytes / facts.weights.total
    found = estimate(
        FitQuestion(
            config=ServerConfig(model_path=Path(one.files[0].path), context_size=context),
            facts=replace(facts, weights=_scale(facts.weights, ratio)),
            projector_bytes=projector,
            machine=machine,
            lesson=Lesson(EMBEDDED_OVERHEAD),
            prompt_cache_bytes=0,
        )
    )
    return _tell(one.name, found)


def _tell(name: str, found: MemoryEstimate) -> QuantizationFit:
    on_gpu = found.verdict is Verdict.GPU
    available = found.gpu_free_bytes if on_gpu else found.ram_free_bytes + found.gpu_free_bytes
    return QuantizationFit(
        name=name,
        verdict=found.verdict,
        layer_count=found.layer_count,
        gpu_layers=found.gpu_layers,
        expert_layers_in_ram=found.expert_layers_in_ram,
        needed_bytes=found.gpu_bytes if on_gpu else found.gpu_bytes + found.ram_bytes,
        available_bytes=available,
    )


def _scale(weights: ModelWeights, ratio: float) -> ModelWeights:
    return ModelWeights(
        layers=tuple(round(layer * ratio) for layer in weights.layers),
        experts=tuple(round(layer * ratio) for layer in weights.experts),
        input=round(weights.input * ratio),
        output=round(weights.output * ratio),
        other=round(weights.other * ratio),
    )
