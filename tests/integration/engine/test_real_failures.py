"""Failures that are really made: limits, crashes, loaders that miss something, kills."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llama_desktop.domain.errors import EngineNotFound
from llama_desktop.domain.failure import (
    FailureCause,
    LoadWithContext,
    ServerFailure,
    UseBuiltInEngine,
)
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.infrastructure.llama.engine.command import embedded_command
from llama_desktop.infrastructure.llama.process import LaunchFailed
from llama_desktop.services.llama.diagnostician import explain_plainly
from llama_desktop.services.llama.failure import describe_failed_launch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, limits and ELF")

MakeLauncher = Callable[..., Any]
C = FailureCause


def write_program(folder: Path, script: str) -> Path:
    """An executable script called llama-server."""
    program = folder / "llama-server"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


async def fail(launcher: Any, config: ServerConfig) -> ServerFailure:
    """How the launch fails."""
    with pytest.raises((LaunchFailed, EngineNotFound)) as caught:
        await launcher.launch(config, lambda _: None)
    if isinstance(caught.value, LaunchFailed):
        return await explain_plainly(caught.value.ending, config)
    return describe_failed_launch(caught.value, config)


async def test_a_context_that_does_not_fit_the_memory_it_may_have(
    make_launcher: MakeLauncher, tiny_model: Path, fake_llama_server: Path, tmp_path: Path
) -> None:
    """The embedded engine under a real limit of the address space; the fake answers `--help`."""
    engine = shlex.join(embedded_command())
    program = write_program(
        tmp_path,
        f'case "$1" in --version|--help) exec {fake_llama_server} "$1";; esac\n'
        f'ulimit -v 3000000; exec {engine} "$@"',
    )
    config = ServerConfig(model_path=tiny_model, context_size=8192, parallel=1)
    server = await make_launcher(program).launch(config, lambda _: None)
    await server.stop()
    big = ServerConfig(model_path=tiny_model, context_size=8_000_000, parallel=1)
    failure = await fail(make_launcher(program), big)
    assert failure.cause is C.MEMORY_OUT
    action = failure.actions[0]
    assert isinstance(action, LoadWithContext)
    assert action.context_size < 8_000_000


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("kill -ILL $$", C.WRONG_PROCESSOR),
        ("kill -SEGV $$", C.CRASHED),
        ("kill -ABRT $$", C.GAVE_UP),
        ("echo 'error: invalid argument: --help' >&2; exit 1", C.BAD_ARGUMENT),
        ("exit 3", C.UNKNOWN),
    ],
)
async def test_an_engine_that_ends_at_once_is_told_with_its_cause(
    make_launcher: MakeLauncher, tiny_model: Path, tmp_path: Path, script: str, cause: C
) -> None:
    program = write_program(tmp_path, script)
    failure = await fail(make_launcher(program), ServerConfig(model_path=tiny_model))
    assert failure.cause is cause
    assert str(program) in failure.message


async def test_an_engine_without_its_library_is_told_which(
    make_launcher: MakeLauncher, tiny_model: Path, tmp_path: Path
) -> None:
    """A program of the system, whose need of the C library is turned into that of another."""
    program = tmp_path / "llama-server"
    program.write_bytes(_read_program("ls").replace(b"libc.so.6\0", b"libq.so.6\0"))
    program.chmod(0o755)
    failure = await fail(make_launcher(program), ServerConfig(model_path=tiny_model))
    assert failure.cause is C.LIBRARY_MISSING
    assert "libq.so.6" in failure.message
    assert failure.actions[0] == UseBuiltInEngine()


def _read_program(name: str) -> bytes:
    path = shutil.which(name)
    assert path is not None
    return Path(path).read_bytes()


@pytest.mark.parametrize(("content", "mode"), [(b"\x7fELF no program", 0o755), (b"x", 0o644)])
async def test_an_engine_that_is_no_program_is_told(
    make_launcher: MakeLauncher, tiny_model: Path, tmp_path: Path, content: bytes, mode: int
) -> None:
    program = tmp_path / "llama-server"
    program.write_bytes(content)
    program.chmod(mode)
    failure = await fail(make_launcher(program), ServerConfig(model_path=tiny_model))
    assert failure.cause is C.ENGINE_NOT_EXECUTABLE


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (signal.SIGKILL, C.KILLED),
        (signal.SIGTERM, C.KILLED),
        (signal.SIGSEGV, C.CRASHED),
        (signal.SIGBUS, C.CRASHED),
    ],
)
async def test_a_server_that_is_killed_is_told_by_its_signal(
    make_launcher: MakeLauncher,
    fake_llama_server: Path,
    make_fake_model: Callable[..., Path],
    number: signal.Signals,
    cause: C,
) -> None:
    config = ServerConfig(model_path=make_fake_model(exit_signal=int(number)))
    server = await make_launcher(fake_llama_server).launch(config, lambda _: None)
    os.kill(server.pid, number)
    failure = await explain_plainly(await server.wait(), config)
    assert failure.cause is cause
    assert failure.exit_code == -number


async def test_a_folder_that_cannot_be_made_is_told_as_what_it_is(
    make_launcher: MakeLauncher, tiny_model: Path, tmp_path: Path
) -> None:
    launcher = make_launcher()
    home = tmp_path / "engine home"
    home.rmdir()
    home.write_text("a file is in the way")
    failure = await fail(launcher, ServerConfig(model_path=tiny_model))
    assert failure.cause is C.NO_PERMISSION
