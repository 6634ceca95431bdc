"""The doctor in a terminal: lines to read, or JSON; asks before it ends anything."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from llama_desktop.domain.doctor import DoctorReport, Finding, Ownership, ServerOnMachine
from llama_desktop.domain.errors import Conflict
from llama_desktop.services.doctor.service import DoctorService

_SIGNS: Final = {Finding.OK: "ok  ", Finding.WARN: "WARN", Finding.FAIL: "FAIL"}


async def look_over(
    doctor: DoctorService, *, as_json: bool, ask: Callable[[str], str] | None
) -> int:
    """Print what is found; the exit code: 0, or 1 when something failed.

    `ask` puts a question to the person; None: there is nobody to ask, and nothing is ended.
    """
    report = await doctor.examine()
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
    else:
        sys.stdout.write(format_report(report))
    sys.stdout.flush()
    for server in _find_wanted(report, ask):
        try:
            await doctor.end_orphan(server.pid, server.started)
        except Conflict as error:
            sys.stderr.write(f"{error.message}\n")
    return 1 if any(line.finding is Finding.FAIL for line in report.lines) else 0


def format_report(report: DoctorReport) -> str:
    """As lines of text."""
    rows = [f"Llama Desktop {report.version}, {report.system}", ""]
    for line in report.lines:
        rows.append(f"{_SIGNS[line.finding]}  {line.title}: {line.detail}")
        if line.cure is not None:
            rows.append(f"      -> {line.cure}")
    if report.servers:
        rows += ["", "llama-servers on this computer:"]
        rows += [f"      {_describe(server)}" for server in report.servers]
    return "\n".join(rows) + "\n"


def _find_wanted(
    report: DoctorReport, ask: Callable[[str], str] | None
) -> Iterator[ServerOnMachine]:
    """The leftovers that the person wants ended."""
    for server in report.servers:
        if ask is None or server.ownership is not Ownership.ORPHAN:
            continue
        question = f"End process {server.pid}, a leftover of this app? [y/N] "
        if ask(question).strip().lower() in ("y", "yes"):
            yield server


def _describe(server: ServerOnMachine) -> str:
    parts = [f"process {server.pid}", f"{server.ownership}", f"of {server.user or 'somebody'}"]
    if server.port is not None:
        parts.append(f"port {server.port}")
    if server.memory_bytes is not None:
        parts.append(f"{server.memory_bytes / 1e6:.0f} MB")
    parts.append(server.program)
    return ", ".join(parts)
