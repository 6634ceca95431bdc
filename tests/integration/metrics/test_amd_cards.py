"""AMD GPUs, on a tree of files as Linux's driver shows them."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.domain.metrics import GpuSample
from llama_desktop.infrastructure.metrics.amd import AmdReader

GIB = 1 << 30


def write_card(drm: Path, name: str, files: dict[str, str]) -> None:
    for path, text in files.items():
        file = drm / name / "device" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n", encoding="utf-8")


def test_every_amd_card_is_read_with_all_that_it_tells(tmp_path: Path) -> None:
    write_card(tmp_path, "card0", {"vendor": "0x8086"})
    write_card(
        tmp_path,
        "card1",
        {
            "vendor": "0x1002",
            "product_name": "Radeon RX 7900 XTX",
            "gpu_busy_percent": "87",
            "mem_info_vram_used": str(6 * GIB),
            "mem_info_vram_total": str(24 * GIB),
            "hwmon/hwmon4/temp1_input": "61000",
            "hwmon/hwmon4/power1_average": "215000000",
            "hwmon/hwmon4/freq1_input": "2482000000",
            "hwmon/hwmon4/freq2_input": "1249000000",
            "hwmon/hwmon4/pwm1": "102",
        },
    )
    (tmp_path / "card1-DP-1").mkdir()  # a connector, no card
    assert AmdReader(tmp_path).read(first_index=2) == (
        GpuSample(
            index=2,
            name="Radeon RX 7900 XTX",
            load_percent=87.0,
            memory_used_bytes=6 * GIB,
            memory_total_bytes=24 * GIB,
            memory_process_bytes=None,
            temperature_celsius=61.0,
            power_watts=215.0,
            clock_megahertz=2482,
            memory_clock_megahertz=1249,
            fan_percent=40.0,
        ),
    )


def test_what_a_card_does_not_tell_or_garbles_is_none(tmp_path: Path) -> None:
    write_card(tmp_path, "card0", {"vendor": "0x1002", "gpu_busy_percent": "busy"})
    (card,) = AmdReader(tmp_path).read(first_index=0)
    assert card.name == "AMD GPU"
    assert card.load_percent is None
    assert card.memory_total_bytes is None
    assert card.temperature_celsius is None


def test_a_system_without_such_files_has_no_amd_card(tmp_path: Path) -> None:
    assert AmdReader(tmp_path / "nowhere").read(first_index=0) == ()
