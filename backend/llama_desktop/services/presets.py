"""Lists of presets, whatever they are of. Pure."""

from __future__ import annotations

from typing import Final, Protocol, TypeVar

from llama_desktop.domain.errors import BadRequest

_MAX_PRESETS: Final = 200
_MAX_ID: Final = 64


class Named(Protocol):
    """What every preset has."""

    @property
    def id(self) -> str:
        """It keeps this when it gets another name."""
        ...

    @property
    def name(self) -> str:
        """What the person calls it."""
        ...


T = TypeVar("T", bound=Named)


def with_preset(kept: tuple[T, ...], preset: T) -> tuple[T, ...]:
    """The presets by name, and this one among them; one with the same id is replaced.

    Raises:
        BadRequest: it has no id, or there are too many presets.
    """
    if not 0 < len(preset.id) <= _MAX_ID:
        raise BadRequest(f"The id of a preset has 1 to {_MAX_ID} characters.")
    others = without_preset(kept, preset.id)
    if len(others) >= _MAX_PRESETS:
        raise BadRequest(f"There can be {_MAX_PRESETS} presets. Delete one first.")
    return tuple(sorted((*others, preset), key=lambda one: (one.name.casefold(), one.id)))


def without_preset(kept: tuple[T, ...], preset_id: str) -> tuple[T, ...]:
    """The presets but this one; one that is gone already is fine."""
    return tuple(other for other in kept if other.id != preset_id)
