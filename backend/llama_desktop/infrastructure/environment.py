"""The environment that a program of somebody else is started with."""

from __future__ import annotations

import os
import sys
from typing import Final

_LIBRARY_PATHS: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH")


def foreign_environment() -> dict[str, str]:
    """Our environment without what the single-file executable put into it.

    The bootloader points the library path into the unpacked bundle; a browser or a llama-server
    of the person's own would load our libraries and fail.
    """
    environment = dict(os.environ)
    if not getattr(sys, "frozen", False):
        return environment
    for name in _LIBRARY_PATHS:
        original = environment.pop(f"{name}_ORIG", None)
        environment.pop(name, None)
        if original:
            environment[name] = original
    return {name: value for name, value in environment.items() if not name.startswith("_PYI_")}
