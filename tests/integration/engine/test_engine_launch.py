"""From a config to a healthy server and back, with the embedded engine and with a fake one."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from llama_desktop.domain.chat import SamplingParameters
from llama_desktop.domain.errors import ModelUnusable, StreamCut
from llama_desktop.domain.failure import FailureCause, ServerFailure
from llama_desktop.domain.llama import EngineKind, LoadStage, ServerConfig
from llama_desktop.infrastructure.llama.client import ChatMessage, ChatRequest
from llama_desktop.infrastructure.llama.engine_log import EngineLog
from llama_desktop.infrastructure.llama.process import LaunchFailed, LaunchProgress
from llama_desktop.infrastructure.llama.server import LlamaServer
from llama_desktop.infrastructure.llama.stream import AnswerEnded, ContentPiece
from llama_desktop.services.llama.diagnostician import explain_plainly

MakeLauncher = Callable[..., Any]
MakeModel = Callable[..., Path]
HI = (ChatMessage("user", "hi"),)


def ignore(progress: LaunchProgress) -> None:
    """For tests to which progress is nothing."""


def ask(**parameters: Any) -> ChatRequest:
    return ChatRequest(HI, SamplingParameters(**parameters))


async def failure_of(launch: Any) -> ServerFailure:
    with pytest.raises(LaunchFailed) as caught:
        await launch
    return await explain_plainly(caught.value.ending, ServerConfig(model_path=Path("a.gguf")))


async def test_the_embedded_engine_starts_answers_and_stops(
    make_launcher: MakeLauncher, tiny_model: Path, engine_log: EngineLog
) -> None:
    reports: list[LaunchProgress] = []
    server: LlamaServer = await make_launcher().launch(
        ServerConfig(model_path=tiny_model, context_size=2048, parallel=1), reports.append
    )
    assert reports[0].pid == server.pid
    assert server.engine.kind is EngineKind.EMBEDDED
    assert server.model.path == tiny_model
    assert (server.model.context_size, server.model.slots) == (2048, 1)
    events = [event async for event in server.client.stream_chat(ask(max_tokens=5))]
    assert "".join(event.text for event in events if isinstance(event, ContentPiece))
    assert isinstance(events[-1], AnswerEnded)
    assert 0 < events[-1].generated_tokens <= 5
    assert await server.client.count_prompt_tokens(ChatRequest(HI)) == events[-1].prompt_tokens
    began = time.monotonic()
    await server.stop()
    assert time.monotonic() - began < 2
    assert not psutil.pid_exists(server.pid)
    assert (await server.wait()).exit_code == 0
    assert any("model loaded" in line.text for line in engine_log.lines)


async def test_the_log_file_has_every_line(
    make_launcher: MakeLauncher, tiny_model: Path, engine_log: EngineLog, tmp_path: Path
) -> None:
    server = await make_launcher().launch(ServerConfig(model_path=tiny_model), ignore)
    await server.stop()
    engine_log.flush()
    written = (tmp_path / "logs" / "engine.log").read_text().splitlines()
    kept = [line.text for line in engine_log.lines]
    assert len(written) == len(kept)
    assert all(whole.endswith(text) for whole, text in zip(written, kept, strict=True))


async def test_the_persons_own_settings_of_llama_cpp_are_not_picked_up(
    make_launcher: MakeLauncher, tiny_model: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config" / "llama.cpp" / "config.ini"
    config.parent.mkdir(parents=True)
    config.write_text("ctx-size = 512\nparallel = 3\n")
    launcher = make_launcher(
        environment={
            "XDG_CONFIG_HOME": str(config.parent.parent),
            "LLAMA_ARG_CTX_SIZE": "768",
            "LLAMA_ARG_N_PARALLEL": "2",
            "LLAMA_API_KEY": "the person's",
        }
    )
    server = await launcher.launch(ServerConfig(model_path=tiny_model), ignore)
    try:
        assert (server.model.context_size, server.model.slots) == (8192, 4)
    finally:
        await server.stop()


async def test_nobody_without_the_key_is_served_and_no_command_line_tells_it(
    make_launcher: MakeLauncher, tiny_model: Path
) -> None:
    server = await make_launcher().launch(ServerConfig(model_path=tiny_model), ignore)
    try:
        process = psutil.Process(server.pid)
        key = process.environ()["LLAMA_API_KEY"]
        assert len(key) > 30
        assert not any(key in word for word in process.cmdline())
        async with httpx.AsyncClient(base_url=server.base_url, trust_env=False) as stranger:
            for path in ("/props", "/slots", "/v1/models"):
                assert (await stranger.get(path)).status_code == 401
            assert (await stranger.get("/")).status_code in (401, 404)
    finally:
        await server.stop()


async def test_a_slot_is_free_again_when_its_stream_is_closed(
    make_launcher: MakeLauncher, endless_model: Path
) -> None:
    server = await make_launcher().launch(
        ServerConfig(model_path=endless_model, parallel=1), ignore
    )
    try:
        async with aclosing(server.client.stream_chat(ask())) as events:
            async for event in events:
                if isinstance(event, ContentPiece):
                    break
        async with asyncio.timeout(5):
            # The server itself looks for us only so often, and less when it is asked often.
            while any(slot["is_processing"] for slot in await server.client.get_slots()):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    finally:
        await server.stop()


async def test_stopping_cuts_the_streams_that_are_open(
    make_launcher: MakeLauncher, endless_model: Path
) -> None:
    server = await make_launcher().launch(ServerConfig(model_path=endless_model), ignore)
    flowing = asyncio.Event()

    async def read() -> None:
        async for event in server.client.stream_chat(ask()):
            if isinstance(event, ContentPiece):
                flowing.set()

    readers = [asyncio.create_task(read()) for _ in range(3)]
    await flowing.wait()
    began = time.monotonic()
    await server.stop()
    assert time.monotonic() - began < 2
    results = await asyncio.gather(*readers, return_exceptions=True)
    assert [type(result) for result in results] == [StreamCut] * 3


async def test_a_stream_of_somebody_else_does_not_keep_it_from_stopping(
    make_launcher: MakeLauncher, endless_model: Path
) -> None:
    server = await make_launcher().launch(ServerConfig(model_path=endless_model), ignore)
    key = psutil.Process(server.pid).environ()["LLAMA_API_KEY"]
    async with httpx.AsyncClient(base_url=server.base_url, trust_env=False) as other:
        request = other.build_request(
            "POST",
            "/v1/chat/completions",
            json={"messages": [{"role": "user", "content": "hi"}], "stream": True},
            headers={"Authorization": f"Bearer {key}"},
        )
        response = await other.send(request, stream=True)
        began = time.monotonic()
        await server.stop()
        assert time.monotonic() - began < 3.5
        await response.aclose()


async def test_a_death_while_running_is_noticed_at_once_and_told(
    make_launcher: MakeLauncher, tiny_model: Path
) -> None:
    server = await make_launcher().launch(ServerConfig(model_path=tiny_model), ignore)
    began = time.monotonic()
    os.kill(server.pid, signal.SIGSEGV)
    failure = await explain_plainly(await server.wait(), ServerConfig(model_path=tiny_model))
    assert time.monotonic() - began < 1
    assert (failure.cause, failure.exit_code) == (FailureCause.CRASHED, -11)
    assert failure.exit_words == "SIGSEGV (invalid memory access)"
    assert not failure.while_loading
    with pytest.raises(StreamCut):
        await anext(server.client.stream_chat(ask()))
    await server.stop()


async def test_a_cancelled_launch_leaves_nothing(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    model = make_fake_model(load_seconds=-1, deaf=True, forks=True)
    begun = asyncio.Event()
    launch = asyncio.create_task(
        make_launcher(fake_llama_server).launch(
            ServerConfig(model_path=model), lambda _: begun.set()
        )
    )
    await begun.wait()
    launch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await launch


@pytest.mark.parametrize("turns", range(0, 40, 3))
async def test_a_launch_may_be_cancelled_at_any_moment(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel, turns: int
) -> None:
    launch = asyncio.create_task(
        make_launcher(fake_llama_server).launch(
            ServerConfig(model_path=make_fake_model(load_seconds=-1)), ignore
        )
    )
    for _ in range(turns):
        await asyncio.sleep(0.005)
    launch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await launch


@pytest.mark.skipif(sys.platform == "win32", reason="a program is ended there, not asked to leave")
async def test_a_server_that_waits_for_a_word_of_its_router_is_told_it(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    model = make_fake_model(waits_for_word=True)
    server = await make_launcher(fake_llama_server).launch(ServerConfig(model_path=model), ignore)
    await server.stop()
    assert (await server.wait()).exit_code == 0  # it was not killed


async def test_a_deaf_server_with_a_deaf_child_is_stopped_all_the_same(
    make_launcher: MakeLauncher,
    fake_llama_server: Path,
    make_fake_model: MakeModel,
    engine_log: EngineLog,
) -> None:
    model = make_fake_model(deaf=True, forks=True)
    server = await make_launcher(fake_llama_server).launch(ServerConfig(model_path=model), ignore)
    grandchild = next(
        int(line.text.split()[-1]) for line in engine_log.lines if "grandchild pid" in line.text
    )
    assert psutil.pid_exists(grandchild)
    began = time.monotonic()
    await server.stop()
    assert time.monotonic() - began < 4.5
    assert not psutil.pid_exists(server.pid)
    assert _has_died(grandchild)


async def test_a_child_that_dies_takes_its_own_children_along(
    make_launcher: MakeLauncher,
    fake_llama_server: Path,
    make_fake_model: MakeModel,
    engine_log: EngineLog,
) -> None:
    model = make_fake_model(dies="running", dies_seconds=0.5, forks=True, exit_code=7)
    server = await make_launcher(fake_llama_server).launch(ServerConfig(model_path=model), ignore)
    assert (await server.wait()).exit_code == 7
    grandchild = next(
        int(line.text.split()[-1]) for line in engine_log.lines if "grandchild pid" in line.text
    )
    assert _has_died(grandchild)
    await server.stop()


@pytest.mark.parametrize("moment", ["at_once", "loading"])
async def test_a_death_while_loading_is_told_with_its_last_words(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel, moment: str
) -> None:
    model = make_fake_model(
        dies=moment, last_words=("0.00.1 E ggml: failed to allocate 99 GiB",), exit_code=1
    )
    failure = await failure_of(
        make_launcher(fake_llama_server).launch(ServerConfig(model_path=model), ignore)
    )
    assert failure.cause is FailureCause.MEMORY_OUT
    assert failure.log_tail == ("0.00.1 E ggml: failed to allocate 99 GiB",)
    assert failure.while_loading


async def test_a_stranger_on_the_port_is_never_accepted(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    """A healthy llama-server of somebody else has the port; ours cannot have it and leaves."""
    taken: list[int] = []

    def pick_port() -> int:
        return taken[0]

    stranger = await make_launcher(fake_llama_server).launch(
        ServerConfig(model_path=make_fake_model("stranger.gguf")), ignore
    )
    taken.append(int(stranger.base_url.rpartition(":")[2]))
    try:
        failure = await failure_of(
            make_launcher(fake_llama_server, pick_port=pick_port).launch(
                ServerConfig(model_path=make_fake_model()), ignore
            )
        )
        assert failure.cause is FailureCause.PORT_TAKEN
    finally:
        await stranger.stop()


async def test_a_port_taken_in_the_last_moment_is_replaced_by_another(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    first = await make_launcher(fake_llama_server).launch(
        ServerConfig(model_path=make_fake_model("first.gguf")), ignore
    )
    taken = int(first.base_url.rpartition(":")[2])
    ports = [taken, 0]

    def pick_port() -> int:
        from llama_desktop.infrastructure.llama.launcher import find_free_port

        return ports.pop(0) or find_free_port()

    try:
        server = await make_launcher(fake_llama_server, pick_port=pick_port).launch(
            ServerConfig(model_path=make_fake_model()), ignore
        )
        assert server.base_url != first.base_url
        await server.stop()
    finally:
        await first.stop()


async def test_a_child_that_knows_neither_key_nor_alias_is_no_child_of_ours(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    failure = await failure_of(
        make_launcher(fake_llama_server).launch(
            ServerConfig(model_path=make_fake_model(stranger=True)), ignore
        )
    )
    assert failure.cause is FailureCause.STRANGER


async def test_a_silent_load_is_reported_and_goes_on(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    reports: list[LaunchProgress] = []
    server = await make_launcher(fake_llama_server, silence_seconds=0.2).launch(
        ServerConfig(model_path=make_fake_model(silent=True, load_seconds=1.0)), reports.append
    )
    assert reports[0].silent_seconds is None
    assert reports[1].silent_seconds == pytest.approx(0.2)
    await server.stop()


async def test_the_embedded_engine_tells_how_far_it_is_with_loading(
    make_launcher: MakeLauncher, tiny_model: Path, vision_projector: Path, engine_log: EngineLog
) -> None:
    reports: list[LaunchProgress] = []
    server = await make_launcher().launch(
        ServerConfig(model_path=tiny_model, mmproj_path=vision_projector), reports.append
    )
    await server.stop()
    stages = list(dict.fromkeys(report.stage for report in reports if report.stage is not None))
    assert stages == [stage for stage in LoadStage if stage in stages]
    assert stages[-1] is LoadStage.PREPARING
    assert not any("cmd_child_to_router" in line.text for line in engine_log.lines)


async def test_an_engine_that_reports_is_followed_per_cent_by_per_cent(
    make_launcher: MakeLauncher, fake_llama_server: Path, make_fake_model: MakeModel
) -> None:
    reports: list[LaunchProgress] = []
    server = await make_launcher(fake_llama_server).launch(
        ServerConfig(model_path=make_fake_model(load_seconds=0.4)), reports.append
    )
    await server.stop()
    told = [(report.stage, report.progress) for report in reports]
    assert told == sorted(told, key=lambda one: (one[0] is LoadStage.PREPARING, one[1] or 0.0))
    assert {(LoadStage.WEIGHTS, 0.5), (LoadStage.PREPARING, None)} <= set(told)


async def test_output_that_is_no_text_is_kept_as_well_as_it_can_be(
    make_launcher: MakeLauncher,
    fake_llama_server: Path,
    make_fake_model: MakeModel,
    engine_log: EngineLog,
) -> None:
    model = make_fake_model(log_hex=b"caf\xc3\xa9 \xff\xfe\n".hex(), log_lines=20_000)
    server = await make_launcher(fake_llama_server).launch(ServerConfig(model_path=model), ignore)
    await server.stop()
    texts = [line.text for line in engine_log.lines]
    assert "café \ufffd\ufffd" in texts
    assert len(texts) == 5000
    numbers = [line.number for line in engine_log.lines]
    assert numbers == list(range(numbers[0], numbers[0] + 5000))


@pytest.mark.parametrize("name", ["missing", "folder", "empty", "html", "three", "pipe"])
async def test_a_file_that_is_plainly_no_model_is_refused_before_anything_starts(
    make_launcher: MakeLauncher, tmp_path: Path, name: str
) -> None:
    path = tmp_path / f"{name}.gguf"
    match name:
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "html":
            path.write_text("<!DOCTYPE html>")
        case "three":
            path.write_bytes(b"GGU")
        case "pipe":
            if sys.platform == "win32":
                pytest.skip("no pipes in the file system")
            os.mkfifo(path)
    with pytest.raises(ModelUnusable, match=path.name):
        await make_launcher().launch(ServerConfig(model_path=path), ignore)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="the administrator may read everything"
)
async def test_a_file_that_may_not_be_read_is_named(
    make_launcher: MakeLauncher, tmp_path: Path
) -> None:
    path = tmp_path / "secret.gguf"
    path.write_bytes(b"GGUF")
    path.chmod(0)
    with pytest.raises(ModelUnusable, match="may not be read"):
        await make_launcher().launch(ServerConfig(model_path=path), ignore)


def _has_died(pid: int) -> bool:
    """Within a second: of a grandchild nobody tells us, and the system kills when it gets to it."""
    deadline = time.monotonic() + 1
    while (alive := _is_running(pid)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
