"""Chooses from the short list what suits a machine. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from llama_desktop.domain.first_run import SuggestedFit, SuggestedModel
from llama_desktop.domain.fit import GpuMemory
from llama_desktop.services.models.suggested_models import SUGGESTED_MODELS, ListedModel

_ENGINE_BYTES: Final = 500_000_000
"""Buffers for computing, and the process itself."""
_LARGEST_ON_CPU: Final = 3_000_000_000
"""Each token reads all weights once: of more than this, a usual memory gives few in a second."""
_SHARE_OF_RAM: Final = 0.8
"""The rest stays with the other programs."""


def suggest_models(
    *,
    memory_free_bytes: int | None,
    gpus: Sequence[GpuMemory],
    listed: Sequence[ListedModel] = SUGGESTED_MODELS,
) -> tuple[SuggestedModel, ...]:
    """The most able that runs well, a faster one, and one that sees images; as far as they fit."""
    on_gpu = max((gpu.free_bytes for gpu in gpus), default=0)
    in_ram = int((memory_free_bytes or 0) * _SHARE_OF_RAM)
    held = [(one, _hold(one, on_gpu, in_ram)) for one in listed]
    fitting = [(one, told) for one, told in held if told.fit is not SuggestedFit.TOO_LARGE]
    text = [told for one, told in fitting if not one.with_projector]
    quick = [told for told in text if _is_quick(told)]
    best = next(iter(quick), None) or next(reversed(text), None)
    if best is None:
        return ()
    smaller = [told for told in text if told.size_bytes < best.size_bytes]
    seeing = [told for one, told in fitting if one.with_projector]
    pictures = next((told for told in seeing if _is_quick(told)), next(reversed(seeing), None))
    return (best, *smaller[:1], *([pictures] if pictures else []))


def _is_quick(told: SuggestedModel) -> bool:
    return told.fit is SuggestedFit.GPU or told.size_bytes <= _LARGEST_ON_CPU


def _hold(one: ListedModel, on_gpu: int, in_ram: int) -> SuggestedModel:
    needed = one.size_bytes + one.context_bytes + _ENGINE_BYTES
    if needed <= on_gpu:
        fit, available = SuggestedFit.GPU, on_gpu
    else:
        fit = SuggestedFit.RAM if needed <= in_ram else SuggestedFit.TOO_LARGE
        available = in_ram
    return SuggestedModel(
        title=one.title,
        repo=one.repo,
        quantization=one.quantization,
        with_projector=one.with_projector,
        size_bytes=one.size_bytes,
        why=one.why,
        short=one.short,
        license=one.license,
        fit=fit,
        needed_bytes=needed,
        available_bytes=available,
    )
