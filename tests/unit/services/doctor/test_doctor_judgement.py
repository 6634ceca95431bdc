"""What the doctor makes of what it sees: engines, GPUs, llama-servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_desktop.bridge.doctor_cli import format_report
from llama_desktop.domain.doctor import DoctorReport, Finding, Ownership
from llama_desktop.domain.llama import Engine, EngineKind
from llama_desktop.infrastructure.gpu_list import GpuList, NvidiaDriver, list_gpus
from llama_desktop.infrastructure.llama.binary import Candidate, FoundEngine, Rejected
from llama_desktop.infrastructure.llama.command_line import Capabilities
from llama_desktop.infrastructure.llama.devices import EngineDevice
from llama_desktop.infrastructure.llama.process_list import SeenServer, is_server
from llama_desktop.infrastructure.llama.process_records import ProcessRecord
from llama_desktop.services.doctor.engines import examine_engines, find_build
from llama_desktop.services.doctor.gpus import examine_gpus
from llama_desktop.services.doctor.processes import examine_servers, judge_servers


def found(
    version: str, source: str = "PATH", kind: EngineKind = EngineKind.EXTERNAL
) -> FoundEngine:
    engine = Engine(kind=kind, path=Path("/o/llama-server"), version=version, source=source)
    return FoundEngine(engine, ("/o/llama-server",), Capabilities(frozenset()), ())


def rejected(*, is_chosen: bool) -> Rejected:
    candidate = Candidate("the settings", Path("/o/x"), is_chosen=is_chosen)
    return Rejected(candidate, "it is not executable")


DEVICE = EngineDevice("MTL0", "Apple M2", 8 << 30, 8 << 30, shares_ram=True)
BUILT_IN = found("xllamacpp 1", "built in", EngineKind.EMBEDDED)


@pytest.mark.parametrize(
    ("version", "build"),
    [
        ("5172 (eb1776b1)", 5172),
        ("b8896-905ccccf2", 8896),
        ("0.4.1-dev (build 11059, commit 059a34f8d)", 11059),
        ("0.5.0-dev (build 1, commit 0c1e570)", None),
        ("0.6.0-dev (build 0, commit unknown)", None),
        ("not available", None),
    ],
)
def test_the_build_is_read_from_every_way_of_telling_it(version: str, build: int | None) -> None:
    assert find_build(version) == build


def test_the_first_usable_engine_is_used_and_the_next_is_not() -> None:
    first, second = examine_engines((found("9000 (a)"), BUILT_IN))
    assert first.detail.startswith("It is used.")
    assert second.detail.startswith("It is not used: another one comes first.")
    assert first.finding is second.finding is Finding.OK


def test_a_build_with_known_holes_is_warned_of() -> None:
    line = examine_engines((found("5172 (eb1776b1)"),))[0]
    assert line.finding is Finding.WARN
    assert "CVE-2026-27940" in line.detail
    assert line.cure is not None
    assert "8146" in line.cure


def test_a_chosen_engine_that_cannot_be_used_is_a_failure_and_nothing_takes_its_place() -> None:
    chosen, built_in = examine_engines((rejected(is_chosen=True), BUILT_IN))
    assert chosen.finding is Finding.FAIL
    assert "not executable" in chosen.detail
    assert built_in.detail.startswith("It is not used")
    passed_over, taken = examine_engines((rejected(is_chosen=False), BUILT_IN))
    assert passed_over.finding is Finding.WARN
    assert taken.detail.startswith("It is used")


def test_no_engine_at_all_is_a_failure_with_a_cure() -> None:
    (line,) = examine_engines(())
    assert line.finding is Finding.FAIL
    assert line.cure is not None


def test_a_gpu_that_the_engine_cannot_use_is_told() -> None:
    gpus = GpuList(NvidiaDriver("580.1", ("RTX 4070",)), None, ())
    (line,) = examine_gpus(gpus, (), "linux")
    assert (line.finding, "RTX 4070" in line.detail) == (Finding.WARN, True)
    assert examine_gpus(gpus, (DEVICE,), "linux")[0].finding is Finding.OK
    assert examine_gpus(gpus, None, "linux")[0].finding is Finding.OK  # it does not tell


def test_a_gpu_that_only_the_engine_knows_is_told_by_its_words() -> None:
    (line,) = examine_gpus(GpuList(None, None, ()), (DEVICE,), "darwin")
    assert line.detail == "Apple M2, which shares the computer's memory."


def test_a_driver_that_does_not_answer_is_a_failure_and_no_gpu_is_none() -> None:
    (line,) = examine_gpus(GpuList(None, "Driver/library version mismatch", ()), None, "linux")
    assert line.finding is Finding.FAIL
    (none,) = examine_gpus(GpuList(None, None, ()), None, "linux")
    assert none.finding is Finding.OK


def test_cards_of_other_makers_are_read_from_the_system(tmp_path: Path) -> None:
    for number, vendor in enumerate(("0x1002", "0x1002", "0x10de", "0xffff")):
        device = tmp_path / f"card{number}" / "device"
        device.mkdir(parents=True)
        (device / "vendor").write_text(f"{vendor}\n")
    gpus = list_gpus(drm=tmp_path, nvidia_module=tmp_path / "none")
    assert gpus.cards == ("AMD", "AMD")
    lines = {line.title: line.detail for line in examine_gpus(gpus, None, "linux")}
    assert lines["AMD"] == "2 GPUs."


SEEN = SeenServer(7, 100.5, "ana", ("/o/llama-server", "--alias", "token"), 1000, 8080)
RECORD = ProcessRecord(pid=7, started=100.5, token="token", app_pid=3, app_started=50.0)


@pytest.mark.parametrize(
    ("record", "app_lives", "ownership"),
    [
        (RECORD, True, Ownership.OURS),
        (RECORD, False, Ownership.ORPHAN),
        (None, False, Ownership.OTHER),
        (ProcessRecord(pid=7, started=99.0, token="token", app_pid=3, app_started=1.0), False,
         Ownership.OTHER),
        (ProcessRecord(pid=7, started=100.5, token="other", app_pid=3, app_started=1.0), False,
         Ownership.OTHER),
    ],
)  # fmt: skip
def test_a_process_is_ours_only_by_number_start_and_token(
    record: ProcessRecord | None, app_lives: bool, ownership: Ownership
) -> None:
    (server,) = judge_servers((SEEN,), (record,) if record else (), lambda *_: app_lives)
    assert server.ownership is ownership
    warned = any(line.finding is Finding.WARN for line in examine_servers((server,)))
    assert warned is (ownership is Ownership.ORPHAN)


@pytest.mark.parametrize(
    ("name", "command", "is_one"),
    [
        ("llama-server", ("/x/llama-server", "-m", "a"), True),
        ("python", ("python", "-P", "-m", "llama_desktop.infrastructure.llama.engine"), True),
        ("llama-desktop", ("/o/llama-desktop", "__llama-server", "-m"), True),
        ("sh", ("sh", "-c", "llama-server -m a"), False),
        ("vim", ("vim", "llama-server"), False),
        ("python", (), False),
    ],
)
def test_a_llama_server_is_known_by_its_program(
    name: str, command: tuple[str, ...], is_one: bool
) -> None:
    assert is_server(name, command) is is_one


def test_the_report_is_readable_in_a_terminal() -> None:
    servers = judge_servers((SEEN,), (), lambda *_: False)
    report = DoctorReport(
        time=1.0,
        version="1",
        system="Linux",
        lines=(*examine_engines((rejected(is_chosen=True),)), *examine_servers(servers)),
        servers=servers,
    )
    text = format_report(report)
    assert "FAIL  llama-server from the settings: It cannot be used" in text
    assert "      -> Choose another llama-server" in text
    assert "process 7, other, of ana, port 8080, 0 MB, llama-server" in text
