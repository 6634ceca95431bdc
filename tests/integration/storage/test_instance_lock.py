"""One app per data folder; a second start finds the first."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from llama_desktop.domain.errors import DataFolderLocked, StorageFailed
from llama_desktop.infrastructure.instance_lock import (
    InstanceAddress,
    InstanceLock,
    find_running_instance,
)
from llama_desktop.infrastructure.paths import AppPaths

_HOLDER = """
import sys
from pathlib import Path
from llama_desktop.infrastructure.instance_lock import InstanceAddress, InstanceLock
from llama_desktop.infrastructure.paths import AppPaths
lock = InstanceLock(AppPaths(Path(sys.argv[1])))
lock.acquire()
lock.publish(InstanceAddress(url="http://127.0.0.1:5", token="t", pid=7))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = AppPaths.locate(tmp_path / "data")
    paths.prepare()
    return paths


def test_a_second_process_is_refused_and_told_how_the_first_is_reached(paths: AppPaths) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(paths.data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DataFolderLocked):
            InstanceLock(paths).acquire()
        address = find_running_instance(paths, patience_seconds=0)
        holder.kill()
    assert address == InstanceAddress(url="http://127.0.0.1:5", token="t", pid=7)
    # Killed, it left its address behind; the next instance forgets it before it tells its own.
    with InstanceLock(paths):
        assert find_running_instance(paths, patience_seconds=0) is None


def test_the_address_is_for_its_user_alone_and_goes_with_the_lock(paths: AppPaths) -> None:
    with InstanceLock(paths) as lock:
        lock.publish(InstanceAddress(url="http://127.0.0.1:5", token="t", pid=os.getpid()))
        if sys.platform != "win32":
            assert stat.S_IMODE(paths.instance_file.stat().st_mode) == 0o600
    assert not paths.instance_file.exists()
    lock.release()
    with InstanceLock(paths):
        pass


def test_an_address_that_is_no_address_is_none(paths: AppPaths) -> None:
    paths.instance_file.write_text("{")
    assert find_running_instance(paths, patience_seconds=0) is None


def test_the_folders_are_made_closed_to_others(paths: AppPaths) -> None:
    paths.prepare()
    for folder in (paths.data, paths.chats, paths.trash, paths.damaged, paths.logs, paths.engines):
        assert folder.is_dir()
        if sys.platform != "win32":
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StorageFailed, match="data"):
        AppPaths.locate(tmp_path / "data").prepare()


def test_the_usual_folder_is_the_systems_place_for_data() -> None:
    assert AppPaths.locate().data.name == "llama-desktop"
    assert AppPaths.locate(Path("~/x")).data == Path.home() / "x"
