"""How much of the disk the search index takes."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.infrastructure.storage.search_index import measure_index, remove_index


def test_what_sqlite_keeps_beside_the_file_counts_and_goes_with_it(tmp_path: Path) -> None:
    file = tmp_path / "search.db"
    assert measure_index(file) == 0
    file.write_bytes(b"12345")
    (tmp_path / "search.db-wal").write_bytes(b"123")
    (tmp_path / "search.db-shm").write_bytes(b"1")
    (tmp_path / "search.db.other").write_bytes(b"1234567")

    assert measure_index(file) == 9
    remove_index(file)
    assert measure_index(file) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["search.db.other"]
