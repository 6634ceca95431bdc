"""Writes the command line of a llama-server, in the words that this one knows. Pure."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from llama_desktop.domain.llama import EngineTraits, FlashAttention, LoadMode, ServerConfig

HOST: Final = "127.0.0.1"
_LARGEST_BATCH: Final = 512
"""A stop is noticed between batches only; with the engine's own 2048 it takes seconds."""
_MEBIBYTE: Final = 1024 * 1024
_TRACE: Final = 4


class Capabilities(Struct, frozen=True):
    """What a llama-server can be told."""

    flags: frozenset[str]
    """Every spelling of every flag in its help."""
    flash_attention_takes_value: bool = True
    """False: an old one, where the bare flag means `on`."""
    reports_load: bool = False
    """It tells a parent how far it is with loading: see `load_reports`."""
    has_trace_level: bool = False
    """It has a level of its log between information and debugging."""
    fits_memory: bool = False
    """See `EngineTraits`, as of the next one."""
    goes_back: bool = False

    @property
    def traits(self) -> EngineTraits:
        """What it does where it is not told otherwise."""
        return EngineTraits(
            fits_memory=self.fits_memory,
            keeps_experts="--n-cpu-moe" in self.flags,
            attends_fast=self.flash_attention_takes_value,
            goes_back=self.goes_back,
        )

    @property
    def reports_port(self) -> bool:
        """It can pick a free port itself, and logs which.

        Known of those that are new enough to log as JSON; the others get a port of our choice.
        """
        return "--log-jsonl" in self.flags


class Machine(Struct, frozen=True):
    """What the defaults depend on."""

    physical_cores: int
    memory_bytes: int


def read_capabilities(help_text: str) -> Capabilities:
    """From what the program prints for `--help`: a line that begins with a dash names flags.

    Those of 2024 indent them, though less than what they say of them.
    """
    heads = [
        re.split(r"\s{2,}(?=[^\s-])", line.strip(), maxsplit=1)[0]
        for line in help_text.splitlines()
        if re.match(r" {0,9}--?[A-Za-z]", line)
    ]
    flags = frozenset(flag for head in heads for flag in re.findall(r"--?[A-Za-z][\w-]*", head))
    attention = next((head for head in heads if "--flash-attn" in head), "")
    takes_value = not attention or "--flash-attn" not in attention.split()[-1]
    return Capabilities(
        flags=flags,
        flash_attention_takes_value=takes_value,
        fits_memory="--fit" in flags,
        goes_back="--ctx-checkpoints" in flags,
        has_trace_level=re.search(rf"^\s+- {_TRACE}: trace\b", help_text, re.MULTILINE) is not None,
    )


def build(
    config: ServerConfig,
    capabilities: Capabilities,
    *,
    port: int,
    alias: str,
    machine: Machine,
    without_gpus: bool = False,
) -> tuple[str, ...]:
    """The arguments behind the program's name. What this program does not know is left out.

    `without_gpus`: the engine is to start no driver of a GPU.

    The alias is ours, not the config's: by it we recognise our own child. The key is not here:
    a command line can be read by every user of the machine.
    """
    line = _Line(capabilities)
    line.add("-m", str(config.model_path))
    line.add("--host", HOST)
    line.add("--port", port)
    line.add("--alias", alias)
    line.add("--ctx-size", config.context_size)
    line.add(("--n-gpu-layers", "--gpu-layers", "-ngl"), config.gpu_layers)
    line.add(("--n-cpu-moe", "-ncmoe"), config.expert_layers_in_ram)
    if without_gpus:
        line.add("--device", "none")
        line.add_switch("--no-mmproj-offload")
    line.add("--parallel", config.parallel)
    line.add("--threads", config.threads or max(1, machine.physical_cores - 1))
    batch = min(config.batch_size or _LARGEST_BATCH, _LARGEST_BATCH)
    line.add("--batch-size", batch)
    line.add("--ubatch-size", batch)
    _add_flash_attention(line, config.flash_attention, capabilities)
    line.add("--cache-type-k", config.cache_type_k)
    line.add("--cache-type-v", config.cache_type_v)
    line.add("--mmproj", config.mmproj_path)
    _add_load_mode(line, config.load_mode)
    line.add("--chat-template", config.chat_template)
    line.add("--chat-template-file", config.chat_template_file)
    line.add("--rope-scaling", config.rope_scaling)
    line.add("--rope-scale", config.rope_scale)
    line.add("--lora", config.lora_path)
    line.add(("--model-draft", "--spec-draft-model", "-md"), config.draft_model_path)
    line.add("--cache-ram", cache_ram_mebibytes(machine.memory_bytes))
    if config.idle_minutes is not None:
        line.add("--sleep-idle-seconds", config.idle_minutes * 60)
    if config.embeddings:
        line.add_switch(("--embeddings", "--embedding"))
        line.add("--pooling", config.pooling)
    line.add_switch(("--no-ui", "--no-webui"))
    line.add_switch("--jinja")  # the model's own chat template: not the default of old ones
    line.add_switch("--slots")
    line.add_switch("--log-jsonl")  # only there today's builds say what memory they take
    if capabilities.has_trace_level:  # only there they say what they put where
        line.add("--verbosity", _TRACE)
    line.add_switch("--no-context-shift")  # old ones forget the beginning without a word
    line.add_switch("--offline")
    return (*line.words, *config.extra_arguments)


class _Line:
    def __init__(self, capabilities: Capabilities) -> None:
        self._flags = capabilities.flags
        self.words: list[str] = []

    def add(self, spellings: str | tuple[str, ...], value: object) -> None:
        """A flag with its value; None is not sent."""
        if value is not None and (flag := self._find(spellings)) is not None:
            self.words += [flag, str(value)]

    def knows(self, flag: str) -> bool:
        """Whether this program has such a flag."""
        return flag in self._flags

    def add_switch(self, spellings: str | tuple[str, ...]) -> None:
        """A flag that stands alone."""
        if (flag := self._find(spellings)) is not None:
            self.words.append(flag)

    def _find(self, spellings: str | tuple[str, ...]) -> str | None:
        known = (spellings,) if isinstance(spellings, str) else spellings
        return next((flag for flag in known if flag in self._flags), None)


def _add_load_mode(line: _Line, mode: LoadMode | None) -> None:
    if line.knows("--load-mode"):
        line.add("--load-mode", mode)
    elif mode is LoadMode.MLOCK:
        line.add_switch("--mlock")
    elif mode is LoadMode.NONE:
        line.add_switch("--no-mmap")


def _add_flash_attention(
    line: _Line, wanted: FlashAttention | None, capabilities: Capabilities
) -> None:
    if capabilities.flash_attention_takes_value:
        line.add("--flash-attn", wanted)
    elif wanted is FlashAttention.ON:
        line.add_switch("--flash-attn")


def cache_ram_mebibytes(memory_bytes: int) -> int:
    """The engine would take up to 8 GiB for prompts of other chats, on any machine."""
    return max(256, min(2048, memory_bytes // 16 // _MEBIBYTE))
