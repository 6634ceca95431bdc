"""The doctor on a real machine: a leftover that is ours, one that is not, and the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from llama_desktop.bootstrap import build_doctor
from llama_desktop.domain.doctor import DoctorGroup, Finding, Ownership
from llama_desktop.domain.errors import Conflict
from llama_desktop.infrastructure.llama.process_records import ProcessRecords
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.doctor.service import DoctorService

TOKEN = "llama-desktop-0123456789abcdef"

Server = subprocess.Popen[bytes]


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = AppPaths(tmp_path / "data")
    paths.prepare()
    return paths


@pytest.fixture
def doctor(paths: AppPaths, fake_llama_server: Path) -> DoctorService:
    return build_doctor(paths, version="1", llama_server=fake_llama_server)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A process that is called as a llama-server is, with our token."""
    program = tmp_path / "llama-server"
    program.symlink_to(sys.executable)
    code = "import time; print('up', flush=True); time.sleep(60)"
    process = subprocess.Popen([program, "-c", code, "--alias", TOKEN], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def note_as_started_by_an_app_that_has_gone(paths: AppPaths, server: Server) -> None:
    """As an app does that starts it and is killed."""
    code = (
        "import sys; from pathlib import Path; "
        "from llama_desktop.infrastructure.llama.process_records import ProcessRecords; "
        "ProcessRecords(Path(sys.argv[1])).note(int(sys.argv[2]), sys.argv[3])"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(paths.processes), str(server.pid), TOKEN], check=True
    )


async def test_a_leftover_of_ours_is_found_and_ended_when_asked(
    doctor: DoctorService, paths: AppPaths, server: Server
) -> None:
    note_as_started_by_an_app_that_has_gone(paths, server)
    report = await doctor.examine()
    (orphan,) = (one for one in report.servers if one.pid == server.pid)
    assert orphan.ownership is Ownership.ORPHAN
    assert any(line.title == f"Process {server.pid}" for line in report.lines)
    await doctor.end_orphan(orphan.pid, orphan.started)
    server.wait(5)
    assert not psutil.pid_exists(orphan.pid)
    await doctor.end_orphan(orphan.pid, orphan.started)  # gone already: nothing to do


async def test_a_llama_server_of_somebody_else_is_left_alone(
    doctor: DoctorService, paths: AppPaths, server: Server
) -> None:
    report = await doctor.examine()
    (other,) = (one for one in report.servers if one.pid == server.pid)
    assert other.ownership is Ownership.OTHER
    with pytest.raises(Conflict):
        await doctor.end_orphan(other.pid, other.started)
    ProcessRecords(paths.processes).note(server.pid, TOKEN)  # ours, and we run
    with pytest.raises(Conflict):
        await doctor.end_orphan(other.pid, other.started)
    ProcessRecords(paths.processes).note(server.pid, "another token")
    with pytest.raises(Conflict):
        await doctor.end_orphan(other.pid, other.started)
    assert psutil.pid_exists(server.pid)
    assert server.poll() is None


async def test_engines_and_the_data_folder_are_looked_over(
    doctor: DoctorService, paths: AppPaths
) -> None:
    (paths.damaged / "a.json").write_text("{")
    paths.data.chmod(0o755)
    lines = {line.title: line for line in (await doctor.examine()).lines}
    assert lines["llama-server from --llama-server"].detail.startswith("It is used.")
    assert lines["Built-in engine"].detail.startswith("It is not used")
    assert lines["Data folder"].finding is Finding.OK
    assert lines["Privacy"].finding is Finding.WARN
    assert lines["Damaged files"].finding is Finding.WARN
    assert {line.group for line in lines.values()} == set(DoctorGroup)
    assert all(line.cure for line in lines.values() if line.finding is not Finding.OK)


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def test_the_command_line_prints_json_and_makes_no_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "none yet"
    command = [sys.executable, "-m", "llama_desktop", "doctor", "--json", "--data-dir", str(data)]
    report = json.loads(run(command).stdout)
    assert {"engines", "gpus", "data", "window"} <= {line["group"] for line in report["lines"]}
    assert not data.exists()


def test_something_that_fails_is_told_by_the_exit_code(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "llama_desktop", "doctor", "--data-dir", str(tmp_path),
               "--llama-server", str(tmp_path / "gone")]  # fmt: skip
    done = run(command)
    assert done.returncode == 1
    assert "FAIL  llama-server from --llama-server" in done.stdout
    assert "->" in done.stdout
