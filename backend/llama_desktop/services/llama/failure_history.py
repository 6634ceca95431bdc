"""Remembers how the server failed before: whether to restart it, and what to offer next. Pure.

A crash of a running server is answered by one restart. A second one within two minutes is not,
and neither is a load that fails. Whoever fails a second and third time in a row by the same cause
is offered something else first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec.structs import replace

from llama_desktop.domain.failure import FailureCause, ServerFailure
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.services.llama.diagnosis.actions import take_turns

PATIENCE_SECONDS: Final = 120.0
"""Crashes that are nearer to each other than this are one trouble."""


class FailureHistory:
    """Of one actor. `now` is a clock that never goes back, in seconds."""

    def __init__(self) -> None:
        self._model: Path | None = None
        self._cause: FailureCause | None = None
        self._attempt = 0
        self._failed_to_load = False
        self._crashed_model: Path | None = None
        self._crashed_at: float | None = None

    def note(self, config: ServerConfig, failure: ServerFailure) -> ServerFailure:
        """Count it; the failure with its attempt, and three actions that take their turns."""
        is_same = (self._model, self._cause) == (config.model_path, failure.cause)
        self._attempt = self._attempt + 1 if is_same else 1
        self._model, self._cause = config.model_path, failure.cause
        self._failed_to_load = failure.while_loading
        return replace(
            failure,
            attempt=self._attempt,
            actions=take_turns(failure.actions, self._attempt),
        )

    def note_loaded(self) -> None:
        """A model was loaded: whatever loads failed before are not in a row with the next one."""
        if self._failed_to_load:
            self._forget()

    def note_crash(self, config: ServerConfig, now: float) -> bool:
        """A running server has gone; whether to load it once more by itself."""
        before, self._crashed_at = self._crashed_at, now
        model, self._crashed_model = self._crashed_model, config.model_path
        return before is None or model != config.model_path or now - before > PATIENCE_SECONDS

    def note_good_run(self, seconds: float) -> None:
        """It ran for so long before it went: what failed before has been mended."""
        if seconds > PATIENCE_SECONDS:
            self._forget()

    def _forget(self) -> None:
        self._attempt = 0
        self._cause = None
