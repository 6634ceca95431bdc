"""Where the machine's power comes from, as psutil tells it."""

from __future__ import annotations

from types import SimpleNamespace

import psutil
import pytest

from llama_desktop.infrastructure.metrics.power import is_on_battery


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, False),
        (SimpleNamespace(power_plugged=False), True),
        (SimpleNamespace(power_plugged=True), False),
        (SimpleNamespace(power_plugged=None), False),
    ],
)
def test_only_a_battery_in_use_counts(
    monkeypatch: pytest.MonkeyPatch, told: SimpleNamespace | None, expected: bool
) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: told, raising=False)
    assert is_on_battery() is expected


def test_a_system_that_knows_no_batteries_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(psutil, "sensors_battery", raising=False)
    assert is_on_battery() is False
