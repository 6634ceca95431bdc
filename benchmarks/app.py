"""The app, driven by its public contract alone: the line of JSON, `invoke`, and the events."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol


class AppFailed(Exception):
    """The app did not do what it was asked; the message is its own."""


@dataclass(frozen=True, slots=True)
class Started:
    """A headless app that answers."""

    process: subprocess.Popen[str]
    seconds: float
    """From the start of the process to its line of JSON."""
    port: int
    token: str
    pid: int
    """Of the Python process; the single-file executable has another in front of it."""


_WITHOUT_DEVELOPMENT = """
import sys
sys.modules["httpx._main"] = None
from llama_desktop.__main__ import run
sys.exit(run())
"""


def program() -> tuple[str, ...]:
    """The app as `npm start` runs it.

    There httpx finds no rich and leaves its own command line out; the tools for development bring
    rich, and its import would be measured.
    """
    return (sys.executable, "-c", _WITHOUT_DEVELOPMENT)


def start(data: Path, *options: str, command: tuple[str, ...] | None = None) -> Started:
    """Start the app headless and wait for its line."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [*(command or program()), "--headless", "--data-dir", str(data), *options],
        stdout=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "LLAMA_SERVER"},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    seconds = time.perf_counter() - begin
    if not line:
        raise AppFailed(f"the app ended with code {process.wait()}")
    address = json.loads(line)
    return Started(process, seconds, address["port"], address["token"], address["pid"])


def stop(started: Started) -> None:
    """End the app as a person's system would."""
    started.process.terminate()
    started.process.wait(20)
    assert started.process.stdout is not None
    started.process.stdout.close()


class App:
    """`invoke` and `listen`, as the page has them."""

    def __init__(self, started: Started, http: httpx.AsyncClient, socket: ClientConnection) -> None:
        self.pid = started.pid
        self._http = http
        self._socket = socket

    async def invoke(self, command: str, **arguments: Any) -> Any:
        """Ask once; return the value."""
        response = await self._http.post(f"/api/invoke/{command}", json=arguments)
        answer = response.json()
        if answer["type"] != "success":
            raise AppFailed(f"{command}: {answer['code']}: {answer['message']}")
        return answer["value"]

    async def listen(self, *topics: str) -> None:
        """Ask for news of these topics."""
        await self._socket.send(json.dumps({"listen": topics}))

    async def next_events(self) -> list[tuple[str, dict[str, Any]]]:
        """The news of one frame, each as `(topic, payload)`."""
        return [(topic, payload) for topic, _, payload in json.loads(await self._socket.recv())]


@asynccontextmanager
async def open_app(data: Path, *options: str) -> AsyncIterator[App]:
    """Start the app headless; end it and its engine at the end."""
    started = await asyncio.to_thread(start, data, *options)
    url = f"127.0.0.1:{started.port}"
    try:
        async with (
            httpx.AsyncClient(
                base_url=f"http://{url}",
                headers={"Authorization": f"Bearer {started.token}"},
                timeout=120,
                trust_env=False,
            ) as http,
            connect(
                f"ws://{url}/api/events",
                origin=Origin(f"http://{url}"),
                subprotocols=[Subprotocol("ld.v1"), Subprotocol(f"t.{started.token}")],
                compression=None,
                max_size=None,
                proxy=None,
            ) as socket,
        ):
            yield App(started, http, socket)
    finally:
        await asyncio.to_thread(stop, started)
