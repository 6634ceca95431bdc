"""What the chats' messages are searched by: one SQLite file, derived from them, never the truth.

    chat       one row per conversation, with the fingerprint of the file that it was read from
    message    one row per message that can be found; `parent` is the row of the one before it
    page       a message beside the words of the two before it: what is searched
    page_text  the full-text index of `page`; it keeps no copy of the words
    word       every word as it is written, for finding what was mistyped
    vector     what a message means, see `search_vectors`; empty without an embedding model
    meta       the versions that all this was made by

The file may be deleted at any time. Whatever is wrong with it, it is made anew.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct

from llama_desktop.infrastructure.storage.atomic_file import storage_failed

logger = logging.getLogger(__name__)
T = TypeVar("T")

_SCHEMA_VERSION: Final = 3
_APPLICATION_ID: Final = 0x4C44_5349
# The terms come ready, parted by spaces: `ascii` leaves alone whatever is not ASCII.
_SCHEMA: Final = """
create table meta(name text primary key, value text not null) without rowid;
create table chat(
    key integer primary key, id text not null unique, title text not null,
    updated real not null, pinned integer not null,
    size integer not null, mtime integer not null);
create table message(
    key integer primary key, chat integer not null, doc integer not null, parent integer,
    role text not null, model text, created real not null,
    day text not null, terms text not null, content text not null, unique(chat, doc));
create index message_parent on message(parent);
create index message_model on message(model) where model is not null;
create view page as
    select m.key as id, m.terms as body,
           ifnull(p.terms, '') || ' ' || ifnull(g.terms, '') as before, m.day as day
      from message m
      left join message p on p.key = m.parent
      left join message g on g.key = p.parent;
create virtual table page_text using fts5(
    body, before, day, content='page', content_rowid='id', tokenize='ascii');
insert into page_text(page_text, rank) values('rank', 'bm25(1.0, 0.4, 0.5)');
create virtual table term using fts5vocab(page_text, col);
create table word(key integer primary key autoincrement, word text not null unique,
    uses integer not null);
create table vector(message integer primary key, numbers blob not null);
"""


class Analysed(Struct, frozen=True):
    """A text as it is searched."""

    terms: Sequence[str]
    words: frozenset[str]
    """As they are written, for finding what was mistyped."""


class Fingerprint(Struct, frozen=True):
    """Tells whether a file has changed."""

    size: int
    mtime_ns: int


class IndexedMessage(Struct, frozen=True):
    """What the index knows of a message."""

    doc: int
    """The message's id in its conversation."""
    parent_doc: int | None
    role: str
    model: str | None
    """The name of the model that answered."""
    created: float
    day: str
    """The day's names, as they might be asked for."""
    content: str


class SearchIndexUnusable(Exception):
    """The file is not, or no longer, what it should be: it has to be made anew."""


