"""Which sampling parameters make sense. Pure."""

from __future__ import annotations

import math
from typing import Final

from msgspec.structs import asdict, replace

from llama_desktop.domain.chat import SamplingParameters
from llama_desktop.domain.errors import BadRequest
from llama_desktop.services.clean_text import clean_text
from llama_desktop.services.structure.check import require_sound_structure

_RANGES: Final[dict[str, tuple[float, float]]] = {
    "temperature": (0, 100),
    "top_k": (0, 1_000_000),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "repeat_penalty": (0, 100),
    "presence_penalty": (-100, 100),
    "frequency_penalty": (-100, 100),
    "seed": (-1, 2**32 - 1),
    "max_tokens": (1, 2**31 - 1),
    "thinking_budget": (0, 2**31 - 1),
}
_MAX_STOPS: Final = 32
_MAX_STOP_CHARACTERS: Final = 1000


def require_sound_parameters(parameters: SamplingParameters) -> SamplingParameters:
    """The parameters, their texts clean.

    Raises:
        BadRequest: one is out of its range.
        StructureInvalid: the JSON schema or the grammar has a mistake.
    """
    values = asdict(parameters)
    for name, (lowest, highest) in _RANGES.items():
        value = values[name]
        if value is None:
            continue
        if not math.isfinite(value) or not lowest <= value <= highest:
            raise BadRequest(f"{name} must be between {lowest} and {highest}.")
    if len(parameters.stop) > _MAX_STOPS:
        raise BadRequest(f"At most {_MAX_STOPS} stop texts are possible.")
    if any(not 0 < len(text) <= _MAX_STOP_CHARACTERS for text in parameters.stop):
        raise BadRequest(f"A stop text has 1 to {_MAX_STOP_CHARACTERS} characters.")
    clean = replace(
        parameters,
        stop=tuple(clean_text(text) for text in parameters.stop),
        json_schema=_clean_or_none(parameters.json_schema),
        grammar=_clean_or_none(parameters.grammar),
    )
    require_sound_structure(clean)
    return clean


def _clean_or_none(text: str | None) -> str | None:
    """A field that was emptied asks for nothing."""
    return clean_text(text) if text is not None and text.strip() else None
