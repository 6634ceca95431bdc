"""Groups of real processes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from llama_desktop.infrastructure.llama.process_group import spawn


async def test_a_kill_that_is_cancelled_has_reaped_the_program_all_the_same(tmp_path: Path) -> None:
    group = await spawn(
        ("sleep", "600"), environment={}, folder=tmp_path, on_output=lambda _stream, _piece: None
    )
    killing = asyncio.create_task(group.kill())
    await asyncio.sleep(0)
    killing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await killing
    assert not psutil.pid_exists(group.pid)