class SearchIndex:
    """Writes the index. Runs on one thread; readers have connections of their own."""

    def __init__(self, path: Path, *, version: str, analyse: Callable[[str], Analysed]) -> None:
        """`version`: of whatever decides what is written; another one means to begin anew.

        Raises:
            StorageFailed: the file cannot be made.
        """
        self._path = path
        self._version = version
        self._analyse = analyse
        self._words: Counter[str] = Counter()
        """Uses that come and go with what is written now."""
        self._connection = self._open_or_begin_anew()

    def close(self) -> None:
        """Leave one tidy file behind."""
        self._connection.close()

    def fingerprints(self) -> dict[str, Fingerprint]:
        """Which chats are in the index, and of which state of their files."""
        with _damage_told():
            rows = self._connection.execute("select id, size, mtime from chat").fetchall()
        return {chat_id: Fingerprint(size, mtime) for chat_id, size, mtime in rows}

    def count_messages(self) -> int:
        """How many messages can be found."""
        with _damage_told():
            (count,) = self._connection.execute("select count(*) from message").fetchone()
        return int(count)

    def put_chat(
        self,
        chat_id: str,
        *,
        title: str,
        updated: float,
        is_pinned: bool,
        fingerprint: Fingerprint,
        messages: Sequence[IndexedMessage],
    ) -> None:
        """Make the index hold exactly these messages of a chat, in one commit.

        Parents come before their children. What only grew is only added to.

        Raises:
            SearchIndexUnusable: the file is damaged, or the disk takes nothing.
        """
        with _damage_told(), self._transaction() as db:
            row = db.execute("select key from chat where id = ?", (chat_id,)).fetchone()
            if row is None:
                cursor = db.execute(
                    "insert into chat(id, title, updated, pinned, size, mtime)"
                    " values(?, ?, ?, ?, ?, ?)",
                    (chat_id, title, updated, is_pinned, fingerprint.size, fingerprint.mtime_ns),
                )
                assert cursor.lastrowid is not None
                key = cursor.lastrowid
            else:
                (key,) = row
                db.execute(
                    "update chat set title = ?, updated = ?, pinned = ?, size = ?, mtime = ?"
                    " where key = ?",
                    (title, updated, is_pinned, fingerprint.size, fingerprint.mtime_ns, key),
                )
            self._put_messages(db, key, messages)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Several chats in one commit.

        Raises:
            SearchIndexUnusable: as of `put_chat`; none of them is in it.
        """
        with _damage_told(), self._transaction():
            yield

    def drop_chat(self, chat_id: str) -> None:
        """Forget a chat.

        Raises:
            SearchIndexUnusable: as of `put_chat`.
        """
        with _damage_told(), self._transaction() as db:
            row = db.execute("select key from chat where id = ?", (chat_id,)).fetchone()
            if row is not None:
                self._drop_messages(db, row[0])
                db.execute("delete from chat where key = ?", row)

    def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do one piece of work on the file, in one commit.

        Raises:
            SearchIndexUnusable: as of `put_chat`.
        """
        with _damage_told(), self._transaction() as db:
            return work(db)

    def check(self) -> None:
        """Compare the full-text index with what it is made from.

        Raises:
            SearchIndexUnusable: they differ.
        """
        with _damage_told(), self._transaction() as db:
            db.execute("insert into page_text(page_text, rank) values('integrity-check', 1)")

    def _put_messages(
        self, db: sqlite3.Connection, chat: int, messages: Sequence[IndexedMessage]
    ) -> None:
        keys: dict[int, int] = {}
        known: dict[int, IndexedMessage] = {}
        for key, doc, *rest in db.execute(
            "select m.key, m.doc, p.doc, m.role, m.model, m.created, m.day, m.content"
            " from message m left join message p on p.key = m.parent where m.chat = ?",
            (chat,),
        ):
            keys[doc] = key
            known[doc] = IndexedMessage(doc, *rest)
        wanted = {message.doc: message for message in messages}
        if any(wanted.get(doc) != message for doc, message in known.items()):
            self._drop_messages(db, chat)
            keys.clear()
        for message in messages:
            if message.doc not in keys:
                keys[message.doc] = self._add(db, chat, message, keys)

    def _add(
        self,
        db: sqlite3.Connection,
        chat: int,
        message: IndexedMessage,
        keys: dict[int, int],
    ) -> int:
        """The new row's key."""
        analysed = self._analyse(message.content)
        parent = None if message.parent_doc is None else keys[message.parent_doc]
        cursor = db.execute(
            "insert into message(chat, doc, parent, role, model, created, day, terms, content)"
            " values(?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(chat, message.doc, parent, message.role, message.model, message.created),
                message.day,
                *(" ".join(analysed.terms), message.content),
            ),
        )
        assert cursor.lastrowid is not None
        db.execute(
            "insert into page_text(rowid, body, before, day)"
            " select id, body, before, day from page where id = ?",
            (cursor.lastrowid,),
        )
        self._words.update(analysed.words)
        return cursor.lastrowid

    def _drop_messages(self, db: sqlite3.Connection, chat: int) -> None:
        # FTS5 has to be told the words that go, and the view only knows them as long as the
        # messages are there: in the other order the index is malformed.
        db.execute(
            "insert into page_text(page_text, rowid, body, before, day)"
            " select 'delete', id, body, before, day from page"
            "  where id in (select key from message where chat = ?)",
            (chat,),
        )
        for (content,) in db.execute("select content from message where chat = ?", (chat,)):
            self._words.subtract(self._analyse(content).words)
        db.execute(
            "delete from vector where message in (select key from message where chat = ?)", (chat,)
        )
        db.execute("delete from message where chat = ?", (chat,))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if self._connection.in_transaction:
            yield self._connection
            return
        self._connection.execute("begin immediate")
        self._words.clear()
        try:
            yield self._connection
            _count_words(self._connection, self._words)
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def _open_or_begin_anew(self) -> sqlite3.Connection:
        if self._path.exists():
            try:
                return self._open()
            except (sqlite3.Error, SearchIndexUnusable, OSError) as error:
                logger.info("the search index is built anew: %s", error)
        return self._make()

    def _open(self) -> sqlite3.Connection:
        if _is_cut_off(self._path):
            raise SearchIndexUnusable("its end is missing")
        connection = _connect(self._path)
        try:
            rows = dict(connection.execute("select name, value from meta"))
            if not self._meta().items() <= rows.items():
                raise SearchIndexUnusable("it is of another version")
        except BaseException:
            connection.close()
            raise
        return connection

    def _make(self) -> sqlite3.Connection:
        try:
            remove_index(self._path)
            connection = _connect(self._path)
            connection.executescript(f"pragma application_id = {_APPLICATION_ID};{_SCHEMA}")
            connection.executemany("insert into meta values(?, ?)", self._meta().items())
        except sqlite3.Error as error:
            raise SearchIndexUnusable(str(error)) from error
        return connection

    def _meta(self) -> dict[str, str]:
        return {"schema": str(_SCHEMA_VERSION), "version": self._version}


def remove_index(path: Path) -> None:
    """Delete the file and what SQLite keeps beside it. Nobody may have it open.

    Raises:
        StorageFailed: it stays.
    """
    try:
        for part in _files_of(path):
            part.unlink(missing_ok=True)
    except OSError as error:
        raise storage_failed(error, path) from error


def measure_index(path: Path) -> int:
    """Bytes on the disk, with what SQLite keeps beside the file; 0 where there is none."""
    size = 0
    for part in _files_of(path):
        with contextlib.suppress(OSError):  # it may go at any time
            size += part.stat().st_size
    return size


def _files_of(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm", "-journal"))


def _is_cut_off(path: Path) -> bool:
    """Whether the file is shorter than it says itself; SQLite would only notice on the way."""
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100:
        return True
    page_size = int.from_bytes(head[16:18])
    page_size = 65_536 if page_size == 1 else page_size
    return path.stat().st_size < page_size * int.from_bytes(head[28:32])


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("pragma journal_mode = wal")
        # A crash of the machine may lose the last commits: their files are then read again.
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma cache_size = -8000")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _count_words(db: sqlite3.Connection, words: Counter[str]) -> None:
    """Add so many uses of each word, or take them away.

    Of all that one commit holds: chats have most of their words in common.
    """
    changed = sorted((word, uses) for word, uses in words.items() if uses != 0)
    db.executemany(
        "insert into word(word, uses) values(?, ?)"
        " on conflict(word) do update set uses = uses + excluded.uses",
        changed,
    )
    if any(uses < 0 for _, uses in changed):
        db.execute("delete from word where uses < 1")


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise SearchIndexUnusable(str(error)) from error
