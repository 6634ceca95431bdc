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
    Running: frozenset({Starting, Stopping, Failed}),
    Stopping: frozenset({Stopped}),
    Failed: frozenset({Starting, Stopped}),
}
"""`Starting` follows itself while the same config gets on: with a pid, progress or silence.

It follows `Running` when a server that crashed is loaded again by itself, with the same config.
"""


class IllegalTransition(AssertionError):
    """A defect of the actor: the table does not know this change."""


def check_transition(old: ServerState, new: ServerState) -> None:
    """Let a change pass that the table allows.

    Raises:
        IllegalTransition: it does not.
    """
    if type(new) not in TRANSITIONS[type(old)]:
        raise IllegalTransition(f"{type(old).__name__} -> {type(new).__name__}")
    if not isinstance(new, Starting) or not isinstance(old, Starting | Running):
        return
    if old.config != new.config:
        raise IllegalTransition(f"{type(old).__name__} -> Starting with another config")
    if isinstance(old, Running) and new.recovers_from is None:
        raise IllegalTransition("Running -> Starting without a failure")
