"""The environment that a program of somebody else is started with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

_LIBRARY_PATHS: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH")
_OF_THE_BUNDLE: Final = ("_PYI_", "_MEIPASS")


def foreign_environment() -> dict[str, str]:
    """Our environment as a browser, or whatever else is not ours, should get it."""
    return without_bundle(os.environ)


def without_bundle(ours: Mapping[str, str]) -> dict[str, str]:
    """An environment without what the single-file executable put into it. Pure.

    The bootloader points the library path into the unpacked bundle; a browser or a llama-server
    of the person's own would load our libraries and fail.
    """
    if not any(name.startswith(_OF_THE_BUNDLE) for name in ours):
        return dict(ours)
    environment = {
        name: value for name, value in ours.items() if not name.startswith(_OF_THE_BUNDLE)
    }
    for name in _LIBRARY_PATHS:
        original = environment.pop(f"{name}_ORIG", None)
        environment.pop(name, None)
        if original:
            environment[name] = original
    return environment
