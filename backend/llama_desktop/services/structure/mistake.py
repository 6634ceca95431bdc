"""A mistake in a JSON schema or grammar, and where it is."""

from __future__ import annotations

from typing import Self


class Mistake(Exception):
    """Raised by the readers; `check` makes an error for people of it."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{where}: {what}")
        self.what = what
        self.where = where
        """In words: a line and column, or a path in the schema."""

    @classmethod
    def at(cls, text: str, place: int, what: str) -> Self:
        """At this character of the text."""
        line = text.count("\n", 0, place) + 1
        column = place - (text.rfind("\n", 0, place) + 1) + 1
        return cls(what, f"line {line}, column {column}")
