"""A few rounds of chaos; `benchmarks/chaos.py` runs a hundred, in windows too."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from driver.chaos import Chaos
from driver.running_app import running_app


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("seed", [2])
def test_random_starts_stops_and_kills_leave_nothing_and_lose_nothing(
    tmp_path: Path, endless_model: Path, think_model: Path, broken_models: Path, seed: int
) -> None:
    models = [endless_model, think_model, broken_models / "truncated-half.gguf"]
    outcome = Chaos(tmp_path, models, [running_app], seed=seed).run(12)
    assert outcome.faults == []
    assert outcome.rounds == 12
