"""What engines say when they fail, and what it means: one table, the most telling first. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from llama_desktop.domain.failure import FailureCause
from llama_desktop.services.llama.diagnosis.log_reading import find_complaints

_Cause = FailureCause


class Symptom(Struct, frozen=True):
    """A cause that was told in words."""

    cause: FailureCause
    what: str = ""
    """The part of the words that names the thing: a flag, a library, an architecture."""


_TABLE: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), cause)
    for pattern, cause in (
        (r"couldn't bind|address already in use|failed to bind", _Cause.PORT_TAKEN),
        (
            r"error: invalid argument: (?P<what>\S+)"
            r"|error while handling argument \"(?P<what2>[^\"]+)\""
            r"|error: unknown argument:? (?P<what3>\S+)"
            r"|error: invalid (?:parameter|value) (?P<what4>.+)",
            _Cause.BAD_ARGUMENT,
        ),
        (
            r"error while loading shared libraries: (?P<what>[^:]+): cannot open"
            r"|Library not loaded: (?P<what2>\S+)"
            r"|error while loading shared libraries: (?P<what3>[^:]+)"
            r"|version [`'](?P<what4>[A-Z]+_[\d.]+)' not found"
            r"|symbol lookup error: .*undefined symbol: (?P<what5>\S+)",
            _Cause.LIBRARY_MISSING,
        ),
        (r"No space left on device|ENOSPC", _Cause.DISK_FULL),
        (
            r"device lost|DeviceLost|GPU is lost|fell off the bus"
            r"|CUDA error: (?:unknown error|no CUDA-capable device is detected"
            r"|CUDA-capable device\(s\) is/are busy or unavailable|initialization error"
            r"|device is not ready|the launch timed out and was terminated)"
            r"|no kernel image is available|device kernel image is invalid"
            r"|driver version is insufficient|Driver/library version mismatch"
            r"|no ROCm-capable device|hipErrorNoDevice",
            _Cause.DRIVER_LOST,
        ),
        (
            r"(?:cuda|hip|musa)Malloc failed|CUDA error: out of memory|(?:ROCm|HIP) error: out of"
            r"|OutOfDeviceMemory|out of device memory|OUT_OF_DEVICE_MEMORY"
            r"|GPUCommandBufferCallbackErrorOutOfMemory"
            r"|(?:failed|unable) to allocate (?:CUDA|ROCm|HIP|Vulkan|Metal|MTL|SYCL|MUSA|CANN)"
            r"|ggml_vulkan: Device memory allocation|ggml_metal\w*: error: failed to allocate",
            _Cause.GPU_MEMORY_OUT,
        ),
        (
            r"failed to allocate|out of memory|unable to allocate|cannot allocate memory"
            r"|bad_alloc|insufficient memory"
            r"|not enough space|alloc_tensor_range",
            _Cause.MEMORY_OUT,
        ),
        (
            r"failed to load GGUF split from (?P<what>.+?)$|invalid split file|invalid split idx"
            r"|missing split|split count mismatch",
            _Cause.MODEL_PART_MISSING,
        ),
        (
            r"failed to open GGUF file .*\((?:No such file|ENOENT)"
            r"|failed to open .*: No such file or directory",
            _Cause.MODEL_MISSING,
        ),
        (r"failed to open .*(?:Permission denied|EACCES)", _Cause.MODEL_UNREADABLE),
        (r"Permission denied|Operation not permitted", _Cause.NO_PERMISSION),
        (r"failed to read magic", _Cause.MODEL_EMPTY),
        (r"invalid magic characters|bad magic", _Cause.NOT_A_MODEL),
        (
            r"(?P<what>GGUFv1) is no longer supported"
            r"|file is version (?P<what2>\d+) but this software only supports"
            r"|mismatch between the host and model (?P<what3>endianness)"
            r"|bad GGUF version: (?P<what4>\d+)|unsupported GGUF version (?P<what5>\d+)",
            _Cause.MODEL_VERSION,
        ),
        (
            r"not within the file bounds|exceeds remaining file size|unexpectedly reached end of"
            r"|model is corrupted or incomplete|failed to seek to",
            _Cause.MODEL_CUT_OFF,
        ),
        (r"unknown model architecture: '(?P<what>[^']+)'", _Cause.MODEL_ARCHITECTURE),
        (
            r"chat template|no-jinja|jinja|minja|template error",
            _Cause.TEMPLATE_BROKEN,
        ),
        (
            r"unknown pre-tokenizer type: '(?P<what>[^']*)'|unknown tokenizer: '(?P<what2>[^']*)'",
            _Cause.MODEL_ARCHITECTURE,
        ),
        (
            r"gguf_init_from|check_tensor_dims|done_getting_tensors|key not found in model"
            r"|error loading model|n_ctx_train cannot both be zero"
            r"|tensor '.*' (?:has|not found)",
            _Cause.MODEL_DAMAGED,
        ),
    )
)

MEMORY: Final = frozenset({FailureCause.GPU_MEMORY_OUT, FailureCause.MEMORY_OUT})


def find_symptom(lines: Sequence[str]) -> Symptom | None:
    """The first row of the table that fits any complaint: the most telling, not the last."""
    complaints = tuple(find_complaints(lines))
    for pattern, cause in _TABLE:
        for line in complaints:
            if found := pattern.search(line):
                named = (text for text in found.groupdict().values() if text)
                return Symptom(cause, next(named, "").strip())
    return None
