"""What the settings say of a load that says nothing itself. Pure."""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.settings import Settings

T = TypeVar("T")


def with_load_defaults(config: ServerConfig, settings: Settings) -> ServerConfig:
    """The config, and where it leaves a choice to the engine, what the settings have for it."""
    return replace(
        config,
        context_size=_first(config.context_size, settings.load_context_size),
        gpu_layers=_first(config.gpu_layers, settings.load_gpu_layers),
        cache_type_k=_first(config.cache_type_k, settings.load_cache_type),
        cache_type_v=_first(config.cache_type_v, settings.load_cache_type),
        flash_attention=_first(config.flash_attention, settings.load_flash_attention),
        threads=_first(config.threads, settings.load_threads),
    )


def _first(given: T | None, usual: T | None) -> T | None:
    return usual if given is None else given
