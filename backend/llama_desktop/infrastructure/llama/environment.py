"""Makes the environment of a llama-server out of our own. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

_LIBRARY_PATHS: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_OF_THE_BUNDLE: Final = ("_PYI_", "_MEIPASS")


def build_environment(
    ours: Mapping[str, str], *, api_key: str, config_home: Path, is_our_executable: bool
) -> dict[str, str]:
    """What the engine sees.

    llama-server takes every flag from `LLAMA_ARG_…` and from a `config.ini` of its user as well;
    both would change what we have asked for without a word. Our packaged executable puts its own
    libraries before the system's: a program that is not ours gets the person's own path back.
    """
    environment = {
        name: value for name, value in ours.items() if not name.upper().startswith("LLAMA_")
    }
    if not is_our_executable:
        _leave_the_bundle(environment)
    environment |= {
        "LLAMA_API_KEY": api_key,
        "XDG_CONFIG_HOME": str(config_home),
        # On a failed assertion ggml would start a debugger, seconds long, if there is one.
        "GGML_NO_BACKTRACE": "1",
    }
    if "APPDATA" in ours:
        environment["APPDATA"] = str(config_home)
    return environment


def _leave_the_bundle(environment: dict[str, str]) -> None:
    is_bundled = any(name.startswith(_OF_THE_BUNDLE) for name in environment)
    for name in [name for name in environment if name.startswith(_OF_THE_BUNDLE)]:
        del environment[name]
    for name in _LIBRARY_PATHS:
        original = environment.pop(f"{name}_ORIG", None)
        if original is not None:
            environment[name] = original
        elif is_bundled:
            environment.pop(name, None)
