"""The server's handle in every awkward order, with real processes: the embedded engine and a fake.

The same orders as in `tests/unit/services/llama`; here it is seen that they hold outside as well.
That no process is left behind is checked after each test by the fixture `leaves_no_process`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from fakes.state_recorder import StateRecorder
from llama_desktop.domain.chat import SamplingParameters
from llama_desktop.domain.errors import (
    ModelUnusable,
    ServerNotRunning,
    ServerStartAborted,
    ServerStartFailed,
    StreamCut,
)
from llama_desktop.domain.failure import FailureCause
from llama_desktop.domain.llama import (
    Failed,
    Running,
    ServerConfig,
    Starting,
    Stopped,
    Stopping,
)
from llama_desktop.infrastructure.llama.client import ChatMessage, ChatRequest
from llama_desktop.infrastructure.llama.stream import ContentPiece
from llama_desktop.services.llama.service import LlamaCppService

MakeLauncher = Callable[..., Any]
MakeModel = Callable[..., Path]
HI = ChatRequest((ChatMessage("user", "hi"),), SamplingParameters())


@asynccontextmanager
async def open_service(launcher: Any) -> AsyncIterator[tuple[LlamaCppService, StateRecorder]]:
    async with LlamaCppService(launcher, restart_seconds=0.1) as service:
        yield service, StateRecorder(service.topic)
    assert isinstance(service.state, Stopped)


async def spawned(recorder: StateRecorder) -> int:
    """The pid of the launch under way, as soon as there is one."""
    while True:
        state = await recorder.next(Starting)
        assert isinstance(state, Starting)
        if state.pid is not None:
            return state.pid


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_the_embedded_engine_loads_answers_changes_models_and_stops(
    make_launcher: MakeLauncher, tiny_model: Path, think_model: Path
) -> None:
    async with open_service(make_launcher()) as (service, recorder):
        running = await service.start(ServerConfig(model_path=tiny_model, context_size=1024))
        assert running.model.context_size == 1024
        assert is_alive(running.pid)
        async for event in service.require_client().stream_chat(HI):
            if isinstance(event, ContentPiece):
                break
        second = await service.start(ServerConfig(model_path=think_model))
        assert not is_alive(running.pid)
        assert second.model.path == think_model
        await service.stop()
        assert not is_alive(second.pid)
    expected = ["starting", "running", "stopping", "stopped"]
    assert recorder.names == ["stopped", *expected, *expected]


async def test_the_embedded_engine_on_a_damaged_model_fails_with_its_reason(
    make_launcher: MakeLauncher, broken_models: Path, tiny_model: Path
) -> None:
    config = ServerConfig(model_path=broken_models / "truncated-half.gguf")
    async with open_service(make_launcher()) as (service, _):
        with pytest.raises(ServerStartFailed, match="cut off"):
            await service.start(config)
        assert isinstance(service.state, Failed)
        assert service.state.failure.cause is FailureCause.MODEL_CUT_OFF
        assert service.state.failure.log_tail
        await service.start(ServerConfig(model_path=tiny_model))


async def test_the_embedded_engine_killed_while_answering_is_loaded_again_within_moments(
    make_launcher: MakeLauncher, endless_model: Path
) -> None:
    async with open_service(make_launcher()) as (service, recorder):
        running = await service.start(ServerConfig(model_path=endless_model))
        flowing = asyncio.Event()

        async def read() -> None:
            async for event in service.require_client().stream_chat(HI):
                if isinstance(event, ContentPiece):
                    flowing.set()

        reader = asyncio.create_task(read())
        await flowing.wait()
        began = time.monotonic()
        os.kill(running.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        again = await recorder.next(Starting)
        assert time.monotonic() - began < 1
        assert isinstance(again, Starting)
        assert again.recovers_from is not None
        assert again.recovers_from.cause is FailureCause.KILLED
        with pytest.raises(StreamCut):
            await reader
        with pytest.raises(ServerNotRunning):
            service.require_client()
        back = await service.start(running.config)
        assert back.pid != running.pid
        assert back.recovered_from == again.recovers_from
        os.kill(back.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        failed = await recorder.until(Failed)
        assert isinstance(failed, Failed)
        assert (failed.failure.cause, failed.failure.attempt) == (FailureCause.KILLED, 2)
        assert (await service.start(running.config)).pid != back.pid


async def test_a_file_that_is_gone_fails_before_anything_is_started(
    make_launcher: MakeLauncher, tmp_path: Path
) -> None:
    async with open_service(make_launcher()) as (service, _):
        with pytest.raises(ModelUnusable):
            await service.start(ServerConfig(model_path=tmp_path / "gone.gguf"))
        assert isinstance(service.state, Failed)
        await service.stop()


async def test_two_starts_of_one_model_share_one_process(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    config = ServerConfig(model_path=make_fake_model(load_seconds=0.3))
    async with open_service(make_launcher(fake_llama_server)) as (service, _):
        first, second = await asyncio.gather(service.start(config), service.start(config))
        assert first == second


async def test_another_model_while_a_deaf_one_loads_replaces_it(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    stuck = ServerConfig(model_path=make_fake_model("stuck.gguf", load_seconds=-1, deaf=True))
    good = ServerConfig(model_path=make_fake_model("good.gguf"))
    async with open_service(make_launcher(fake_llama_server)) as (service, recorder):
        first = asyncio.create_task(service.start(stuck))
        pid = await spawned(recorder)
        running = await service.start(good)
        assert not is_alive(pid)
        assert running.config == good
        with pytest.raises(ServerStartAborted):
            await first


@pytest.mark.parametrize("behaviour", [{}, {"deaf": True}, {"silent": True, "listens": False}])
async def test_stop_while_loading_works_at_any_moment(
    make_launcher: MakeLauncher,
    fake_llama_server: Path,
    make_fake_model: MakeModel,
    behaviour: dict[str, Any],
) -> None:
    config = ServerConfig(model_path=make_fake_model(load_seconds=-1, forks=True, **behaviour))
    async with open_service(make_launcher(fake_llama_server)) as (service, recorder):
        start = asyncio.create_task(service.start(config))
        pid = await spawned(recorder)
        began = time.monotonic()
        await service.stop()
        assert time.monotonic() - began < 3
        assert not is_alive(pid)
        with pytest.raises(ServerStartAborted):
            await start


async def test_a_start_while_a_slow_one_stops_waits_for_its_end(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    slow = ServerConfig(model_path=make_fake_model("slow.gguf", ends_seconds=0.5))
    next_one = ServerConfig(model_path=make_fake_model("next.gguf"))
    async with open_service(make_launcher(fake_llama_server)) as (service, recorder):
        old = await service.start(slow)
        stop = asyncio.create_task(service.stop())
        await recorder.until(Stopping)
        start = asyncio.create_task(service.start(next_one))
        await recorder.until(Stopped)
        assert not is_alive(old.pid)
        await stop
        assert (await start).config == next_one


async def test_a_child_that_dies_while_loading_fails_with_its_last_words(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    model = make_fake_model(
        dies="loading", exit_signal=int(signal.SIGSEGV), last_words=("E ggml: bad day",)
    )
    async with open_service(make_launcher(fake_llama_server)) as (service, _):
        with pytest.raises(ServerStartFailed):
            await service.start(ServerConfig(model_path=model))
        assert isinstance(service.state, Failed)
        failure = service.state.failure
        assert (failure.cause, failure.exit_code) == (FailureCause.CRASHED, -signal.SIGSEGV)
        assert failure.log_tail == ("E ggml: bad day",)
        assert failure.while_loading


async def test_a_child_that_dies_while_running_fails_and_can_be_started_again(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    model = make_fake_model(dies="running", dies_seconds=0.2, exit_code=3, forks=True)
    async with open_service(make_launcher(fake_llama_server)) as (service, recorder):
        first = await service.start(ServerConfig(model_path=model))
        failed = await recorder.until(Failed)
        assert isinstance(failed, Failed)
        assert failed.failure.exit_words == "exit code 3"
        assert recorder.names == ["stopped", *2 * ["starting", "running"], "failed"]
        second = await service.start(first.config)
        assert second.pid != first.pid


async def test_a_child_that_dies_at_the_first_chat_cuts_it_and_fails(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    model = make_fake_model(dies="chatting", exit_signal=int(signal.SIGABRT))
    async with open_service(make_launcher(fake_llama_server)) as (service, recorder):
        await service.start(ServerConfig(model_path=model))
        with pytest.raises(StreamCut):
            await anext(service.require_client().stream_chat(HI))
        again = await recorder.next(Starting)
        assert isinstance(again, Starting)
        assert again.recovers_from is not None
        assert again.recovers_from.cause is FailureCause.CRASHED_AT_CHAT
        await service.stop()


async def test_the_end_of_the_app_ends_a_deaf_server_within_five_seconds(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    config = ServerConfig(model_path=make_fake_model(deaf=True, forks=True))
    async with open_service(make_launcher(fake_llama_server)) as (service, _):
        running = await service.start(config)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert not is_alive(running.pid)


async def test_the_end_of_the_app_while_loading_leaves_nothing(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    config = ServerConfig(model_path=make_fake_model(load_seconds=-1, forks=True))
    async with open_service(make_launcher(fake_llama_server)) as (service, recorder):
        start = asyncio.create_task(service.start(config))
        pid = await spawned(recorder)
    with pytest.raises(ServerStartAborted):
        await start
    assert not is_alive(pid)


async def test_a_silent_load_is_said_to_be_silent_and_stop_still_works(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    config = ServerConfig(model_path=make_fake_model(load_seconds=-1, silent=True))
    launcher = make_launcher(fake_llama_server, silence_seconds=0.2)
    async with open_service(launcher) as (service, recorder):
        start = asyncio.create_task(service.start(config))
        while True:
            state = await recorder.next(Starting)
            if isinstance(state, Starting) and state.silent_seconds is not None:
                break
        await service.stop()
        with pytest.raises(ServerStartAborted):
            await start


async def test_twenty_hasty_wishes_end_in_the_last_one(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    configs = [
        ServerConfig(model_path=make_fake_model(f"{number}.gguf", load_seconds=0.05))
        for number in range(3)
    ]
    async with open_service(make_launcher(fake_llama_server)) as (service, _):
        wishes: list[asyncio.Task[Any]] = []
        for number in range(20):
            wish = service.stop() if number % 5 == 4 else service.start(configs[number % 3])
            wishes.append(asyncio.create_task(wish))
            await asyncio.sleep(0.03 * (number % 3))
        last = await service.start(configs[0])
        outcomes = await asyncio.gather(*wishes, return_exceptions=True)
        assert all(
            outcome is None or isinstance(outcome, Running | ServerStartAborted)
            for outcome in outcomes
        )
        assert last.config == configs[0]
        assert service.state == last


async def test_a_model_that_cannot_run_does_not_eject_the_one_that_does(
    make_launcher: MakeLauncher, broken_models: Path, tiny_model: Path
) -> None:
    async with open_service(make_launcher()) as (service, _):
        running = await service.start(ServerConfig(model_path=tiny_model))
        with pytest.raises(ModelUnusable, match="cut off"):
            await service.start(ServerConfig(model_path=broken_models / "truncated-half.gguf"))
        assert service.state == running
