"""Reads the search index, beside its writer and without waiting for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from llama_desktop.domain.memory import SearchFilter
from llama_desktop.infrastructure.storage.search_index import SearchIndexUnusable

_AT_ONCE: Final = 900
"""SQLite takes 999 values in one question where it is old."""


class SearchInterrupted(Exception):
    """Somebody did not want to wait any longer."""


class Page(Struct, frozen=True):
    """A message as it is searched."""

    key: int
    parent_key: int | None
    day: str
    terms: str


class Found(Struct, frozen=True):
    """A message as it is shown."""

    key: int
    parent_key: int | None
    chat_id: str
    chat_title: str
    doc: int
    role: str
    model: str | None
    created: float
    content: str


class TermUse(Struct, frozen=True):
    """How often a term is used."""

    messages: int = 0
    """That have it themselves."""
    postings: int = 0
    """That a question for it reads: also those that have it above them."""


class SearchReader:
    """One read connection. Not for two threads at once."""

    def __init__(self, path: Path) -> None:
        """Opens at the first question: the file may not be there yet."""
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._words: list[str] = []
        self._last_word = 0

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._words, self._last_word = [], 0

    def count_pages(self) -> int:
        """How many messages are searched."""
        ((count,),) = self._ask("select count(*) from message")
        return int(count)

    def count_uses(self, terms: Collection[str]) -> dict[str, TermUse]:
        """Where each term stands."""
        uses = dict.fromkeys(terms, TermUse())
        rows = self._ask_for("select term, col, doc from term where term in", terms)
        for term, column, count in rows:
            use = uses[term]
            messages = count if column == "body" else use.messages
            uses[term] = TermUse(messages, use.postings + count)
        return uses

    def starting_with(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Words as they are written with how many messages have them, the most used first."""
        # No character of a word sorts after this one.
        return self._ask(
            "select word, uses from word where word >= ? and word < ? order by uses desc limit ?",
            (prefix, prefix + "\U0010ffff", limit),
        )

    def words(self) -> list[str]:
        """Every word that was ever written; a few may be gone again."""
        rows = self._ask(
            "select key, word from word where key > ? order by key", (self._last_word,)
        )
        if rows:
            self._words += [word for _, word in rows]
            self._last_word = rows[-1][0]
        return self._words

    def find(self, query: str, limit: int, only: SearchFilter) -> list[tuple[int, float]]:
        """The pages that match an FTS5 query, best first, with how well they do."""
        where, values = _conditions(only)
        return [
            (key, -rank)
            for key, rank in self._ask(
                f"select rowid, rank from page_text where page_text match ?{where}"  # noqa: S608
                " order by rank limit ?",  # the conditions are ours, the values are bound
                (query, *values, limit),
            )
        ]

    def models(self) -> list[str]:
        """The names of all models that have answered, in alphabetical order."""
        rows = self._ask("select distinct model from message where model is not null order by 1")
        return [model for (model,) in rows]

    def read_pages(self, keys: Collection[int]) -> dict[int, Page]:
        """These messages as they are searched, by key."""
        rows = self._ask_for("select key, parent, day, terms from message where key in", keys)
        return {row[0]: Page(*row) for row in rows}

    def read_replies(self, keys: Collection[int]) -> dict[int, Page]:
        """The messages right below these, by key."""
        rows = self._ask_for("select key, parent, day, terms from message where parent in", keys)
        return {row[0]: Page(*row) for row in rows}

    def read_found(self, keys: Collection[int]) -> dict[int, Found]:
        """These messages as they are shown, by key."""
        rows = self._ask_for(
            "select m.key, m.parent, c.id, c.title, m.doc, m.role, m.model, m.created, m.content"
            " from message m join chat c on c.key = m.chat where m.key in",
            keys,
        )
        return {row[0]: Found(*row) for row in rows}

    def read_vectors(self, keys: Collection[int]) -> dict[int, bytes]:
        """What these messages mean, by key, as far as that is known."""
        return dict(self._ask_for("select message, numbers from vector where message in", keys))

    def interrupt(self) -> None:
        """End the question under way, from any thread; who asked it gets SearchInterrupted."""
        if self._connection is not None:
            self._connection.interrupt()

    def _ask_for(self, sql: str, values: Collection[object]) -> list[Any]:
        """`sql` ends in `in`; any number of values."""
        found: list[Any] = []
        ordered = tuple(values)
        for first in range(0, len(ordered), _AT_ONCE):
            some = ordered[first : first + _AT_ONCE]
            found += self._ask(f"{sql} ({','.join('?' * len(some))})", some)
        return found

    def _ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            if self._connection is None:
                self._connection = _connect_to_read(self._path)
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
                raise SearchInterrupted from error
            raise SearchIndexUnusable(str(error)) from error


def _conditions(only: SearchFilter) -> tuple[str, list[object]]:
    """The rest of the question that a filter asks, with its values."""
    parts: list[str] = []
    values: list[object] = []
    if only.role is not None:
        parts.append("m.role = ?")
        values.append(only.role.value)
    if only.model is not None:
        parts.append("m.model = ?")
        values.append(only.model)
    if only.after is not None:
        parts.append("m.created >= ?")
        values.append(only.after)
    if only.is_pinned:
        parts.append("c.pinned")
    if only.has_code:
        parts.append("instr(m.content, '```')")
    if not parts:
        return "", values
    # Asked of each page that matches, not once for all messages.
    return (
        " and exists(select 1 from message m join chat c on c.key = m.chat"  # noqa: S608
        f" where m.key = page_text.rowid and {' and '.join(parts)})",
        values,
    )


def _connect_to_read(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("pragma query_only = on")
    connection.execute("pragma cache_size = -16000")
    return connection
