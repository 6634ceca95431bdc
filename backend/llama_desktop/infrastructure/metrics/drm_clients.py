"""What processes hold of graphics memory, as Linux tells it of their open files of graphics cards.

The format is the kernel's "DRM client usage stats" (`/proc/PID/fdinfo/FD`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_DEVICES: Final = "/dev/dri/"
_UNITS: Final = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


@dataclass(frozen=True, slots=True)
class _Client:
    """One use of a card. Several open files may be of the same one."""

    card: str
    id: str
    vram_bytes: int | None
    """None: the driver is too old to tell."""


def read_vram(pids: Iterable[int], proc: Path = _PROC) -> dict[str, int | None] | None:
    """Bytes held by the processes together, by the PCI address of each card that they use.

    A card's None: its driver does not tell. None in all: the open files may not be looked at.
    """
    clients: dict[tuple[str, str], _Client] = {}
    could_look = False
    for pid in pids:
        found = _list_clients(proc / str(pid))
        could_look = could_look or found is not None
        clients |= {(client.card, client.id): client for client in found or ()}
    if not could_look:
        return None
    held: dict[str, int | None] = {}
    for client in clients.values():
        before = held.get(client.card, 0)
        unknown = before is None or client.vram_bytes is None
        held[client.card] = None if unknown else (before or 0) + (client.vram_bytes or 0)
    return held


def _list_clients(process: Path) -> list[_Client] | None:
    try:
        links = list((process / "fd").iterdir())
    except OSError:
        return None
    files = (process / "fdinfo" / link.name for link in links if _is_card(link))
    return [client for file in files if (client := _read_client(file)) is not None]


def _is_card(link: Path) -> bool:
    """Told by the link alone: a server has dozens of files open, and few are of cards."""
    try:
        return str(link.readlink()).startswith(_DEVICES)
    except OSError:
        return False


def _read_client(file: Path) -> _Client | None:
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    told = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    card, client = told.get("drm-pdev"), told.get("drm-client-id")
    if card is None or client is None:
        return None
    return _Client(card, client, _read_bytes(told.get("drm-memory-vram", "")))


def _read_bytes(text: str) -> int | None:
    number, _, unit = text.partition(" ")
    if not number.isdecimal() or unit.strip() not in _UNITS:
        return None
    return int(number) * _UNITS[unit.strip()]
