"""Judges what GPUs and drivers there are. Pure."""

from __future__ import annotations

import sys

from llama_desktop.domain.doctor import DoctorGroup, DoctorLine, Finding
from llama_desktop.domain.llama import EngineKind
from llama_desktop.infrastructure.gpu_list import GpuList
from llama_desktop.infrastructure.llama.binary import FoundEngine


def examine_gpus(
    gpus: GpuList, used: FoundEngine | None, platform: str = sys.platform
) -> tuple[DoctorLine, ...]:
    """A line for each driver; `used` is the engine that models are loaded with."""
    lines = []
    is_built_in = used is not None and used.engine.kind is EngineKind.EMBEDDED
    if gpus.nvidia is not None:
        names = ", ".join(gpus.nvidia.gpus) or "no GPU"
        detail = f"Driver {gpus.nvidia.version}: {names}."
        lines.append(_describe_use("NVIDIA", detail, is_built_in=is_built_in))
    elif gpus.nvidia_problem is not None:
        lines.append(
            _line(
                Finding.FAIL,
                "NVIDIA",
                f"The driver cannot be asked: {gpus.nvidia_problem}.",
                "Restart the computer; if that does not help, install the driver again.",
            )
        )
    for vendor in dict.fromkeys(gpus.cards):
        count = gpus.cards.count(vendor)
        detail = "One GPU." if count == 1 else f"{count} GPUs."
        lines.append(_line(Finding.OK, vendor, detail))
    if not lines:
        detail = (
            "The GPU shares the computer's memory."
            if platform == "darwin"
            else "No GPU was found. Models run on the processor."
        )
        lines.append(_line(Finding.OK, "GPU", detail))
    return tuple(lines)


def _describe_use(title: str, detail: str, *, is_built_in: bool) -> DoctorLine:
    if not is_built_in:
        return _line(Finding.OK, title, detail)
    return _line(
        Finding.WARN,
        title,
        f"{detail} The built-in engine runs on the processor alone.",
        "Choose a llama-server that was built with CUDA, and models run on the GPU.",
    )


def _line(finding: Finding, title: str, detail: str, cure: str | None = None) -> DoctorLine:
    return DoctorLine(
        group=DoctorGroup.GPUS, finding=finding, title=title, detail=detail, cure=cure
    )
