"""A TinyDB file that survives crashes: every change replaces the whole file, or nothing.

TinyDB's own JSON storage overwrites in place; killed at a random moment it left 14 % of the files
unreadable. TinyDB copies the whole table on each write anyway, so replacing the file costs little,
as long as files are small: one per conversation.

None of this is safe for several threads. All of it runs on the storage thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from llama_desktop.infrastructure.storage.atomic_file import storage_failed, write_atomically
from llama_desktop.infrastructure.storage.migration_backups import keep_backup
from llama_desktop.infrastructure.storage.migrations import (
    FileKind,
    Tables,
    is_older,
    migrate,
    version_of,
)


class DamagedFile(Exception):
    """A file is not what it should be; it has not been touched."""


class AtomicStorage(Storage):
    """What is in the file is kept in memory, so that reading is free.

    A file of an older version is migrated in memory when it is read, and on disk by the next
    write, before which it is copied into `backups`; None: no copy is to be kept.
    """

    def __init__(self, path: Path, kind: FileKind | None, backups: Path | None) -> None:
        self._path = path
        self._kind = kind
        self._backups = backups
        self._old_version: int | None = None
        self._tables: Tables | None = None
        self._is_loaded = False
        self._is_deferring = False
        self._has_changed = False

    def read(self) -> Tables | None:
        """All tables; None: there is no file yet. Read from disk on first use."""
        if not self._is_loaded:
            self._tables = self._migrated(load_tables(self._path))
            self._is_loaded = True
        return self._tables

    def write(self, data: Tables) -> None:
        """Take over all tables: at once, or at the end of `together`."""
        self._tables = data
        self._has_changed = True
        if not self._is_deferring:
            with self._forgetting_on_failure():
                self._flush()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Several changes as one: they reach the disk all, or none."""
        self._is_deferring = True
        try:
            with self._forgetting_on_failure():
                yield
                self._flush()
        finally:
            self._is_deferring = False

    def _migrated(self, tables: Tables | None) -> Tables | None:
        self._old_version = None
        if tables is None or self._kind is None or not is_older(self._kind, tables):
            return tables
        self._old_version = version_of(self._kind, tables)
        return migrate(self._kind, tables)

    def _flush(self) -> None:
        if not self._has_changed:
            return
        content = msgspec.json.format(msgspec.json.encode(self._tables), indent=1)
        try:
            self._keep_backup()
            write_atomically(self._path, content)
        except OSError as error:
            raise storage_failed(error, self._path) from error
        self._has_changed = False
        self._old_version = None

    def _keep_backup(self) -> None:
        if self._kind and self._backups and self._old_version is not None and self._path.exists():
            keep_backup(self._path, self._kind, self._old_version, self._backups)

    @contextmanager
    def _forgetting_on_failure(self) -> Iterator[None]:
        """TinyDB changes the tables in place before it writes, so memory lies after a failure."""
        try:
            yield
        except BaseException:
            self._tables, self._is_loaded, self._has_changed = None, False, False
            raise


class Database:
    """One TinyDB file with records whose ids we choose."""

    def __init__(
        self, path: Path, *, kind: FileKind | None = None, backups: Path | None = None
    ) -> None:
        self._storage: Final = AtomicStorage(path, kind, backups)
        # TinyDB builds its storage itself, from a callable.
        self._tinydb: Final = TinyDB(storage=lambda: self._storage)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Several `put`s as one write."""
        with self._storage.together():
            yield

    def put(self, table: str, record_id: int, record: Mapping[str, Any]) -> None:
        """Write a record whole, new or not."""
        self.put_all(table, {record_id: record})

    def put_all(self, table: str, records: Mapping[int, Mapping[str, Any]]) -> None:
        """Write records whole, new or not. TinyDB goes through the whole table each time."""
        kept = self._table(table)
        known = [record_id for record_id in records if kept.contains(doc_id=record_id)]
        if known:
            # `upsert` would merge, and keep the fields that are gone.
            following = iter(known)
            kept.update(lambda old: _become(old, records[next(following)]), doc_ids=known)
        new = records.keys() - known
        if new:
            kept.insert_multiple(Document(records[one], doc_id=one) for one in sorted(new))

    def clear(self, table: str) -> None:
        """Remove all records."""
        self._table(table).truncate()

    def find(self, table: str, record_id: int) -> Mapping[str, Any] | None:
        """A record, to be read only."""
        found = self._table(table).get(doc_id=record_id)
        assert not isinstance(found, list)
        return found

    def all(self, table: str) -> list[Document]:
        """All records in the order of their ids, to be read only."""
        return sorted(self._table(table).all(), key=lambda document: document.doc_id)

    def _table(self, name: str) -> Table:
        # The query cache hands out the same documents again and again, changed or not.
        return self._tinydb.table(name, cache_size=0)


def load_tables(path: Path) -> Tables | None:
    """Read a TinyDB file; None: there is none.

    Raises:
        DamagedFile: it is something else.
        StorageFailed: it cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_failed(error, path) from error
    try:
        return msgspec.json.decode(content, type=dict[str, dict[str, Any]])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DamagedFile(f"{path.name}: {error}") from error


def _become(old: Any, record: Mapping[str, Any]) -> None:
    old.clear()
    old.update(record)
