"""Judges what GPUs and drivers there are. Pure."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from llama_desktop.domain.doctor import DoctorGroup, DoctorLine, Finding
from llama_desktop.infrastructure.gpu_list import GpuList
from llama_desktop.infrastructure.llama.devices import EngineDevice


def examine_gpus(
    gpus: GpuList, devices: Sequence[EngineDevice] | None, platform: str = sys.platform
) -> tuple[DoctorLine, ...]:
    """A line for each driver; `devices` are what the engine can use, None: it does not tell."""
    lines = []
    if gpus.nvidia is not None:
        names = ", ".join(gpus.nvidia.gpus) or "no GPU"
        detail = f"Driver {gpus.nvidia.version}: {names}."
        lines.append(_describe_use("NVIDIA", detail, devices))
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
        lines.append(_describe_use(vendor, detail, devices))
    if not lines and devices:
        lines += [_line(Finding.OK, "GPU", _describe_device(device)) for device in devices]
    if not lines:
        detail = (
            "The GPU shares the computer's memory."
            if platform == "darwin"
            else "No GPU was found. Models run on the processor."
        )
        lines.append(_line(Finding.OK, "GPU", detail))
    return tuple(lines)


def _describe_use(title: str, detail: str, devices: Sequence[EngineDevice] | None) -> DoctorLine:
    if devices is None or devices:
        return _line(Finding.OK, title, detail)
    return _line(
        Finding.WARN,
        title,
        f"{detail} The engine that models are loaded with runs on the processor alone.",
        "Choose a llama-server that was built for this GPU (CUDA, ROCm or Vulkan) in the settings.",
    )


def _describe_device(device: EngineDevice) -> str:
    return (
        f"{device.name}, which shares the computer's memory."
        if device.shares_ram
        else (f"{device.name}.")
    )


def _line(finding: Finding, title: str, detail: str, cure: str | None = None) -> DoctorLine:
    return DoctorLine(
        group=DoctorGroup.GPUS, finding=finding, title=title, detail=detail, cure=cure
    )
