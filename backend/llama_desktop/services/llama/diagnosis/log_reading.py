"""Reads an engine's last words: which lines can be a complaint, and what they ask for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_TAIL_LINES: Final = 8
_STAMP: Final = re.compile(r"^(?:[\d.]+ +)?(?P<level>[IWED]) ")
_ERROR_LINE: Final = re.compile(
    r"^[\d.]+ E |^E |\berror\b|GGML_ASSERT|GGML_ABORT|\bfatal\b|\bwhat\(\)|couldn't|failed to"
    r"|CUDA error|No space left",
    re.IGNORECASE,
)
_QUOTES_MODEL: Final = re.compile(
    r"llama_model_loader: - |print_info:|llm_load_print_meta|example_format|chat_template"
    r"|Chat format|kv +\d+:"
)
"""Lines that repeat what the model's file says: a model can say anything."""
_QUOTES_IN_LINES: Final = re.compile(r"example_format|chat_template|Chat format")
"""Of these the quotation goes on in the next lines."""
_SPEAKS: Final = re.compile(r"(?:llama|common|ggml|gguf|load|sched|clip|main|srv)\w*(?:: | {2,}\w)")
"""The beginning of a line of builds that stamp none."""
_HARMLESS: Final = re.compile(r"failed to initialize (?:CUDA|ROCm|HIP|MUSA)\b")
"""It goes on with the processor alone."""
_MEBIBYTES: Final = 1024 * 1024
_ASKED: Final = (
    (re.compile(r"buffer of size (\d{5,})"), 1.0),
    (re.compile(r"allocating ([\d.]+) MiB"), float(_MEBIBYTES)),
    (re.compile(r"attempted to allocate ([\d.]+) MB"), float(_MEBIBYTES)),
    (re.compile(r"[Mm]emory allocation of size (\d{5,})"), 1.0),
)
_GPU_FREE: Final = re.compile(r"using device \S+ .*- (\d+) MiB free")
_LAYERS: Final = re.compile(r"offloaded \d+/(\d+) layers")
_CONTEXT: Final = re.compile(r"\bn_ctx +[=:] +(\d+)")
_CACHE: Final = re.compile(r"kv_cache.*?size = +([\d.]+) MiB \( *(\d+) cells")


def find_complaints(lines: Sequence[str]) -> Iterator[str]:
    """The lines that can tell a reason: neither chatter nor what the model's file says.

    A quotation ends with the next line that is stamped. Where none are, with the one that quotes,
    or if that one begins a text, with the next that begins as the engine's own lines do.
    """
    is_quoting = False
    is_stamping = any(_STAMP.match(line) for line in lines)
    is_harmless = False
    for line in lines:
        was_harmless, is_harmless = is_harmless, "pinned memory" in line
        if was_harmless or is_harmless:  # it goes on without, and says so in two lines
            continue
        if _HARMLESS.search(line):
            continue
        stamp = _STAMP.match(line)
        if not is_stamping and is_quoting and _SPEAKS.match(line):
            is_quoting = False
        if _QUOTES_MODEL.search(line):
            is_quoting = is_stamping or _QUOTES_IN_LINES.search(line) is not None
        elif stamp is not None:
            is_quoting = False
            if stamp["level"] in "EW":
                yield line
        elif not is_quoting:
            yield line


def find_tail(lines: Sequence[str]) -> tuple[str, ...]:
    """The last error lines, else the last lines."""
    spoken = [line for line in lines if line.strip()]
    errors = [line for line in spoken if _ERROR_LINE.search(line)]
    return tuple((errors or spoken)[-_TAIL_LINES:])


def find_asked_bytes(lines: Sequence[str]) -> int | None:
    """The largest piece of memory that it asked for and did not get."""
    asked = [
        int(float(found.group(1)) * unit)
        for line in find_complaints(lines)
        for pattern, unit in _ASKED
        if (found := pattern.search(line))
    ]
    return max(asked, default=None)


def find_gpu_free_bytes(lines: Sequence[str]) -> int | None:
    """What it found free on all GPUs when it began."""
    found = [int(match.group(1)) for line in lines if (match := _GPU_FREE.search(line))]
    return sum(found) * _MEBIBYTES if found else None


def find_layers(lines: Sequence[str]) -> int | None:
    """How many layers it counts."""
    return _last_number(_LAYERS, lines)


def find_context_size(lines: Sequence[str]) -> int | None:
    """The context window that it set out with."""
    return _last_number(_CONTEXT, lines)


def find_cache_bytes_per_token(lines: Sequence[str]) -> float | None:
    """What one token of context takes, as far as it told before it gave up."""
    for line in reversed(lines):
        if (found := _CACHE.search(line)) and int(found.group(2)) > 0:
            return float(found.group(1)) * _MEBIBYTES / int(found.group(2))
    return None


def _last_number(pattern: re.Pattern[str], lines: Sequence[str]) -> int | None:
    numbers = (int(match.group(1)) for line in reversed(lines) if (match := pattern.search(line)))
    return next(numbers, None)
