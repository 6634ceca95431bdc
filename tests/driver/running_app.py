"""Drives the app as another program would: by the JSON line, `invoke` and the events."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
from websockets.sync.client import ClientConnection, connect

DEVELOPMENT: Final = (sys.executable, "-m", "llama_desktop")
PATIENCE_SECONDS: Final = 60.0
"""For what takes no time on a quiet machine; reached only when something is broken."""


class CommandFailed(Exception):
    """The app answered a failure."""

    def __init__(self, status: int, failure: dict[str, Any]) -> None:
        super().__init__(f"{status} {failure['code']}: {failure['message']}")
        self.status = status
        self.code: str = failure["code"]
        self.message: str = failure["message"]
        self.details: dict[str, Any] = failure["details"]


class RunningApp:
    """A headless app in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], address: dict[str, Any]) -> None:
        self.process = process
        self.url: str = address["url"]
        self.port: int = address["port"]
        self.token: str = address["token"]
        self.pid: int = address["pid"]
        self.base = f"http://127.0.0.1:{self.port}"
        self._http = httpx.Client(
            base_url=self.base,
            headers={"authorization": f"Bearer {self.token}"},
            timeout=PATIENCE_SECONDS,
            trust_env=False,
        )

    def be_quiet(self) -> None:
        """Leave the first page, and let no model give names: tests find chats by theirs."""
        self.invoke("update_settings", first_run_left=True, title_by_model=False)

    def invoke(self, command: str, **arguments: Any) -> Any:
        """Ask once; the value, or `CommandFailed`."""
        answer = self._http.post(f"/api/invoke/{command}", json=arguments)
        envelope = answer.json()
        if envelope["type"] == "failure":
            raise CommandFailed(answer.status_code, envelope)
        return envelope["value"]

    @contextlib.contextmanager
    def listen(self, *topics: str) -> Iterator[Events]:
        """Open a socket on these topics."""
        with connect(
            f"ws://127.0.0.1:{self.port}/api/events",
            subprotocols=["ld.v1", f"t.{self.token}"],  # type: ignore[list-item]
            proxy=None,
            max_size=None,
        ) as socket:
            socket.send(json.dumps({"listen": list(topics)}))
            try:
                yield Events(socket)
            finally:
                socket.socket.close()  # an app that was killed will not close it

    def close(self) -> None:
        """Let go of the connection; the app goes on."""
        self._http.close()

    def end(self) -> int:
        """Ask the app to end as the system does; its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)


class Events:
    """What one socket hears."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._waiting: list[tuple[str, int, Any]] = []

    def next(self) -> tuple[str, int, Any]:
        """The next event: topic, sequence, payload."""
        while not self._waiting:
            frame = json.loads(self._socket.recv(timeout=PATIENCE_SECONDS))
            self._waiting = [tuple(entry) for entry in frame]
        return self._waiting.pop(0)

    def until(self, topic: str, wanted: Callable[[Any], bool]) -> list[Any]:
        """All payloads of a topic up to and with the first one that is wanted."""
        heard: list[Any] = []
        while True:
            name, _, payload = self.next()
            if name != topic:
                continue
            heard.append(payload)
            if wanted(payload):
                return heard


@contextlib.contextmanager
def running_app(
    data: Path,
    *options: str,
    program: Sequence[str] = DEVELOPMENT,
    environment: dict[str, str] | None = None,
) -> Iterator[RunningApp]:
    """Start the app headless on a data folder; end it when the block ends."""
    process = subprocess.Popen(
        [*program, "--headless", "--data-dir", str(data), *options],
        stdout=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    try:
        app = RunningApp(process, json.loads(_first_line(process)))
        try:
            yield app
        finally:
            app.close()
            if process.poll() is None:
                app.end()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(PATIENCE_SECONDS)
        assert process.stdout is not None
        process.stdout.close()


def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    watchdog = threading.Timer(PATIENCE_SECONDS, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline()
    finally:
        watchdog.cancel()
    if not line:
        raise RuntimeError(f"the app ended with {process.wait(PATIENCE_SECONDS)} and told nothing")
    return line
