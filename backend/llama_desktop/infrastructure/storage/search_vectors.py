"""The meaning of messages in the search index: one vector each, made by one embedding model.

Each function is one piece of work on the index's connection, inside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from msgspec import Struct


class VectorSource(Struct, frozen=True):
    """What the vectors of an index were made by."""

    model: str
    """Names the file and its state."""
    pooling: str
    """Empty: as the file says."""
    size: int
    """Numbers in a vector."""


class Exchange(Struct, frozen=True):
    """A message with the one before it, which tells what it is about."""

    key: int
    content: str
    before: str


def read_source(db: sqlite3.Connection) -> VectorSource | None:
    """What the vectors were made by; None: there are none."""
    told = dict(db.execute("select name, value from meta where name like 'vector_%'"))
    if len(told) != 3:
        return None
    return VectorSource(told["vector_model"], told["vector_pooling"], int(told["vector_size"]))


def begin_vectors(db: sqlite3.Connection, source: VectorSource | None) -> None:
    """Drop all vectors; those to come are made by this source, or there will be none."""
    db.execute("delete from vector")
    db.execute("delete from meta where name like 'vector_%'")
    if source is not None:
        rows = {
            "vector_model": source.model,
            "vector_pooling": source.pooling,
            "vector_size": str(source.size),
        }
        db.executemany("insert into meta values(?, ?)", rows.items())


def count_vectors(db: sqlite3.Connection) -> tuple[int, int]:
    """How many messages have a vector, and how many there are."""
    ((done, total),) = db.execute(
        "select (select count(*) from vector), (select count(*) from message)"
    )
    return done, total


def list_chats_without(db: sqlite3.Connection) -> list[int]:
    """The chats that have messages without a vector, the newest first."""
    rows = db.execute(
        "select key from chat c where exists(select 1 from message m where m.chat = c.key"
        " and not exists(select 1 from vector v where v.message = m.key)) order by updated desc"
    )
    return [key for (key,) in rows]


def read_without(db: sqlite3.Connection, chat: int, limit: int) -> list[Exchange]:
    """Some messages of a chat that have no vector, the newest first."""
    rows = db.execute(
        "select m.key, m.content, ifnull(p.content, '') from message m"
        " left join message p on p.key = m.parent where m.chat = ?"
        " and not exists(select 1 from vector v where v.message = m.key)"
        " order by m.key desc limit ?",
        (chat, limit),
    )
    return [Exchange(*row) for row in rows]


def store_vectors(
    db: sqlite3.Connection, source: VectorSource, vectors: Sequence[tuple[Exchange, bytes]]
) -> None:
    """Keep vectors of what still stands as it was when they were made; the others are nothing."""
    if read_source(db) != source:
        return
    db.executemany(
        "insert or replace into vector select m.key, ? from message m"
        " left join message p on p.key = m.parent"
        " where m.key = ? and m.content = ? and ifnull(p.content, '') = ?",
        [(numbers, one.key, one.content, one.before) for one, numbers in vectors],
    )
