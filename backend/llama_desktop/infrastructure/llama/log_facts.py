"""Reads off an engine's log what no question answers: layers, threads, memory. Pure."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct, structs
from msgspec.structs import replace

from llama_desktop.domain.llama import LoadedModel
from llama_desktop.infrastructure.llama.memory_lines import MemoryLines

_LAYERS: Final = re.compile(r"\boffloaded (\d+)/(\d+) layers to GPU\b")
_THREADS: Final = re.compile(r"\bn_threads = (\d+)\b")
_SHARED: Final = re.compile(r"\bkv_unified = '?(true|false)\b")


class LogFacts(Struct, frozen=True):
    """None: not told."""

    layers_on_gpu: int | None = None
    layers: int | None = None
    threads: int | None = None
    has_shared_context: bool | None = None
    memory: MemoryLines = MemoryLines()


def note_fact(facts: LogFacts, line: str) -> LogFacts:
    """The same with what this line tells; a later line is believed over an earlier one."""
    if found := _LAYERS.search(line):
        return replace(facts, layers_on_gpu=int(found.group(1)), layers=int(found.group(2)))
    if found := _THREADS.search(line):
        return replace(facts, threads=int(found.group(1)))
    if found := _SHARED.search(line):
        return replace(facts, has_shared_context=found.group(1) == "true")
    memory = facts.memory.take(line)
    return facts if memory is facts.memory else replace(facts, memory=memory)


def with_facts(model: LoadedModel, facts: LogFacts) -> LoadedModel:
    """The model with what the log told of it."""
    return structs.replace(
        model,
        layers_on_gpu=facts.layers_on_gpu,
        layers=facts.layers,
        threads=facts.threads,
        has_shared_context=facts.has_shared_context,
        memory=facts.memory.sum_up(),
        gpu_memory=facts.memory.sum_up(on_gpus=True),
    )
