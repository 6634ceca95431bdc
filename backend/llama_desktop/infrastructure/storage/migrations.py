"""How files of an older version become files of this one. Pure.

A kind of file has one function for each version that there ever was: it makes the tables of the
next version out of the tables of its own, as that version wrote them. Such a function is never
changed again, and knows none of today's classes: those mean something else tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

Tables = dict[str, dict[str, Any]]
Migration = Callable[[Tables], Tables]


class FileKind(Struct, frozen=True):
    """A kind of kept file."""

    name: str
    table: str
    """Whose record 1 has the field `schema`, the file's version."""
    migrations: Mapping[int, Migration]
    """By the version that each of them takes."""

    @property
    def version(self) -> int:
        """What is written now."""
        return 1 + len(self.migrations)


def _name_who_gave_the_title(tables: Tables) -> Tables:
    """A title of which nothing was written was the person's."""
    chat = {"title_origin": "person", **tables["chat"]["1"]}
    return {**tables, "chat": {**tables["chat"], "1": chat}}


CONVERSATION: Final = FileKind("conversation", "chat", {1: _name_who_gave_the_title})
SETTINGS: Final = FileKind("settings", "settings", {})


def version_of(kind: FileKind, tables: Tables) -> int | None:
    """The version that a file says it has; None: it says none."""
    record = tables.get(kind.table, {}).get("1")
    version = record.get("schema") if isinstance(record, dict) else None
    return version if type(version) is int else None


def is_older(kind: FileKind, tables: Tables) -> bool:
    """Whether there is a way from this file's version to the present one."""
    return version_of(kind, tables) in kind.migrations


def migrate(kind: FileKind, tables: Tables) -> Tables:
    """The same in the present version; what is of no older version stays as it is."""
    version = version_of(kind, tables)
    while version is not None and version in kind.migrations:
        tables = kind.migrations[version](tables)
        version += 1
        record = {**tables[kind.table]["1"], "schema": version}
        tables = {**tables, kind.table: {**tables[kind.table], "1": record}}
    return tables
