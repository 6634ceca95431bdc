"""Where the machine's power comes from."""

from __future__ import annotations

import psutil


def is_on_battery() -> bool:
    """Whether it runs on its battery now. A machine without one, or that does not tell: no."""
    # Not on every system, says psutil's documentation.
    sensors_battery = getattr(psutil, "sensors_battery", None)
    battery = None if sensors_battery is None else sensors_battery()
    return battery is not None and battery.power_plugged is False
