"""An answer that is killed while it is streamed, and how much of it the next start finds."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from fakes.chat_app import open_chat_app
from fakes.fake_client import FakeServer
from llama_desktop.domain.chat import MessageStatus

_PROGRAM = Path(__file__).with_name("stream_process.py")
_TESTS = Path(__file__).parents[1]


async def kill_stream(folder: Path, *, seconds: float) -> float:
    """Kill so long after the first word; how many seconds of the answer are not there."""
    lines, killed = await asyncio.to_thread(_stream_until_killed, folder, seconds)
    said = [line.split() for line in lines if line.endswith("\n")]
    async with open_chat_app(folder, FakeServer()) as app:
        await app.conversations.list()
        answer = (await app.conversations.get(said[0][1])).messages[1]
        assert app.notices.notices().notices == ()
    assert answer.status is MessageStatus.CUT_SHORT
    found = answer.content.count("word ")
    lost = [float(at) for _, _, words, at in said if int(words) > found]
    return killed - lost[0] if lost else 0.0


def _stream_until_killed(folder: Path, seconds: float) -> tuple[list[str], float]:
    killed = [0.0]
    with subprocess.Popen(
        [sys.executable, str(_PROGRAM), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(_TESTS)},
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]

        def kill() -> None:
            killed[0] = time.monotonic()
            process.kill()

        timer = threading.Timer(seconds, kill)
        timer.start()
        lines += process.stdout.readlines()
        timer.join()
    return lines, killed[0]
