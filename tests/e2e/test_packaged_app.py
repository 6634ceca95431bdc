"""The single-file executable that `npm run package` builds, as a person gets it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

EXECUTABLE = (
    Path(__file__).parents[2]
    / "dist"
    / ("llama-desktop.exe" if sys.platform == "win32" else "llama-desktop")
)
LARGEST_BYTES = 70_000_000
END_SECONDS = 5.0

pytestmark = pytest.mark.packaged


@dataclass(frozen=True)
class PackagedApp:
    """A headless executable that answers."""

    outer: subprocess.Popen[str]
    temporary: Path
    port: int
    token: str
    pid: int

    def invoke(self, command: str, **arguments: Any) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/invoke/{command}",
            data=json.dumps(arguments).encode(),
            headers={"Authorization": f"Bearer {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)
        assert answer["type"] == "success", answer
        return answer["value"]

    def load(self, model: Path) -> psutil.Process:
        """Load a model with the embedded engine; return the engine's process."""
        state = self.invoke("start_llama_server", config={"model_path": str(model)})
        assert state["type"] == "running"
        assert state["engine"]["kind"] == "embedded"
        return psutil.Process(state["pid"])

    @contextlib.contextmanager
    def listen(self, topic: str) -> Iterator[ClientConnection]:
        origin = f"127.0.0.1:{self.port}"
        with connect(
            f"ws://{origin}/api/events",
            origin=Origin(f"http://{origin}"),
            subprotocols=[Subprotocol("ld.v1"), Subprotocol(f"t.{self.token}")],
            proxy=None,
        ) as socket:
            socket.send(json.dumps({"listen": [topic]}))
            yield socket


@pytest.fixture
def app(tmp_path: Path) -> Iterator[PackagedApp]:
    started = start(tmp_path)
    yield started
    end(started)


def start(folder: Path) -> PackagedApp:
    assert EXECUTABLE.exists(), "`npm run package` builds it"
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "LLAMA_SERVER"}
    environment |= {"TMPDIR": str(temporary), "TEMP": str(temporary), "PATH": os.defpath}
    outer = subprocess.Popen(
        [str(EXECUTABLE), "--headless", "--data-dir", str(folder / "data")],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert outer.stdout is not None
    line = outer.stdout.readline()
    address = json.loads(line)
    return PackagedApp(outer, temporary, address["port"], address["token"], address["pid"])


def end(app: PackagedApp) -> None:
    family = family_of(app)
    for process in [*family, app.outer]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    app.outer.wait()
    assert app.outer.stdout is not None
    app.outer.stdout.close()


def family_of(app: PackagedApp) -> list[psutil.Process]:
    """The app's inner process, its engine, and whatever they started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        inner = psutil.Process(app.pid)
        return [inner, *inner.children(recursive=True)]
    return []


def assert_all_gone(family: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(family, timeout=END_SECONDS)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def test_it_is_one_file_of_70_megabytes_at_most() -> None:
    assert EXECUTABLE.stat().st_size <= LARGEST_BYTES


def test_it_tells_its_version() -> None:
    answer = subprocess.run(
        [str(EXECUTABLE), "--version"], capture_output=True, text=True, check=True, timeout=30
    )

    assert answer.stdout.startswith("Llama Desktop ")


def test_it_serves_the_page_that_is_inside(app: PackagedApp) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{app.port}/", timeout=10) as response:
        page = response.read().decode()

    assert "<title>" in page


def test_it_loads_a_model_and_streams_an_answer(app: PackagedApp, tiny_model: Path) -> None:
    app.load(tiny_model)
    chat = app.invoke("create_conversation")
    deltas: list[str] = []
    with app.listen("answers") as socket:
        app.invoke("send_message", conversation_id=chat["id"], content="Hello")
        message: dict[str, Any] | None = None
        while message is None:
            for _, _, event in json.loads(socket.recv(timeout=30)):
                if event["type"] == "content_delta":
                    deltas.append(event["text"])
                elif event["type"] in ("finished", "failed"):
                    message = event["message"]

    assert message["status"] == "complete"
    assert "".join(deltas) == message["content"] != ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no asking without a window")
def test_asked_to_end_it_leaves_no_process_and_no_folder(
    app: PackagedApp, tiny_model: Path
) -> None:
    app.load(tiny_model)
    family = family_of(app)
    assert list(app.temporary.glob("_MEI*"))

    app.outer.send_signal(signal.SIGTERM)

    app.outer.wait(END_SECONDS)
    assert_all_gone(family)
    assert list(app.temporary.glob("_MEI*")) == []


def test_its_outer_process_killed_it_leaves_no_process(app: PackagedApp, tiny_model: Path) -> None:
    app.load(tiny_model)
    family = family_of(app)

    app.outer.kill()

    assert_all_gone(family)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX's process groups")
def test_all_of_it_killed_the_engine_leaves_too(app: PackagedApp, tiny_model: Path) -> None:
    engine = app.load(tiny_model)

    for process in (app.outer, psutil.Process(app.pid)):
        process.kill()

    assert_all_gone([engine])


def test_the_engine_is_not_unpacked_a_second_time(app: PackagedApp, tiny_model: Path) -> None:
    app.load(tiny_model)

    assert len(list(app.temporary.glob("_MEI*"))) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_program_that_is_not_ours_does_not_see_our_libraries(
    tmp_path: Path, app: PackagedApp, tiny_model: Path
) -> None:
    seen = tmp_path / "seen"
    stranger = tmp_path / "llama-server"
    stranger.write_text(f'#!/bin/sh\necho "path=$LD_LIBRARY_PATH" >> {seen}\nexit 1\n')
    stranger.chmod(0o755)
    app.invoke("update_settings", llama_server_path=str(stranger))

    with contextlib.suppress(urllib.error.HTTPError):
        app.invoke("start_llama_server", config={"model_path": str(tiny_model)})

    assert set(seen.read_text().splitlines()) == {"path="}
