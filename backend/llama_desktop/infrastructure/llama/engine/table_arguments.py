"""Reads the part of llama-server's command line that the app sends; for builds without the parser.

A flag that is not in the table ends the engine as an unknown flag ends llama-server.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, Final

from msgspec import Struct

_AUTO_GPU_LAYERS: Final = {"auto": -1, "all": -2}
_MEBI: Final = 1024 * 1024
_FLASH_ATTENTION: Final = {"on": 1, "off": 0, "auto": -1}


class _Flag(Struct, frozen=True):
    field: str
    """Dots lead into nested parameters."""
    read: Callable[[str], Any] | None = None
    """Makes the field's value of the flag's; None: the flag takes none, and `value` is set."""
    value: Any = None


def parse_by_table(extension: ModuleType, argv: Sequence[str], parameters: Any) -> int | None:
    """Fill `parameters` from the command line. None: go on; else the exit code."""
    flags = _build_table(extension)
    parameters.n_parallel = -1
    if key := os.environ.get("LLAMA_API_KEY"):
        parameters.api_keys = [key]
    arguments = iter(argv[1:])
    for name in arguments:
        if name in ("-h", "--help"):
            _say("\n".join(sorted(flags)), sys.stdout)
            return 0
        if name == "--version":
            build = extension.BUILD_INFO
            _say(f"version: {build['build_number']} ({build['commit']})")
            return 0
        if name == "--list-devices":
            _say(_list_devices(extension), sys.stdout)
            return 0
        flag = flags.get(name)
        if flag is None:
            _say(f"error: invalid argument: {name}")
            return 1
        try:
            _set(parameters, flag, arguments)
        except (ValueError, KeyError, StopIteration) as error:
            reason = "expected value for argument" if isinstance(error, StopIteration) else error
            _say(f'error while handling argument "{name}": {reason}')
            return 1
    return None


def _list_devices(extension: Any) -> str:
    """All but the processor, in llama-server's words."""
    lines = [
        f"  {device['name']}: {device['description']} ({device['memory_total'] // _MEBI} MiB, "
        f"{device['memory_free'] // _MEBI} MiB free)"
        for device in extension.get_device_info()
        if not device["type"].name.endswith("TYPE_CPU")
    ]
    return "\n".join(["Available devices:", *(lines or ["  (none)"])])


def _set(parameters: Any, flag: _Flag, rest: Any) -> None:
    *path, last = flag.field.split(".")
    target = parameters
    for name in path:
        target = getattr(target, name)
    setattr(target, last, flag.value if flag.read is None else flag.read(next(rest)))


def _build_table(extension: Any) -> dict[str, _Flag]:
    types = {kind.name.removeprefix("GGML_TYPE_").lower(): kind for kind in extension.ggml_type}
    table = {
        ("-m", "--model"): _Flag("model.path", str),
        ("-mm", "--mmproj"): _Flag("mmproj.path", str),
        ("--host",): _Flag("hostnames", lambda text: [text]),
        ("--port",): _Flag("port", int),
        ("-a", "--alias"): _Flag("model_alias", lambda text: {text}),
        ("-c", "--ctx-size"): _Flag("n_ctx", int),
        ("-b", "--batch-size"): _Flag("n_batch", int),
        ("-ub", "--ubatch-size"): _Flag("n_ubatch", int),
        ("-np", "--parallel"): _Flag("n_parallel", int),
        ("-t", "--threads"): _Flag("cpuparams.n_threads", int),
        ("-ngl", "--gpu-layers", "--n-gpu-layers"): _Flag("n_gpu_layers", _read_gpu_layers),
        ("-fa", "--flash-attn"): _Flag(
            "flash_attn_type",
            lambda text: extension.llama_flash_attn_type(_FLASH_ATTENTION[text]),
        ),
        ("-ctk", "--cache-type-k"): _Flag("cache_type_k", types.__getitem__),
        ("-ctv", "--cache-type-v"): _Flag("cache_type_v", types.__getitem__),
        ("-cram", "--cache-ram"): _Flag("cache_ram_mib", int),
        ("--embedding", "--embeddings"): _Flag("embedding", value=True),
        ("--pooling",): _Flag(
            "pooling_type",
            lambda text: getattr(
                extension.llama_pooling_type, f"LLAMA_POOLING_TYPE_{text.upper()}"
            ),
        ),
        ("--jinja",): _Flag("use_jinja", value=True),
        ("--no-context-shift",): _Flag("ctx_shift", value=False),
        ("--slots",): _Flag("endpoint_slots", value=True),
        ("--offline",): _Flag("offline", value=True),
        ("--no-log-jsonl",): _Flag("log_json", value=False),
        ("--log-jsonl",): _Flag("log_json", value=True),
        ("-lv", "--verbosity", "--log-verbosity"): _Flag("verbosity", int),
        ("--no-ui", "--no-webui"): _Flag("ui", value=False),
    }
    return {name: flag for names, flag in table.items() for name in names}


def _read_gpu_layers(text: str) -> int:
    return _AUTO_GPU_LAYERS[text] if text in _AUTO_GPU_LAYERS else int(text)


def _say(text: str, stream: Any = None) -> None:
    print(text, file=stream or sys.stderr, flush=True)
