"""How the app starts its own executable as a llama-server, and what that one is."""

from __future__ import annotations

import sys
from importlib import metadata, util
from pathlib import Path
from typing import Final

SUBCOMMAND: Final = "__llama-server"
"""The hidden subcommand of our executable. It is handled before anything large is imported."""

EMBEDDED_FLAGS: Final = frozenset(
    {
        "-m",
        "--alias",
        "--batch-size",
        "--cache-ram",
        "--cache-type-k",
        "--cache-type-v",
        "--ctx-size",
        "--embeddings",
        "--pooling",
        "--flash-attn",
        "--gpu-layers",
        "--host",
        "--jinja",
        "--log-jsonl",
        "--mmproj",
        "--no-context-shift",
        "--no-ui",
        "--offline",
        "--parallel",
        "--port",
        "--slots",
        "--threads",
        "--ubatch-size",
        "--verbosity",
    }
)
"""What it can be told everywhere, so that nobody has to run it to find out."""

_WITH_PARSER: Final = frozenset(
    {"--chat-template", "--chat-template-file", "--load-mode", "--lora", "--model-draft"}
    | {"--rope-scale", "--rope-scaling", "--sleep-idle-seconds"}
    | {"--cache-reuse", "--cpu-moe", "--n-cpu-moe", "--no-kv-offload", "--no-warmup", "--numa"}
    | {"--override-kv", "--override-tensor", "--poll", "--prio", "--rope-freq-base"}
    | {"--rope-freq-scale", "--split-mode", "--swa-full", "--tensor-split", "--threads-batch"}
    | {"--yarn-orig-ctx", "--no-mmproj-offload", "--reasoning-budget"}
)
"""More of it, where llama.cpp's own parser can be reached, as in the Linux build."""


def embedded_flags() -> frozenset[str]:
    """What it can be told on this system."""
    return EMBEDDED_FLAGS | (_WITH_PARSER if sys.platform == "linux" else frozenset())


_MODULE: Final = "llama_desktop.infrastructure.llama.engine"
_PACKAGE: Final = "xllamacpp"


def embedded_command() -> tuple[str, ...]:
    """The program and its first arguments; llama-server's own arguments follow."""
    if getattr(sys, "frozen", False):
        return (sys.executable, SUBCOMMAND)
    # -P: a folder in which somebody happens to stand is no place to import from.
    return (sys.executable, "-P", "-m", _MODULE)


def find_embedded() -> Path | None:
    """Our executable, if it carries the engine."""
    return Path(sys.executable) if util.find_spec(_PACKAGE) is not None else None


def embedded_version() -> str:
    """The version of the package that llama.cpp comes in; it does not know its own build."""
    try:
        return f"{_PACKAGE} {metadata.version(_PACKAGE)}"
    except metadata.PackageNotFoundError:
        return "not available"
