"""The life of the server: which state may follow which."""

from __future__ import annotations

from typing import Final

from llama_desktop.domain.llama import (
    Failed,
    Running,
    ServerState,
    Starting,
    Stopped,
    Stopping,
)

TRANSITIONS: Final[dict[type[ServerState], frozenset[type[ServerState]]]] = {
    Stopped: frozenset({Starting}),
    Starting: frozenset({Starting, Running, Stopping, Failed}),
    Running: frozenset({Stopping, Failed}),
    Stopping: frozenset({Stopped}),
    Failed: frozenset({Starting, Stopped}),
}
"""`Starting` follows itself while the same config gets on: with a pid, progress or silence."""


class IllegalTransition(AssertionError):
    """A defect of the actor: the table does not know this change."""


def check_transition(old: ServerState, new: ServerState) -> None:
    """Let a change pass that the table allows.

    Raises:
        IllegalTransition: it does not.
    """
    if type(new) not in TRANSITIONS[type(old)]:
        raise IllegalTransition(f"{type(old).__name__} -> {type(new).__name__}")
    if isinstance(old, Starting) and isinstance(new, Starting) and old.config != new.config:
        raise IllegalTransition("Starting -> Starting with another config")
