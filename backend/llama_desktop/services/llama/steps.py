"""How long each step of a launch took. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from llama_desktop.domain.llama import LaunchSteps, ServerState, Stopped


def steps_of(state: ServerState) -> LaunchSteps | None:
    """Those of the launch under way or of the last one."""
    return None if isinstance(state, Stopped) else state.steps


def note_process(steps: LaunchSteps | None, elapsed: float) -> LaunchSteps | None:
    """The process is there, `elapsed` seconds after the launch began; the first report counts."""
    if steps is None or steps.process_seconds is not None:
        return steps
    return replace(steps, process_seconds=elapsed)


def note_loaded(steps: LaunchSteps | None, elapsed: float) -> LaunchSteps | None:
    """It is healthy. Where nobody told when the process was there, that step took no time."""
    if steps is None:
        return None
    return replace(steps, loading_seconds=elapsed - (steps.process_seconds or 0.0))


def note_failed(steps: LaunchSteps | None, elapsed: float) -> LaunchSteps | None:
    """It ended before it was healthy; without a process there was no loading."""
    if steps is None or steps.process_seconds is None:
        return steps
    return note_loaded(steps, elapsed)
