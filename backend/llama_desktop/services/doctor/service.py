"""Looks the whole installation over, and ends what is provably a leftover of ours."""

from __future__ import annotations

import asyncio
import platform
import time
from collections.abc import Callable

from llama_desktop.domain.doctor import DoctorLine, DoctorReport, Ownership, ServerOnMachine
from llama_desktop.domain.errors import Conflict
from llama_desktop.infrastructure.gpu_list import list_gpus
from llama_desktop.infrastructure.llama.binary import EngineFinder
from llama_desktop.infrastructure.llama.devices import DeviceFinder
from llama_desktop.infrastructure.llama.process_list import end_process, list_servers
from llama_desktop.infrastructure.llama.process_records import ProcessRecords, is_alive
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.doctor.data import examine_data
from llama_desktop.services.doctor.engines import examine_engines
from llama_desktop.services.doctor.gpus import examine_gpus
from llama_desktop.services.doctor.processes import examine_servers, judge_servers


class DoctorService:
    """Holds nothing; each look is a fresh one."""

    def __init__(
        self,
        paths: AppPaths,
        finder: EngineFinder,
        devices: DeviceFinder,
        *,
        version: str,
        look_at_window: Callable[[], DoctorLine],
    ) -> None:
        self._paths = paths
        self._finder = finder
        self._devices = devices
        self._version = version
        self._look_at_window = look_at_window
        self._records = ProcessRecords(paths.processes)

    async def examine(self) -> DoctorReport:
        """Takes as long as the slowest engine takes to say its version, 15 s at most."""
        engines, devices, gpus, servers, data, window = await asyncio.gather(
            self._finder.survey(),
            self._devices.find_devices(),
            asyncio.to_thread(list_gpus),
            asyncio.to_thread(self._list_servers),
            asyncio.to_thread(examine_data, self._paths),
            asyncio.to_thread(self._look_at_window),
        )
        return DoctorReport(
            time=time.time(),
            version=self._version,
            system=f"{platform.system()} {platform.release()}, {platform.machine()}",
            lines=(
                *examine_engines(engines),
                *examine_gpus(gpus, devices),
                *examine_servers(servers),
                *data,
                window,
            ),
            servers=servers,
        )

    async def end_orphan(self, pid: int, started: float) -> None:
        """End a llama-server that this app left behind, proved once more in this moment.

        Raises:
            Conflict: it is not provably ours, its app still runs, or it cannot be ended.
        """
        servers = await asyncio.to_thread(self._list_servers)
        server = next((one for one in servers if (one.pid, one.started) == (pid, started)), None)
        if server is None:
            return  # it has gone meanwhile
        if server.ownership is not Ownership.ORPHAN:
            raise Conflict("This process is not a leftover of this app, so it is left alone.")
        if not await asyncio.to_thread(end_process, pid, started):
            raise Conflict(f"Process {pid} could not be ended. End it by the system's means.")

    def _list_servers(self) -> tuple[ServerOnMachine, ...]:
        return judge_servers(list_servers(), tuple(self._records.read()), is_alive)
