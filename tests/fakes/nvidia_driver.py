"""Compiles a stand-in for NVIDIA's driver library, as `fake_nvml.c` describes it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

_SOURCE: Final = Path(__file__).with_name("fake_nvml.c")

CAN_COMPILE: Final = sys.platform == "linux" and shutil.which("cc") is not None


def compile_driver(folder: Path, *flags: str) -> Path:
    """Returns the folder, for LD_LIBRARY_PATH."""
    library = folder / "libnvidia-ml.so.1"
    subprocess.run(["cc", "-shared", "-fPIC", *flags, "-o", library, _SOURCE], check=True)
    return folder
