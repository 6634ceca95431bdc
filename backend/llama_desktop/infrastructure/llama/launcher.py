"""Launches llama-servers: finds the program, checks the file, starts, and waits for health."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shlex
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import psutil
from msgspec.structs import replace

from llama_desktop.domain.failure import Ending
from llama_desktop.domain.fit import LaunchAdvice
from llama_desktop.domain.llama import EngineKind, ServerConfig
from llama_desktop.infrastructure.llama.binary import EngineFinder, FoundEngine
from llama_desktop.infrastructure.llama.command_line import HOST, Machine, build
from llama_desktop.infrastructure.llama.ending import EndingWatch
from llama_desktop.infrastructure.llama.engine_log import EngineLog
from llama_desktop.infrastructure.llama.engine_output import EngineOutput
from llama_desktop.infrastructure.llama.environment import build_environment
from llama_desktop.infrastructure.llama.extra_arguments import check
from llama_desktop.infrastructure.llama.launch import Launch, Plan
from llama_desktop.infrastructure.llama.model_check import check_model_file, check_whole_model
from llama_desktop.infrastructure.llama.process import LaunchFailed, LaunchProgress
from llama_desktop.infrastructure.llama.process_group import spawn
from llama_desktop.infrastructure.llama.process_records import ProcessRecords
from llama_desktop.infrastructure.llama.server import LlamaServer

logger = logging.getLogger(__name__)

SILENCE_SECONDS: Final = 30.0
_ATTEMPTS: Final = 3
"""A port of our choice may be taken between the choice and the start."""


def find_free_port() -> int:
    """A port that is free at this moment."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def read_machine() -> Machine:
    """What this machine has."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    return Machine(physical_cores=cores, memory_bytes=psutil.virtual_memory().total)


class LlamaLauncher:
    """Implements `process.Launcher`. One for the life of the app."""

    def __init__(
        self,
        finder: EngineFinder,
        log: EngineLog,
        *,
        engine_home: Path,
        is_port_taken: Callable[[Sequence[str]], bool],
        records: ProcessRecords | None = None,
        advise: Callable[[ServerConfig], Awaitable[LaunchAdvice]] | None = None,
        environment: Mapping[str, str] = os.environ,
        pick_port: Callable[[], int] = find_free_port,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        """`engine_home` is an empty folder of ours; engines run in it and look there for theirs.

        `is_port_taken` tells by an engine's last lines whether another port is worth a try;
        `records` keep a note of each process. An engine for GPUs starts their driver even for a
        model without a layer there, and dies where that finds no room; and it takes all RAM for
        free. `advise` tells what to tell it of that.
        """
        self._finder = finder
        self._log = log
        self._engine_home = engine_home
        self._is_port_taken = is_port_taken
        self._records = records
        self._advise = advise
        self._environment = environment
        self._pick_port = pick_port
        self._silence_seconds = silence_seconds
        self._machine = read_machine()

    async def check(self, config: ServerConfig) -> None:
        """See `Launcher`."""
        await asyncio.to_thread(check_whole_model, config.model_path)

    async def launch(
        self, config: ServerConfig, report: Callable[[LaunchProgress], None]
    ) -> LlamaServer:
        """See `Launcher`."""
        await self._prepare(config)
        found = await self._finder.find(is_built_in=config.built_in_engine)
        check(config.extra_arguments, found.capabilities.flags)
        for rejected in found.rejected:
            logger.warning("%s is not used: %s", rejected.candidate.path, rejected.reason)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._launch_once(found, config, report)
            except LaunchFailed as failed:
                if attempt == _ATTEMPTS or not self._is_port_taken(failed.ending.lines):
                    raise
        raise AssertionError("The last attempt returns or raises.")

    async def _launch_once(
        self,
        found: FoundEngine,
        config: ServerConfig,
        report: Callable[[LaunchProgress], None],
    ) -> LlamaServer:
        plan = Plan(
            found=found,
            config=config,
            port=0 if found.capabilities.reports_port else self._pick_port(),
            alias=f"llama-desktop-{secrets.token_hex(8)}",
            api_key=secrets.token_urlsafe(32),
            silence_seconds=self._silence_seconds,
        )
        advice = LaunchAdvice() if self._advise is None else await self._advise(config)
        arguments = build(
            _follow(advice, config),
            found.capabilities,
            port=plan.port,
            alias=plan.alias,
            machine=self._machine,
            without_gpus=advice.without_gpus,
        )
        command = (*found.command, *arguments)
        logger.info("Starting %s", shlex.join(command))
        environment = build_environment(
            self._environment,
            api_key=plan.api_key,
            config_home=self._engine_home,
            is_our_executable=found.engine.kind is EngineKind.EMBEDDED,
            reports_load=found.capabilities.reports_load,
        )
        output = EngineOutput(self._log)
        watch = EndingWatch(found, command)
        try:
            group = await spawn(
                command, environment=environment, folder=self._engine_home, on_output=output.take
            )
        except OSError as error:
            raise LaunchFailed(watch.describe_not_started(error)) from error
        if self._records is not None:
            self._records.note(group.pid, plan.alias)
        return await Launch(plan, group, output, watch, report).become_healthy()

    async def _prepare(self, config: ServerConfig) -> None:
        try:
            await asyncio.to_thread(self._check_files, config)
        except OSError as error:
            words = (error.strerror or str(error)).lower()
            ending = Ending(
                while_loading=True, time=time.time(), start_error=words, start_errno=error.errno
            )
            raise LaunchFailed(ending) from error

    def _check_files(self, config: ServerConfig) -> None:
        self._engine_home.mkdir(parents=True, exist_ok=True)
        check_model_file(config.model_path)
        for path in (config.mmproj_path, config.lora_path, config.draft_model_path):
            if path is not None:
                check_model_file(path)


def _follow(advice: LaunchAdvice, config: ServerConfig) -> ServerConfig:
    """Where the person chose nothing."""
    layers, experts = config.gpu_layers, config.expert_layers_in_ram
    return replace(
        config,
        context_size=config.context_size or advice.context_size,
        gpu_layers=advice.gpu_layers if layers is None else layers,
        expert_layers_in_ram=advice.expert_layers_in_ram if experts is None else experts,
    )
