"""Commands of the doctor."""

from __future__ import annotations

from llama_desktop.domain.doctor import DoctorReport
from llama_desktop.services.application import Application


async def run_doctor(app: Application) -> DoctorReport:
    """Look over engines, GPUs, llama-servers, data folder and window toolkit."""
    return await app.doctor.examine()


async def end_orphan(app: Application, *, pid: int, started: float) -> None:
    """End a llama-server that this app left behind; any other one is left alone."""
    await app.doctor.end_orphan(pid, started)
