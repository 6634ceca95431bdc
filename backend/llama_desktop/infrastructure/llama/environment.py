"""Makes the environment of a llama-server out of our own. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from llama_desktop.infrastructure.environment import without_bundle


def build_environment(
    ours: Mapping[str, str],
    *,
    api_key: str | None,
    config_home: Path,
    is_our_executable: bool,
    reports_load: bool = False,
) -> dict[str, str]:
    """What the engine sees; without a key, what one sees that is only asked about itself.

    llama-server takes every flag from `LLAMA_ARG_…` and from a `config.ini` of its user as well;
    both would change what we have asked for without a word. With `reports_load` it takes us for
    the parent of several, tells us how far it is, and leaves when its input ends. Our packaged
    executable puts its own libraries before the system's: a program that is not ours gets the
    person's own path back.
    """
    inherited = ours if is_our_executable else without_bundle(ours)
    environment = {
        name: value for name, value in inherited.items() if not name.upper().startswith("LLAMA_")
    }
    if api_key is not None:
        environment["LLAMA_API_KEY"] = api_key
    environment |= {
        "XDG_CONFIG_HOME": str(config_home),
        # On a failed assertion ggml would start a debugger, seconds long, if there is one.
        "GGML_NO_BACKTRACE": "1",
    }
    if reports_load:
        environment["LLAMA_SERVER_ROUTER_PORT"] = "1"  # that there is one is all that is read of it
    if "APPDATA" in ours:
        environment["APPDATA"] = str(config_home)
    return environment
