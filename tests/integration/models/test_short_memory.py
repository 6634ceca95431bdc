"""Where memory is short: what is said to fit is loaded and answers; it is never out of memory."""

from __future__ import annotations

import shlex
import sys
from itertools import product
from pathlib import Path

import pytest
from msgspec.structs import replace

from fakes.tight_machine import TightMachine
from fakes.topic_log import TopicLog
from llama_desktop.bootstrap import open_application
from llama_desktop.domain.chat import MessageStatus
from llama_desktop.domain.errors import AppError
from llama_desktop.domain.events import TurnFailed, TurnFinished
from llama_desktop.domain.fit import Verdict
from llama_desktop.domain.llama import CacheType, Running, ServerConfig
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.llama.engine.command import embedded_command
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.application import Application

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux bounds a process so.")

MEBI = 1024 * 1024
MARGIN = 256 * MEBI
"""The app calls nothing fitting that leaves less."""


def _install(folder: Path) -> tuple[Path, Path]:
    """The built-in engine as a foreign one that gets no more memory than a file says."""
    folder.mkdir()
    program, limit = folder / "llama-server", folder / "limit"
    program.write_text(
        f"#!/bin/sh\n[ -r {limit} ] && ulimit -v $(cat {limit})\n"
        f'exec {shlex.join(embedded_command())} "$@"\n'
    )
    program.chmod(0o755)
    return program, limit


async def _answers(app: Application, config: ServerConfig) -> bool:
    """Load it and ask: only then the working space is used."""
    try:
        await app.llama.start(config)
    except AppError:
        return False
    log = TopicLog(app.orchestrator.topic)
    chat = await app.conversations.create()
    await app.orchestrator.send_message(chat.id, "How are you?")
    ended = await log.wait_for(TurnFinished | TurnFailed)
    log.unsubscribe()
    await app.llama.stop()
    return ended.message.status is MessageStatus.COMPLETE


def _read_size(app: Application) -> int:
    """All that the process may reach, in bytes: what is bounded."""
    state = app.llama.state
    assert isinstance(state, Running)
    lines = Path(f"/proc/{state.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmPeak:")) * 1024


async def test_what_is_said_to_fit_is_never_out_of_memory(
    tmp_path: Path, heavy_model: Path
) -> None:
    program, limit = _install(tmp_path / "engine")
    paths = AppPaths.locate(tmp_path / "data")
    paths.prepare()
    usual = ServerConfig(model_path=heavy_model, context_size=1024, threads=1)
    machine = TightMachine()
    said: dict[tuple[int, ServerConfig], bool] = {}
    came: dict[tuple[int, ServerConfig], bool] = {}
    async with open_application(
        paths, desktop=NoDesktop(), version="test", llama_server=program, machine=machine
    ) as app:
        await app.models.add_folder(heavy_model.parent)
        await app.llama.start(usual)
        # Libraries and stacks: reached, and for the most part not used.
        beside = _read_size(app) - (await app.fit.estimate(usual)).ram_bytes
        await app.llama.stop()
        for held, context, kind in product(
            (350, 600), (2048, 8192, 16_384), (None, CacheType.Q8_0)
        ):
            config = replace(usual, context_size=context, cache_type_k=kind, cache_type_v=kind)
            machine.free_bytes = held * MEBI + MARGIN
            said[held, config] = (await app.fit.estimate(config)).verdict is Verdict.RAM
            limit.write_text(str((beside + held * MEBI) // 1024))
            came[held, config] = await _answers(app, config)

    assert not [key for key, fits in said.items() if fits and not came[key]]
    assert 0 < sum(said.values()) < len(said)
    assert not all(came.values())  # the bound is felt
