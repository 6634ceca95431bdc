"""Reading real processes by psutil."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from llama_desktop.infrastructure.metrics import process_memory
from llama_desktop.infrastructure.metrics.cpu import ProcessTreeReader, read_machine_memory
from llama_desktop.infrastructure.metrics.nvidia import NvidiaReader
from llama_desktop.infrastructure.metrics.probe import SystemProbe

# The grandchild holds 64 MB and computes; it says so with a line, and again after a while.
GRANDCHILD = """
import time
held = b"x" * (64 << 20)
print("ready", flush=True)
end = time.process_time() + 0.3
while time.process_time() < end: pass
print("computed", flush=True)
time.sleep(60)
"""
CHILD = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {GRANDCHILD!r}]).wait()
"""


@contextmanager
def family() -> Iterator[subprocess.Popen[str]]:
    """A process whose child does the work."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        os.killpg(child.pid, 9)
        child.communicate()


def wait_for_line(child: subprocess.Popen[str], line: str) -> None:
    assert child.stdout is not None
    assert child.stdout.readline().strip() == line


def test_what_a_grandchild_uses_is_counted() -> None:
    with family() as child:
        reader = ProcessTreeReader(child.pid)
        wait_for_line(child, "ready")
        first = reader.read()
        wait_for_line(child, "computed")
        second = reader.read()
    assert first is not None
    assert second is not None
    assert first.cpu_percent is None
    assert len(second.pids) == 2
    assert second.memory_bytes is not None
    assert second.memory_bytes > 64 << 20
    assert second.memory_kind == ("pss" if sys.platform == "linux" else "uss")
    assert second.cpu_cores is not None
    assert 0.05 < second.cpu_cores < 1.5
    assert second.cpu_percent is not None
    assert abs(second.cpu_percent - second.cpu_cores / (os.cpu_count() or 1) * 100) < 0.01


GROWING = """
print("small", flush=True)
input()
room = bytearray(64 << 20)
print("large", flush=True)
input()
"""


def test_what_was_added_since_a_costly_figure_is_counted_without_asking_for_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", GROWING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        reader, processes = process_memory.ProcessMemoryReader(), [psutil.Process(child.pid)]
        wait_for_line(child, "small")
        monkeypatch.setattr(process_memory, "_MOST_OF_A_CORE", 1e-9)
        small, kind = reader.read(processes)
        child.stdin.write("\n")
        child.stdin.flush()
        wait_for_line(child, "large")
        monkeypatch.setattr(process_memory, "read_memory", None)
        large, same_kind = reader.read(processes)
        child.communicate("\n")

    assert small is not None
    assert large is not None
    assert 64 << 20 <= large - small < 70 << 20
    assert kind == same_kind


def test_a_process_that_has_gone_cannot_be_read() -> None:
    with family() as child:
        wait_for_line(child, "ready")
        reader = ProcessTreeReader(child.pid)
        assert reader.read() is not None
    assert reader.read() is None


def test_the_machines_memory_is_read() -> None:
    memory = read_machine_memory()
    assert memory.used_bytes is not None
    assert memory.total_bytes is not None
    assert 0 < memory.used_bytes < memory.total_bytes


def test_a_sample_of_this_process_has_all_its_parts() -> None:
    probe = SystemProbe()
    sample = probe.sample(os.getpid())
    probe.close()
    assert sample.pid == os.getpid()
    assert sample.memory_bytes is not None


def test_gpus_are_none_without_a_driver_and_named_with_one() -> None:
    reader = NvidiaReader()
    gpus = reader.read(frozenset({os.getpid()}))
    reader.close()
    assert gpus is None or all(gpu.name for gpu in gpus)
