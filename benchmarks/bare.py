"""The same llama-server without the app: spawned by hand, asked by a plain HTTP client."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

KEY = "bare"


class EngineProgram:
    """An external llama-server: a small program that becomes the embedded engine.

    It notes the command line that the app gives it, so that the bare one gets the very same.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "llama-server"
        self._noted = folder / "command-line"
        engine = shlex.join([sys.executable, "-m", "llama_desktop", "__llama-server"])
        noted = shlex.quote(str(self._noted))
        self.path.write_text(
            f'#!/bin/sh\n[ "$1" = -m ] && printf "%s\\n" "$@" > {noted}\nexec {engine} "$@"\n'
        )
        self.path.chmod(0o755)

    def command_line(self, port: int) -> list[str]:
        """What the app has last started, with another port."""
        arguments = self._noted.read_text().splitlines()
        arguments[arguments.index("--port") + 1] = str(port)
        return [str(self.path), *arguments]


@dataclass(frozen=True, slots=True)
class Streamed:
    """One streamed answer as its reader saw it."""

    first_seconds: float
    """From the request to the first piece of text."""
    text_seconds: float
    """From the first piece of text to the last."""
    tokens: int

    @property
    def tokens_per_second(self) -> float:
        """While text came."""
        return (self.tokens - 1) / self.text_seconds


class BareServer:
    """A llama-server that nobody looks after."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def ask(self, content: str, **parameters: Any) -> Streamed:
        """Stream one answer, with the request that the app sends."""
        body = {
            "messages": [{"role": "user", "content": content}],
            "stream": True,
            "stream_options": {"include_usage": True},
            "return_progress": True,
            "cache_prompt": True,
            **parameters,
        }
        begin = time.perf_counter()
        first = last = 0.0
        tokens = 0
        async with self._http.stream("POST", "/v1/chat/completions", json=body) as response:
            response.raise_for_status()
            async for line in response.aiter_lines():
                if not line.startswith("data: {"):
                    continue
                piece = json.loads(line.removeprefix("data: "))
                if any(part["delta"].get("content") for part in piece["choices"]):
                    last = time.perf_counter()
                    first = first or last
                if piece.get("usage"):
                    tokens = piece["usage"]["completion_tokens"]
        return Streamed(first - begin, last - first, tokens)


@asynccontextmanager
async def open_bare(command: Sequence[str], port: int) -> AsyncIterator[BareServer]:
    """Spawn and wait until healthy; kill at the end."""
    process = await asyncio.to_thread(spawn_until_healthy, command, port)
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {KEY}"},
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=None,
            trust_env=False,
        ) as http:
            yield BareServer(http)
    finally:
        end(process)


def spawn_until_healthy(command: Sequence[str], port: int) -> subprocess.Popen[bytes]:
    """Start the program and ask for its health until it is well."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LLAMA_API_KEY": KEY, "GGML_NO_BACKTRACE": "1"},
    )
    while not _is_healthy(port):
        if process.poll() is not None:
            raise RuntimeError(f"the bare engine ended with code {process.returncode}")
        time.sleep(0.004)  # asking faster would slow the loading down
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    """Without ceremony: nothing of it is kept."""
    process.kill()
    process.wait()


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_healthy(port: int) -> bool:
    """By the smallest request there is, so that asking costs next to nothing."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
            return connection.recv(16).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
