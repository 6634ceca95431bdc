"""AMD GPUs, on a tree of files as Linux's driver shows them."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.domain.fit import GpuMemory
from llama_desktop.domain.metrics import GpuSample
from llama_desktop.infrastructure.metrics.amd import AmdReader
from llama_desktop.infrastructure.metrics.machine import MachineReader

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
            "hwmon/hwmon4/energy1_input": "7250000",
        },
    )
    (tmp_path / "card1-DP-1").mkdir()  # a connector, no card
    assert AmdReader(tmp_path).read(frozenset(), first_index=2) == (
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
            energy_joules=7.25,
        ),
    )


def test_what_is_free_on_an_amd_card_counts_for_what_fits(tmp_path: Path) -> None:
    files = {"mem_info_vram_used": str(6 * GIB), "mem_info_vram_total": str(24 * GIB)}
    write_card(tmp_path, "card0", {"vendor": "0x1002", "product_name": "Radeon", **files})
    write_card(tmp_path, "card1", {"vendor": "0x1002"})  # tells no memory
    reader = MachineReader(AmdReader(tmp_path))
    machine = reader.read(None)
    reader.close()
    cards = [gpu for gpu in machine.gpus if gpu.name == "Radeon"]
    assert cards == [GpuMemory(name="Radeon", total_bytes=24 * GIB, free_bytes=18 * GIB)]


def test_what_a_card_does_not_tell_or_garbles_is_none(tmp_path: Path) -> None:
    write_card(tmp_path, "card0", {"vendor": "0x1002", "gpu_busy_percent": "busy"})
    (card,) = AmdReader(tmp_path).read(frozenset(), first_index=0)
    assert card.name == "AMD GPU"
    assert card.load_percent is None
    assert card.memory_total_bytes is None
    assert card.temperature_celsius is None


def test_a_system_without_such_files_has_no_amd_card(tmp_path: Path) -> None:
    assert AmdReader(tmp_path / "nowhere").read(frozenset(), first_index=0) == ()


def write_open_file(proc: Path, pid: int, number: int, target: str, told: str) -> None:
    process = proc / str(pid)
    for folder in ("fd", "fdinfo"):
        (process / folder).mkdir(parents=True, exist_ok=True)
    (process / "fd" / str(number)).symlink_to(target)
    (process / "fdinfo" / str(number)).write_text(f"pos:\t0\nflags:\t02\n{told}", "utf-8")


def told_of(card: str, client: int, vram: str) -> str:
    return (
        f"drm-driver:\tamdgpu\ndrm-client-id:\t{client}\ndrm-pdev:\t{card}\n"
        f"drm-memory-vram:\t{vram}\ndrm-memory-gtt: \t64 KiB\n"
    )


def read_held(tmp_path: Path, *pids: int) -> list[int | None]:
    cards = AmdReader(tmp_path / "drm", tmp_path / "proc").read(frozenset(pids), first_index=0)
    return [card.memory_process_bytes for card in cards]


def write_two_cards(drm: Path) -> None:
    for number, address in enumerate(["0000:03:00.0", "0000:0a:00.0"]):
        uevent = f"DRIVER=amdgpu\nPCI_ID=1002:744C\nPCI_SLOT_NAME={address}\nMODALIAS=pci:v"
        write_card(drm, f"card{number}", {"vendor": "0x1002", "uevent": uevent})


def test_each_use_of_a_card_counts_once_on_the_card_that_it_is_of(tmp_path: Path) -> None:
    write_two_cards(tmp_path / "drm")
    proc = tmp_path / "proc"
    first, second = "0000:03:00.0", "0000:0a:00.0"
    write_open_file(proc, 7, 4, "/dev/dri/renderD128", told_of(first, 11, "2097152 KiB"))
    write_open_file(proc, 7, 5, "/dev/dri/renderD128", told_of(first, 11, "2097152 KiB"))
    write_open_file(proc, 7, 6, "/dev/dri/renderD129", told_of(second, 12, "512 MiB"))
    write_open_file(proc, 7, 9, "/tmp/model.gguf", "")
    write_open_file(proc, 8, 4, "/dev/dri/renderD128", told_of(first, 13, "1048576 KiB"))
    write_open_file(proc, 9, 4, "/dev/dri/renderD128", told_of(first, 14, "1048576 KiB"))
    assert read_held(tmp_path, 7, 8) == [3 * GIB, GIB // 2]


def test_a_card_that_the_server_has_not_opened_holds_nothing_of_it(tmp_path: Path) -> None:
    write_two_cards(tmp_path / "drm")
    told = told_of("0000:03:00.0", 11, "1048576 KiB")
    write_open_file(tmp_path / "proc", 7, 4, "/dev/dri/card0", told)
    assert read_held(tmp_path, 7) == [GIB, 0]


def test_memory_that_a_driver_or_the_system_does_not_tell_is_none(tmp_path: Path) -> None:
    write_two_cards(tmp_path / "drm")
    assert read_held(tmp_path, 7) == [None, None]  # the process may not be looked at
    told = "drm-driver:\tamdgpu\ndrm-client-id:\t1\ndrm-pdev:\t0000:03:00.0\n"
    write_open_file(tmp_path / "proc", 7, 4, "/dev/dri/renderD128", told)
    assert read_held(tmp_path, 7) == [None, 0]
