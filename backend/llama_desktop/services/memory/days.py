"""A day by the words that a person may ask for it with. Pure."""

from __future__ import annotations

import datetime

from llama_desktop.services.memory.analyse import analyse

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def day_terms(created: float, zone: datetime.tzinfo | None = None) -> str:
    """The terms of "Monday 8 May 2023", in the person's own time zone if none is given."""
    try:
        day = datetime.datetime.fromtimestamp(created, zone)
    except (OverflowError, OSError, ValueError):
        return ""  # a time that no calendar has
    names = f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"
    return " ".join(analyse(names))
