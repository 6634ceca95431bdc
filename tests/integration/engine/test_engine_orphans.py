"""Nothing outlives us, whatever ends us."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there the job object does it")

SECONDS = 2.0
APP = """
import asyncio, os, sys
from pathlib import Path
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.infrastructure.llama.binary import EngineFinder
from llama_desktop.infrastructure.llama.engine_log import EngineLog
from llama_desktop.infrastructure.llama.launcher import LlamaLauncher
from llama_desktop.infrastructure.llama.probe import Prober
from llama_desktop.services.llama.diagnosis.diagnose import is_port_taken

async def main(home, model, program):
    environment = {name: os.environ[name] for name in os.environ if name != "LLAMA_SERVER"}
    finder = EngineFinder(
        from_command_line=program, from_settings=lambda: None, engines_folder=home / "none",
        prober=Prober(environment, home), environment={"PATH": str(home)},
    )
    launcher = LlamaLauncher(
        finder,
        EngineLog(),
        engine_home=home,
        is_port_taken=is_port_taken,
        environment=environment,
    )
    print("begun", flush=True)
    server = await launcher.launch(ServerConfig(model_path=model), lambda _: None)
    print("running", flush=True)
    await server.wait()

program = Path(sys.argv[3]) if len(sys.argv) > 3 else None
asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), program))
"""


class App:
    """A process that launches a server, as the app does."""

    def __init__(self, home: Path, model: Path, program: Path | None) -> None:
        self._home = home
        more = [] if program is None else [str(program)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", APP, str(home), str(model), *more],
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, word: str) -> None:
        assert self._process.stdout is not None
        assert any(line.strip() == word for line in self._process.stdout)

    def kill(self) -> set[psutil.Process]:
        """Kill it alone, as the system does when memory is short; returns what it had started."""
        started = set(psutil.Process(self._process.pid).children(recursive=True))
        self._process.kill()
        self._process.communicate()
        return started

    def survivors(self) -> list[list[str]]:
        """Command lines of those who still run in its folder, when they have had their time."""
        deadline = time.monotonic() + SECONDS
        while (found := list(self._running())) and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def _running(self) -> list[list[str]]:
        found = []
        for process in psutil.process_iter():
            try:
                if process.cwd() == str(self._home) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process.cmdline())
            except psutil.Error:
                continue
        return found


def are_gone(processes: set[psutil.Process]) -> bool:
    deadline = time.monotonic() + SECONDS
    while (alive := any(map(is_running, processes))) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive


def is_running(process: psutil.Process) -> bool:
    """A dead one that nobody has collected yet is dead."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def start_app(tmp_path: Path) -> Callable[..., App]:
    home = tmp_path / "engine home"
    home.mkdir()

    def start(model: Path, program: Path | None = None) -> App:
        return App(home, model, program)

    return start


def test_the_embedded_engine_dies_with_an_app_that_is_killed(
    start_app: Callable[..., App], tiny_model: Path
) -> None:
    app = start_app(tiny_model)
    app.wait_for("running")
    started = app.kill()
    assert len(started) == 2  # the guard and the engine
    assert are_gone(started)
    assert app.survivors() == []


def test_a_foreign_deaf_program_and_its_child_die_with_an_app_that_is_killed(
    start_app: Callable[..., App],
    make_fake_model: Callable[..., Path],
    fake_llama_server: Path,
) -> None:
    app = start_app(make_fake_model(deaf=True, forks=True), fake_llama_server)
    app.wait_for("running")
    started = app.kill()
    assert len(started) == 3
    assert are_gone(started)
    assert app.survivors() == []


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_left_at_whatever_moment_the_app_is_killed(
    start_app: Callable[..., App],
    make_fake_model: Callable[..., Path],
    fake_llama_server: Path,
    seed: int,
) -> None:
    moment = random.Random(seed).random() * 0.6
    app = start_app(make_fake_model(load_seconds=0.2, deaf=True, forks=True), fake_llama_server)
    app.wait_for("begun")
    time.sleep(moment)
    assert are_gone(app.kill())
    assert app.survivors() == []


@pytest.mark.parametrize("seed", range(6))
def test_no_embedded_engine_is_left_at_whatever_moment_the_app_is_killed(
    start_app: Callable[..., App], tiny_model: Path, seed: int
) -> None:
    moment = random.Random(seed).random() * 0.3
    app = start_app(tiny_model)
    app.wait_for("begun")
    time.sleep(moment)
    assert are_gone(app.kill())
    assert app.survivors() == []


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's way is Linux's")
def test_the_embedded_engine_dies_even_when_its_guard_was_killed_first(
    start_app: Callable[..., App], tiny_model: Path
) -> None:
    app = start_app(tiny_model)
    app.wait_for("running")
    guards = [process for process in _children_of(app) if process.name() in ("sh", "dash", "bash")]
    assert len(guards) == 1
    os.kill(guards[0].pid, 9)
    assert are_gone(app.kill())
    assert app.survivors() == []


def _children_of(app: App) -> list[psutil.Process]:
    return psutil.Process(app._process.pid).children()
