"""Which GPUs and drivers there are, without using them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pynvml
from msgspec import Struct

_DRM: Final = Path("/sys/class/drm")
_NVIDIA_MODULE: Final = Path("/proc/driver/nvidia")
_VENDORS: Final = {"0x1002": "AMD", "0x8086": "Intel", "0x10de": "NVIDIA"}


class NvidiaDriver(Struct, frozen=True):
    """What NVML tells."""

    version: str
    gpus: tuple[str, ...]


class GpuList(Struct, frozen=True):
    """What was found."""

    nvidia: NvidiaDriver | None
    nvidia_problem: str | None
    """Why the driver cannot be asked although there is one; None: there is none, or it can."""
    cards: tuple[str, ...]
    """By vendor, of other makers than NVIDIA, as Linux shows them."""


def list_gpus(*, drm: Path = _DRM, nvidia_module: Path = _NVIDIA_MODULE) -> GpuList:
    """Blocks for a moment: call it in a thread."""
    nvidia, problem = _ask_nvidia(has_module=nvidia_module.exists())
    return GpuList(nvidia=nvidia, nvidia_problem=problem, cards=_list_cards(drm))


def _ask_nvidia(*, has_module: bool) -> tuple[NvidiaDriver | None, str | None]:
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        return None, str(error) if has_module or _is_telling(error) else None
    try:
        names = [
            _text(pynvml.nvmlDeviceGetName(pynvml.nvmlDeviceGetHandleByIndex(index)))
            for index in range(pynvml.nvmlDeviceGetCount())
        ]
        return NvidiaDriver(_text(pynvml.nvmlSystemGetDriverVersion()), tuple(names)), None
    except pynvml.NVMLError as error:
        return None, str(error)
    finally:
        pynvml.nvmlShutdown()


def _is_telling(error: pynvml.NVMLError) -> bool:
    """Without the library there is simply no driver."""
    return not isinstance(
        error,
        pynvml.NVMLError_LibraryNotFound | pynvml.NVMLError_DriverNotLoaded,
    )


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _list_cards(drm: Path) -> tuple[str, ...]:
    cards = []
    for vendor_file in sorted(drm.glob("card[0-9]*/device/vendor")):
        try:
            vendor = _VENDORS.get(vendor_file.read_text().strip())
        except OSError:
            continue
        if vendor is not None and vendor != "NVIDIA":
            cards.append(vendor)
    return tuple(cards)
