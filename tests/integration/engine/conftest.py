"""A launcher with folders of its own, and the check that nothing is left behind."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from llama_desktop.domain.llama import LogLine
from llama_desktop.infrastructure.llama.binary import EngineFinder
from llama_desktop.infrastructure.llama.engine_log import EngineLog
from llama_desktop.infrastructure.llama.launcher import LlamaLauncher
from llama_desktop.infrastructure.llama.probe import Prober
from llama_desktop.services.llama.diagnosis.diagnose import is_port_taken

MakeLauncher = Callable[..., LlamaLauncher]


@pytest.fixture(autouse=True)
def leaves_no_process() -> Iterator[None]:
    """Whatever a test does, our children are the same before and after."""
    me = psutil.Process()
    before = set(me.children(recursive=True))
    yield
    left = [child for child in me.children(recursive=True) if child not in before]
    _, alive = psutil.wait_procs(left, timeout=2)
    assert not alive, [child.cmdline() for child in alive]


@pytest.fixture
async def engine_log(tmp_path: Path) -> AsyncIterator[EngineLog]:
    heard: list[LogLine] = []
    log = EngineLog(tmp_path / "logs" / "engine.log", heard.extend)
    yield log
    log.close()
    assert tuple(heard[-len(log.lines) :]) == log.lines


@pytest.fixture
def make_launcher(tmp_path: Path, engine_log: EngineLog) -> MakeLauncher:
    """`make_launcher(program, environment={…}, pick_port=…)`; without a program: the embedded."""

    def make(
        program: Path | None = None, *, environment: dict[str, str] | None = None, **options: Any
    ) -> LlamaLauncher:
        home = tmp_path / "engine home"
        home.mkdir(exist_ok=True)
        surroundings = {
            name: value for name, value in os.environ.items() if name != "LLAMA_SERVER"
        } | (environment or {})
        finder = EngineFinder(
            from_command_line=program,
            from_settings=lambda: None,
            engines_folder=tmp_path / "engines",
            prober=Prober(surroundings, home),
            environment={"PATH": str(tmp_path)},
        )
        return LlamaLauncher(
            finder,
            engine_log,
            engine_home=home,
            is_port_taken=is_port_taken,
            environment=surroundings,
            **options,
        )

    return make
