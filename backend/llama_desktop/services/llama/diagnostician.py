"""Gathers what a diagnosis rests on, in a moment, and has it made."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import psutil

from llama_desktop.domain.failure import Ending, LoadOther, ServerFailure
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.metrics import MetricsSample
from llama_desktop.domain.models import ModelFile
from llama_desktop.services.llama.diagnosis.diagnose import diagnose
from llama_desktop.services.llama.diagnosis.evidence import Evidence, FileFacts, MemoryFacts

logger = logging.getLogger(__name__)

Explain = Callable[[Ending, ServerConfig], Awaitable[ServerFailure]]
"""Finds out why a server ended; never raises, and takes a moment at most."""

_PATIENCE_SECONDS: Final = 2.0
_FITS_BESIDE: Final = 0.7
"""A model that is offered instead has to be smaller than this share of the one that failed."""


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
    ) -> None:
        """`last_sample`: what telemetry saw last; None: nobody listened."""
        self._data_folder = data_folder
        self._models = models
        self._last_sample = last_sample

    async def explain(self, ending: Ending, config: ServerConfig) -> ServerFailure:
        """See `Explain`."""
        models, sample = self._models(), self._last_sample()
        model = next((each for each in models if each.path == config.model_path), None)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                memory, disk_free = await asyncio.to_thread(self._look, sample)
        except TimeoutError:
            logger.warning("the machine does not tell what memory it has")
            memory, disk_free = MemoryFacts(), None
        failure = diagnose(
            Evidence(
                ending=ending,
                config=config,
                model_name=model.name if model is not None else config.model_path.stem,
                file=_read_facts(model),
                memory=memory,
                smaller=_find_smaller(models, model),
                disk_free_bytes=disk_free,
            )
        )
        logger.warning("llama-server failed: %s (%s)", failure.message, failure.cause)
        return failure

    def _look(self, sample: MetricsSample | None) -> tuple[MemoryFacts, int | None]:
        """Blocks for a moment."""
        try:
            disk_free = shutil.disk_usage(self._data_folder).free
        except OSError:
            disk_free = None
        machine = psutil.virtual_memory()
        gpus = sample.gpus if sample is not None and sample.gpus else ()
        totals = [gpu.memory_total_bytes for gpu in gpus]
        used = [gpu.memory_used_bytes for gpu in gpus]
        total = None if not totals or None in totals else sum(t for t in totals if t)
        in_use = None if not used or None in used else sum(u for u in used if u)
        ours = sum(gpu.memory_process_bytes or 0 for gpu in gpus)
        return (
            MemoryFacts(
                machine_free_bytes=machine.available,
                machine_total_bytes=machine.total,
                gpu_total_bytes=total,
                gpu_free_bytes=None if total is None or in_use is None else total - in_use + ours,
            ),
            disk_free,
        )


def _read_facts(model: ModelFile | None) -> FileFacts:
    if model is None:
        return FileFacts()
    return FileFacts(missing_parts=model.missing_parts, part_count=model.part_count)


def _find_smaller(models: tuple[ModelFile, ...], model: ModelFile | None) -> LoadOther | None:
    """The largest sound model that is clearly smaller than the one that failed."""
    if model is None:
        return None
    smaller = [
        each
        for each in models
        if each.problem is None and each.size_bytes < model.size_bytes * _FITS_BESIDE
    ]
    if not smaller:
        return None
    best = max(smaller, key=lambda each: each.size_bytes)
    return LoadOther(model_path=best.path, name=best.name, size_bytes=best.size_bytes)
