"""What the app costs while it does nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil

from benchmarks.app import open_app
from benchmarks.table import Row

_PERCENT = 0.5
_BYTES = 90e6
_TOPICS = ("server_state", "metrics", "log", "answers", "conversations", "models", "settings")


async def measure(folder: Path, *, seconds: float) -> list[Row]:
    """The Python process alone, with a page that listens to everything and no model loaded."""
    async with open_app(folder / "data") as app:
        await app.listen(*_TOPICS)
        await asyncio.sleep(3)  # what a start leaves to do
        process = psutil.Process(app.pid)
        before = process.cpu_times()
        await asyncio.sleep(seconds)
        after = process.cpu_times()
        used = (after.user + after.system) - (before.user + before.system)
        percent = used / seconds * 100
        bytes_used = process.memory_full_info().pss
    return [
        Row(
            f"idle CPU over {seconds:.0f} s",
            f"{percent:.2f} %",
            "",
            "",
            f"< {_PERCENT} %",
            percent < _PERCENT,
        ),
        Row(
            "idle memory (PSS)",
            f"{bytes_used / 1e6:.0f} MB",
            "",
            "",
            f"<= {_BYTES / 1e6:.0f} MB",
            bytes_used <= _BYTES,
        ),
    ]
