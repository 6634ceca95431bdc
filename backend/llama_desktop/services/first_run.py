"""What a person without a model is offered: measured when it is asked, and nothing is fetched."""

from __future__ import annotations

from llama_desktop.domain.errors import EngineNotFound
from llama_desktop.domain.first_run import FirstRun
from llama_desktop.domain.llama import Engine
from llama_desktop.infrastructure.llama.binary import EngineFinder
from llama_desktop.services.models.machine import MachineService
from llama_desktop.services.models.suggest import suggest_models


class FirstRunService:
    """Looks at the machine and its engine."""

    def __init__(self, engines: EngineFinder, machine: MachineService) -> None:
        self._engines = engines
        self._machine = machine

    async def look(self) -> FirstRun:
        """The machine as it is now, and what suits it."""
        machine = (await self._machine.read(None)).machine
        engine, problem = await self._find_engine()
        return FirstRun(
            suggestions=suggest_models(memory_free_bytes=machine.ram_free_bytes, gpus=machine.gpus),
            memory_total_bytes=machine.ram_total_bytes,
            gpus=machine.gpus,
            idle_gpus=machine.idle_gpus,
            engine=engine,
            engine_problem=problem,
        )

    async def _find_engine(self) -> tuple[Engine | None, str | None]:
        try:
            found = await self._engines.find_server()
        except EngineNotFound as error:
            return None, error.message
        return found.engine, None
