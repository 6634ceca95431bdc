"""The app killed while it goes back to a snapshot: the next start has all of one state."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from driver import restoring_process
from driver.kept_state import look_at
from llama_desktop.bootstrap import open_application
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths

_KILLS = 8
_TESTS = Path(__file__).parents[2]


def _restore_until_killed(folder: Path, seconds: float) -> None:
    environment = {**os.environ, "PYTHONPATH": str(_TESTS)}
    with subprocess.Popen(
        [sys.executable, restoring_process.__file__, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "restoring\n"
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        process.stdout.read()
        timer.join()


@pytest.mark.timeout(300)
async def test_kills_at_random_moments_leave_the_old_or_the_new_and_nothing_between(
    tmp_path: Path,
) -> None:
    paths = AppPaths.locate(tmp_path)
    chance = random.Random(11)
    for _ in range(_KILLS):
        _restore_until_killed(tmp_path, chance.uniform(0, 0.1))
        async with open_application(paths, desktop=NoDesktop(), version="test") as app:
            assert await look_at(app) in ({"old"}, {"new"})
            assert app.notices.notices().notices == ()
            # The next going back works as ever.
            snapshots = await app.snapshots.list()
            await app.restoring.restore(snapshots[-2].id)
            assert await look_at(app) in ({"old"}, {"new"})
        names = os.listdir(tmp_path)  # noqa: PTH208  (a loop with nothing else to do)
        assert not [name for name in names if name.startswith("restoring")]
        assert os.listdir(paths.damaged) == []  # noqa: PTH208
