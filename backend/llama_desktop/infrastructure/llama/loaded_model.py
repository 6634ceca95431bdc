"""Reads off `/props` what a server says about its model. Pure."""

from __future__ import annotations

from typing import Any, Final

from llama_desktop.domain.chat import SamplingParameters
from llama_desktop.domain.errors import EngineRequestFailed
from llama_desktop.domain.llama import LoadedModel, ServerConfig

_NUMBERS: Final = (
    "temperature",
    "top_p",
    "min_p",
    "repeat_penalty",
    "presence_penalty",
    "frequency_penalty",
)
_DIGITS: Final = 6
"""llama-server computes with 32 bits, and writes 0.8 as 0.800000011920929."""
_SIGNS_OF_THINKING: Final = ("enable_thinking", "reasoning_content", "<think>", "reasoning_effort")


def read_model(config: ServerConfig, props: dict[str, Any]) -> LoadedModel:
    """What the server says about its model.

    Raises:
        EngineRequestFailed: it leaves out what every llama-server says.
    """
    try:
        settings = props["default_generation_settings"]
        return LoadedModel(
            name=config.alias or config.model_path.stem,
            path=config.model_path,
            context_size=int(settings["n_ctx"]),
            slots=int(props["total_slots"]),
            has_vision=bool(props.get("modalities", {}).get("vision")),
            can_think=_can_think(props.get("chat_template")),
            defaults=_read_defaults(settings.get("params")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EngineRequestFailed("The engine does not say what it has loaded.") from error


def _can_think(template: object) -> bool | None:
    if not isinstance(template, str):
        return None
    return any(sign in template for sign in _SIGNS_OF_THINKING)


def _read_defaults(told: object) -> SamplingParameters:
    """What is used where nothing is asked for; a random seed and an endless answer are None."""
    params: dict[str, Any] = told if isinstance(told, dict) else {}
    numbers: dict[str, Any] = {
        name: float(f"{params[name]:.{_DIGITS}g}")
        for name in _NUMBERS
        if isinstance(params.get(name), int | float)
    }
    return SamplingParameters(
        **numbers,
        top_k=_whole(params.get("top_k")),
        seed=_whole(params.get("seed"), unset=2**32 - 1),
        max_tokens=_whole(params.get("max_tokens", params.get("n_predict"))),
    )


def _whole(value: object, *, unset: int = -1) -> int | None:
    return value if isinstance(value, int) and 0 <= value != unset else None
