"""NVML through the real pynvml, on a stand-in for the driver's library."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from fakes.nvidia_driver import CAN_COMPILE, compile_driver
from llama_desktop.domain.metrics import GpuSample

GIB = 1 << 30

# pynvml keeps the library for the life of the process, so each reading has a process of its own.
PROGRAM = """
import os, sys, msgspec
from llama_desktop.infrastructure.metrics.nvidia import NvidiaReader
reader = NvidiaReader()
readings = [reader.read(frozenset({os.getpid()}), with_energy=asked) for asked in (True, False)]
reader.close()
sys.stdout.buffer.write(msgspec.json.encode(readings))
"""

pytestmark = pytest.mark.skipif(
    not CAN_COMPILE, reason="The stand-in for the driver is compiled by a C compiler on Linux."
)

Readings = list[tuple[GpuSample, ...] | None]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_driver(tmp_path_factory.mktemp("driver"))


def read(driver: Path, fault: str = "") -> Readings:
    script = f"import os; os.environ['FAKE_NVML_PID'] = str(os.getpid())\n{PROGRAM}"
    environment = os.environ | {
        "LD_LIBRARY_PATH": str(driver),
        "FAKE_NVML": fault,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True
    )
    return msgspec.json.decode(done.stdout, type=Readings)


def test_every_gpu_is_read_and_what_one_does_not_tell_is_none(driver: Path) -> None:
    gpus, again = read(driver)
    assert again is not None
    assert [gpu.energy_joules for gpu in again] == [None, None]  # it was not asked for
    assert gpus == (
        GpuSample(
            index=0,
            name="Fake GPU A",
            load_percent=42.0,
            memory_used_bytes=5 * GIB,
            memory_total_bytes=24 * GIB,
            memory_reserved_bytes=1 * GIB,
            memory_process_bytes=3 * GIB,
            temperature_celsius=61.0,
            power_watts=123.456,
            clock_megahertz=2475,
            memory_clock_megahertz=10501,
            fan_percent=35.0,
            energy_joules=7.25,
        ),
        GpuSample(
            index=1,
            name="Fake GPU B",
            load_percent=None,
            memory_used_bytes=5 * GIB,
            memory_total_bytes=24 * GIB,
            memory_reserved_bytes=0,
            memory_process_bytes=None,
            temperature_celsius=None,
            power_watts=None,
        ),
    )


def test_a_driver_that_is_not_loaded_is_no_driver(driver: Path) -> None:
    assert read(driver, "unloaded") == [None, None]


def test_a_driver_that_is_lost_while_running_is_no_driver_any_more(driver: Path) -> None:
    first, second = read(driver, "lost")
    assert first is not None
    assert second is None


def test_a_gpu_that_has_failed_is_named_without_figures(driver: Path) -> None:
    gpus, _ = read(driver, "dead")
    assert gpus is not None
    assert gpus[0].load_percent == 42.0
    assert (gpus[1].name, gpus[1].load_percent, gpus[1].memory_total_bytes) == ("GPU 1", None, None)


def test_a_divided_gpu_is_its_instances_each_with_its_own_memory(driver: Path) -> None:
    gpus, _ = read(driver, "divided")
    assert gpus is not None
    assert [(gpu.index, gpu.name, gpu.is_instance) for gpu in gpus] == [
        (0, "Fake GPU A", False),
        (1, "Fake GPU B MIG 1c.2g.10gb", True),
        (2, "Fake GPU B MIG 1g.5gb", True),
    ]
    assert [gpu.memory_total_bytes for gpu in gpus[1:]] == [10 * GIB, 5 * GIB]
    assert [gpu.memory_used_bytes for gpu in gpus[1:]] == [5 * GIB, 1 * GIB]


def test_a_process_counts_on_the_instance_whose_memory_it_holds(driver: Path) -> None:
    gpus, _ = read(driver, "divided")
    assert gpus is not None
    assert [gpu.memory_process_bytes for gpu in gpus] == [3 * GIB, 2 * GIB, 0]


def test_what_belongs_to_the_whole_card_is_not_told_of_its_instances(driver: Path) -> None:
    gpus, _ = read(driver, "divided")
    assert gpus is not None
    for gpu in gpus[1:]:
        told = (gpu.load_percent, gpu.temperature_celsius, gpu.power_watts, gpu.fan_percent)
        assert told == (None, None, None, None)
        assert gpu.energy_joules is None
        assert (gpu.clock_megahertz, gpu.memory_clock_megahertz) == (None, None)


def test_a_card_ready_to_be_divided_that_has_no_instances_is_listed_itself(driver: Path) -> None:
    gpus, _ = read(driver, "empty")
    assert gpus is not None
    assert [(gpu.name, gpu.is_instance) for gpu in gpus] == [
        ("Fake GPU A", False),
        ("Fake GPU B", False),
    ]


def test_an_old_driver_counts_its_own_memory_as_used_and_tells_nothing_by_process(
    tmp_path: Path,
) -> None:
    gpus, _ = read(compile_driver(tmp_path, "-DOLD_DRIVER"))
    assert gpus is not None
    assert gpus[0].memory_process_bytes is None
    assert (gpus[0].memory_used_bytes, gpus[0].memory_reserved_bytes) == (6 * GIB, None)
    assert gpus[0].load_percent == 42.0
