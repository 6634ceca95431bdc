"""Gathers what a diagnosis rests on, in a moment, and has it made."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import psutil
from msgspec.structs import replace

from llama_desktop.domain.errors import ModelUnusable
from llama_desktop.domain.failure import Ending, FailureCause, ServerFailure
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.metrics import MetricsSample
from llama_desktop.domain.models import ModelFile
from llama_desktop.infrastructure.llama.model_check import check_whole_model
from llama_desktop.services.llama.diagnosis.diagnose import diagnose
from llama_desktop.services.llama.diagnosis.evidence import Evidence, FileFacts, MemoryFacts
from llama_desktop.services.llama.fit_finding import Estimates, find_fit, find_smaller

logger = logging.getLogger(__name__)

Explain = Callable[[Ending, ServerConfig], Awaitable[ServerFailure]]
"""Finds out why a server ended; never raises, and takes a moment at most."""

_PATIENCE_SECONDS: Final = 2.0
_NEARLY_FULL: Final = 0.03
"""With less than this share of the memory left, the system looks for something to end."""
_MEMORY: Final = frozenset(
    {FailureCause.GPU_MEMORY_OUT, FailureCause.MEMORY_OUT, FailureCause.KILLED_FOR_MEMORY}
)


async def explain_plainly(ending: Ending, config: ServerConfig) -> ServerFailure:
    """From the ending alone."""
    return diagnose(Evidence(ending=ending, config=config, model_name=config.model_path.name))


class Diagnostician:
    """Asks the disk, the machine and the library; whatever does not answer is left out."""

    def __init__(
        self,
        *,
        data_folder: Path,
        models: Callable[[], tuple[ModelFile, ...]],
        last_sample: Callable[[], MetricsSample | None],
        estimates: Callable[[], Estimates],
    ) -> None:
        """`last_sample`: what telemetry saw last; None: nobody listened."""
        self._data_folder = data_folder
        self._models = models
        self._last_sample = last_sample
        self._estimates = estimates

    async def explain(self, ending: Ending, config: ServerConfig) -> ServerFailure:
        """See `Explain`."""
        models, sample = self._models(), self._last_sample()
        model = next((each for each in models if each.path == config.model_path), None)
        evidence = Evidence(
            ending=ending,
            config=config,
            model_name=model.name if model is not None else config.model_path.stem,
            file=_read_facts(model),
            memory=_read_sample(sample),
        )
        failure = diagnose(evidence)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                evidence = await asyncio.to_thread(self._look, evidence)
                failure = diagnose(evidence)
                if failure.cause in _MEMORY:
                    evidence = await self._find_what_fits(evidence, models, model)
                    failure = diagnose(evidence)
        except TimeoutError:
            logger.warning("what the machine has free cannot be found out in time")
        logger.warning(
            "llama-server failed: %s (%s; %s)",
            failure.message,
            failure.cause,
            failure.exit_words or "it has not ended",
        )
        return failure

    def _look(self, evidence: Evidence) -> Evidence:
        """Blocks for a moment."""
        try:
            disk_free = shutil.disk_usage(self._data_folder).free
        except OSError:
            disk_free = None
        machine = psutil.virtual_memory()
        memory = replace(
            evidence.memory,
            machine_free_bytes=machine.available,
            machine_total_bytes=machine.total,
        )
        file = replace(evidence.file, fault=_find_fault(evidence))
        return replace(evidence, memory=memory, disk_free_bytes=disk_free, file=file)

    async def _find_what_fits(
        self, evidence: Evidence, models: tuple[ModelFile, ...], model: ModelFile | None
    ) -> Evidence:
        estimates = self._estimates()
        found = await estimates.estimate(evidence.config)
        memory = evidence.memory
        if found.gpu_free_bytes:
            memory = replace(memory, gpu_free_bytes=found.gpu_free_bytes)
        return replace(
            evidence,
            memory=memory,
            fit=await find_fit(estimates, evidence.config),
            smaller=await find_smaller(estimates, models, model),
        )


def _find_fault(evidence: Evidence) -> FailureCause | None:
    """By the app's own reader, of a model that could not be loaded."""
    if not evidence.ending.while_loading:
        return None
    try:
        check_whole_model(evidence.config.model_path)
    except ModelUnusable as unusable:
        return FailureCause(unusable.details["cause"])
    return None


def _read_facts(model: ModelFile | None) -> FileFacts:
    if model is None:
        return FileFacts()
    return FileFacts(
        # llama.cpp counts the output as one more.
        layers=model.layer_count + 1 if model.layer_count else None,
        context_size=model.context_length,
        missing_parts=model.missing_parts,
        part_count=model.part_count,
    )


def _read_sample(sample: MetricsSample | None) -> MemoryFacts:
    """What the machine had just before the end."""
    if sample is None:
        return MemoryFacts()
    used, total = sample.machine_memory_used_bytes, sample.machine_memory_total_bytes
    gpus = [gpu.memory_total_bytes for gpu in sample.gpus or ()]
    known = [bytes_ for bytes_ in gpus if bytes_ is not None]
    return MemoryFacts(
        was_nearly_full=bool(used and total and total - used < total * _NEARLY_FULL),
        gpu_total_bytes=sum(known) if known and len(known) == len(gpus) else None,
    )
