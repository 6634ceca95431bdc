"""A disk that is really full, and one that really takes nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.storage.database import Database


def _mount(place: Path, options: str) -> None:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)],
        check=False,
        capture_output=True,
    )
    if done.returncode != 0:
        pytest.skip("a small disk can only be mounted by root")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if sys.platform != "linux":
        pytest.skip("tmpfs is Linux's")
    place = tmp_path / "disk"
    place.mkdir()
    _mount(place, "size=256k")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_and_the_file_stays_as_it_was(small_disk: Path) -> None:
    database = Database(small_disk / "a.json")
    database.put("chat", 1, {"text": "kept"})
    with pytest.raises(StorageFailed, match="is full"):
        database.put("chat", 2, {"text": "x" * 400_000})
    assert database.find("chat", 2) is None
    assert Database(small_disk / "a.json").find("chat", 1) == {"text": "kept"}
    assert [path.name for path in small_disk.iterdir()] == ["a.json"]
    database.put("chat", 2, {"text": "small"})
    assert len(Database(small_disk / "a.json").all("chat")) == 2


def test_a_disk_that_is_read_only_is_told_and_can_still_be_read(small_disk: Path) -> None:
    database = Database(small_disk / "a.json")
    database.put("chat", 1, {"text": "kept"})
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageFailed, match="cannot be written"):
        database.put("chat", 1, {"text": "lost"})
    assert database.find("chat", 1) == {"text": "kept"}
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    database.put("chat", 1, {"text": "again"})
    assert Database(small_disk / "a.json").find("chat", 1) == {"text": "again"}


def test_a_limit_on_the_size_of_files_is_a_full_disk_to_us(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("POSIX limits")
    script = """
import resource, signal, sys
from pathlib import Path
from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.storage.database import Database

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
database = Database(Path(sys.argv[1]))
database.put("chat", 1, {"text": "kept"})
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    database.put("chat", 2, {"text": "x" * 100_000})
except StorageFailed as error:
    print(error.message)
print(database.find("chat", 1), len(database.all("chat")))
"""
    path = tmp_path / "a.json"
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], check=True, capture_output=True, text=True
    )
    told, after = done.stdout.splitlines()
    assert "is full" in told
    assert after == "{'text': 'kept'} 1"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]
