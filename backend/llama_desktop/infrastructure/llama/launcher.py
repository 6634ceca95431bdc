"""Launches llama-servers: finds the program, checks the file, starts, and waits for health."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shlex
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import psutil

from llama_desktop.domain.errors import ServerStartFailed
from llama_desktop.domain.llama import EngineKind, FailureCause, ServerConfig, ServerFailure
from llama_desktop.infrastructure.llama.binary import EngineFinder, FoundEngine
from llama_desktop.infrastructure.llama.command_line import HOST, Machine, build
from llama_desktop.infrastructure.llama.engine_log import EngineLog
from llama_desktop.infrastructure.llama.engine_output import EngineOutput
from llama_desktop.infrastructure.llama.environment import build_environment
from llama_desktop.infrastructure.llama.launch import Launch, Plan
from llama_desktop.infrastructure.llama.model_check import check_model_file
from llama_desktop.infrastructure.llama.process import LaunchProgress
from llama_desktop.infrastructure.llama.process_group import spawn
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
        environment: Mapping[str, str] = os.environ,
        pick_port: Callable[[], int] = find_free_port,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        """`engine_home` is an empty folder of ours; engines run in it and look there for theirs."""
        self._finder = finder
        self._log = log
        self._engine_home = engine_home
        self._environment = environment
        self._pick_port = pick_port
        self._silence_seconds = silence_seconds
        self._machine = read_machine()

    async def launch(
        self, config: ServerConfig, report: Callable[[LaunchProgress], None]
    ) -> LlamaServer:
        """See `Launcher`."""
        await asyncio.to_thread(self._check_files, config)
        found = await self._finder.find_server()
        for rejected in found.rejected:
            logger.warning("%s is not used: %s", rejected.candidate.path, rejected.reason)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._launch_once(found, config, report)
            except ServerStartFailed as error:
                if attempt == _ATTEMPTS or not _is_port_taken(error):
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
        arguments = build(
            config, found.capabilities, port=plan.port, alias=plan.alias, machine=self._machine
        )
        command = (*found.command, *arguments)
        logger.info("Starting %s", shlex.join(command))
        environment = build_environment(
            self._environment,
            api_key=plan.api_key,
            config_home=self._engine_home,
            is_our_executable=found.engine.kind is EngineKind.EMBEDDED,
        )
        output = EngineOutput(self._log)
        try:
            group = await spawn(
                command, environment=environment, folder=self._engine_home, on_output=output.take
            )
        except OSError as error:
            raise _not_startable(found, error) from error
        return await Launch(plan, group, output, report).become_healthy()

    def _check_files(self, config: ServerConfig) -> None:
        self._engine_home.mkdir(parents=True, exist_ok=True)
        check_model_file(config.model_path)
        if config.mmproj_path is not None:
            check_model_file(config.mmproj_path)


def _is_port_taken(error: ServerStartFailed) -> bool:
    failure = error.details.get("failure")
    return isinstance(failure, ServerFailure) and failure.cause is FailureCause.PORT_TAKEN


def _not_startable(found: FoundEngine, error: OSError) -> ServerStartFailed:
    failure = ServerFailure(
        cause=FailureCause.NOT_EXECUTABLE,
        message=f"{found.engine.path} cannot be started: {error.strerror or error}. "
        "Choose another llama-server.",
        while_loading=True,
        time=time.time(),
    )
    return ServerStartFailed(failure.message, failure=failure)
