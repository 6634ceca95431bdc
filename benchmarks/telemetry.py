"""What telemetry costs, and whether it tells of an NVIDIA GPU what `nvidia-smi` tells.

`python -m benchmarks.telemetry` measures; `--compare` asks both at once on a machine with a GPU.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from typing import Final

from llama_desktop.infrastructure.llama.log_line import read_log_line
from llama_desktop.infrastructure.metrics.nvidia import NvidiaReader
from llama_desktop.infrastructure.metrics.probe import SystemProbe

_SAMPLES: Final = 200
_LINES: Final = 100_000
_FIELDS: Final = ("name", "memory.used", "memory.total", "temperature.gpu", "power.draw")
_MEBIBYTE: Final = 1 << 20


def measure_sample_milliseconds() -> float:
    """CPU time of one sample of this process."""
    probe = SystemProbe()
    probe.sample(os.getpid())
    began = time.process_time()
    for _ in range(_SAMPLES):
        probe.sample(os.getpid())
    spent = time.process_time() - began
    probe.close()
    return spent / _SAMPLES * 1000


def measure_line_microseconds() -> float:
    """CPU time of reading one line of the engine's log."""
    line = "0.00.052.367 W srv  stop: cancel task, id_task = 405"
    began = time.process_time()
    for _ in range(_LINES):
        read_log_line(line)
    return (time.process_time() - began) / _LINES * 1_000_000


def compare() -> int:
    """Both side by side; 1: they differ by more than the machine changes between two looks."""
    program = shutil.which("nvidia-smi")
    if program is None:
        print("There is no nvidia-smi on this machine.")
        return 1
    query = [program, f"--query-gpu={','.join(_FIELDS)}", "--format=csv,noheader,nounits"]
    told = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    reader = NvidiaReader()
    gpus = reader.read(frozenset({os.getpid()})) or ()
    reader.close()
    rows = [[field.strip() for field in line.split(",")] for line in told.splitlines()]
    differs = len(rows) != len(gpus)
    for row, gpu in zip(rows, gpus, strict=False):
        ours = (gpu.memory_used_bytes or 0) / _MEBIBYTE
        print(f"nvidia-smi: {row}\nprobe:      {gpu}")
        differs |= row[0] != gpu.name or abs(float(row[1]) - ours) > 1024
    print("They differ." if differs else "They agree.")
    return int(differs)


def main() -> int:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compare", action="store_true")
    if parser.parse_args().compare:
        return compare()
    print(f"one sample:   {measure_sample_milliseconds():.2f} ms of CPU")
    print(f"one log line: {measure_line_microseconds():.2f} µs of CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())
