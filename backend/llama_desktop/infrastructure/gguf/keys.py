"""Takes values out of a header's keys, whatever a file has put there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from llama_desktop.infrastructure.gguf.header import Array, Value

_LARGEST: Final = 2**40
_LONGEST: Final = 400
_TEMPLATE: Final = "tokenizer.chat_template"


class Keys:
    """The keys of one file. What has another type than it should counts as missing."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self.architecture: Final = self.text("general.architecture")

    def value(self, name: str) -> Value | None:
        """As it is."""
        return self._values.get(name)

    def text(self, name: str) -> str | None:
        """A text without blanks around it; None: there is none, or an empty one."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return None
        text = value if name == _TEMPLATE else value.strip()[:_LONGEST]
        return text or None

    def number(self, name: str, default: int = 0) -> int:
        """A whole number from 0 on."""
        return _as_number(self._values.get(name), default)

    def flag(self, name: str) -> bool:
        """Whether it is there and true."""
        return self._values.get(name) is True

    def own_number(self, name: str, default: int = 0) -> int:
        """Of the architecture: `llama.block_count`."""
        return self.number(f"{self.architecture}.{name}", default)

    def own_numbers(self, name: str) -> tuple[int, ...]:
        """One number for all layers, or one for each; empty: not told."""
        value = self._values.get(f"{self.architecture}.{name}")
        if isinstance(value, Array):
            return tuple(_as_number(item, 0) for item in value.items)
        return () if value is None else (_as_number(value, 0),)

    def own_flag(self, name: str, *, default: bool) -> bool:
        """True or false of the architecture."""
        value = self._values.get(f"{self.architecture}.{name}")
        return value if isinstance(value, bool) else default

    def own_layers(self, name: str, count: int) -> tuple[int, ...]:
        """A number for each of so many layers; one number holds for all."""
        numbers = self.own_numbers(name)
        if len(numbers) == 1:
            return numbers * count
        return tuple(numbers[:count]) + (0,) * (count - len(numbers))


def _as_number(value: object, default: int) -> int:
    return int(value) if isinstance(value, int) and 0 <= value <= _LARGEST else default
