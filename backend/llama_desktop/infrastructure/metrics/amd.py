"""AMD GPUs by what Linux's driver shows of them as files. What one does not tell is None."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from llama_desktop.domain.metrics import GpuSample
from llama_desktop.infrastructure.metrics.drm_clients import read_vram

_DRM: Final = Path("/sys/class/drm")
_PROC: Final = Path("/proc")
_VENDOR: Final = "0x1002"
_CARD: Final = re.compile(r"card\d+")
_ADDRESS: Final = re.compile(r"^PCI_SLOT_NAME=(.+)$", re.MULTILINE)
_HERTZ_PER_MEGAHERTZ: Final = 1_000_000


class AmdReader:
    """Reads a handful of small files for each card; nothing has to be opened before or closed."""

    def __init__(self, drm: Path = _DRM, proc: Path = _PROC) -> None:
        self._drm = drm
        self._proc = proc

    def read(self, pids: frozenset[int], *, first_index: int) -> tuple[GpuSample, ...]:
        """All AMD GPUs, numbered from `first_index` on, and what `pids` hold. Empty: no card."""
        cards = [card for card in self._list_cards() if _read_text(card / "vendor") == _VENDOR]
        if not cards:
            return ()
        held = read_vram(pids, self._proc) if pids else {}
        return tuple(
            _read_card(first_index + number, card, held) for number, card in enumerate(cards)
        )

    def _list_cards(self) -> list[Path]:
        try:
            entries = [entry for entry in self._drm.iterdir() if _CARD.fullmatch(entry.name)]
        except OSError:
            return []
        entries.sort(key=lambda entry: int(entry.name.removeprefix("card")))
        return [entry / "device" for entry in entries]


def _read_card(index: int, card: Path, held: dict[str, int | None] | None) -> GpuSample:
    sensors = _find_sensors(card)
    load = _read_number(card / "gpu_busy_percent")
    milli_celsius = _read_sensor(sensors, "temp1_input")
    microwatts = _read_sensor(sensors, "power1_average") or _read_sensor(sensors, "power1_input")
    microjoules = _read_sensor(sensors, "energy1_input")
    return GpuSample(
        index=index,
        name=_read_text(card / "product_name") or "AMD GPU",
        load_percent=None if load is None else float(load),
        memory_used_bytes=_read_number(card / "mem_info_vram_used"),
        memory_total_bytes=_read_number(card / "mem_info_vram_total"),
        memory_process_bytes=_find_own(card, held),
        temperature_celsius=None if milli_celsius is None else milli_celsius / 1000,
        power_watts=None if microwatts is None else microwatts / 1_000_000,
        clock_megahertz=_read_clock(sensors, "freq1_input"),
        memory_clock_megahertz=_read_clock(sensors, "freq2_input"),
        fan_percent=_read_fan(sensors),
        energy_joules=None if microjoules is None else microjoules / 1_000_000,
    )


def _find_own(card: Path, held: dict[str, int | None] | None) -> int | None:
    """None: it is not told. A card that none of the processes has opened holds nothing of them."""
    address = _ADDRESS.search(_read_text(card / "uevent") or "")
    return None if address is None or held is None else held.get(address[1], 0)


def _find_sensors(card: Path) -> Path | None:
    try:
        return next(iter(sorted((card / "hwmon").iterdir())), None)
    except OSError:
        return None


def _read_clock(sensors: Path | None, name: str) -> int | None:
    hertz = _read_sensor(sensors, name)
    return None if hertz is None else hertz // _HERTZ_PER_MEGAHERTZ


def _read_fan(sensors: Path | None) -> float | None:
    """By its pulse width, of 255 where the driver names no other maximum."""
    width = _read_sensor(sensors, "pwm1")
    most = _read_sensor(sensors, "pwm1_max") or 255
    return None if width is None else width / most * 100


def _read_sensor(sensors: Path | None, name: str) -> int | None:
    return None if sensors is None else _read_number(sensors / name)


def _read_number(path: Path) -> int | None:
    text = _read_text(path)
    try:
        return None if text is None else int(text)
    except ValueError:
        return None


def _read_text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return None
