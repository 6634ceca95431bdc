"""The values of a failure: how a server ended, why, and what can be done about it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct


class FailureCause(StrEnum):
    """Why a server failed, as far as it is known."""

    GPU_MEMORY_OUT = "gpu_memory_out"
    MEMORY_OUT = "memory_out"
    KILLED_FOR_MEMORY = "killed_for_memory"
    MODEL_MISSING = "model_missing"
    MODEL_UNREADABLE = "model_unreadable"
    MODEL_EMPTY = "model_empty"
    NOT_A_MODEL = "not_a_model"
    MODEL_CUT_OFF = "model_cut_off"
    MODEL_PART_MISSING = "model_part_missing"
    MODEL_VERSION = "model_version"
    MODEL_ARCHITECTURE = "model_architecture"
    MODEL_DAMAGED = "model_damaged"
    TEMPLATE_BROKEN = "template_broken"
    ENGINE_MISSING = "engine_missing"
    ENGINE_NOT_EXECUTABLE = "engine_not_executable"
    LIBRARY_MISSING = "library_missing"
    WRONG_PROCESSOR = "wrong_processor"
    BAD_ARGUMENT = "bad_argument"
    PORT_TAKEN = "port_taken"
    STRANGER = "stranger"
    DRIVER_LOST = "driver_lost"
    DISK_FULL = "disk_full"
    NO_PERMISSION = "no_permission"
    HANGS = "hangs"
    CRASHED_AT_CHAT = "crashed_at_chat"
    GAVE_UP = "gave_up"
    CRASHED = "crashed"
    KILLED = "killed"
    ENDED = "ended"
    APP_DEFECT = "app_defect"
    UNKNOWN = "unknown"


class LoadAgain(Struct, frozen=True, tag="load_again"):
    """Load the same model with the same config; each start takes another port."""


class LoadWithLayers(Struct, frozen=True, kw_only=True, tag="load_with_layers"):
    """Load it with so many layers on the GPU; 0: on the processor alone."""

    gpu_layers: int
    layers: int | None = None
    """Of how many; None: not known."""


class LoadWithExpertsInRam(Struct, frozen=True, kw_only=True, tag="load_with_experts_in_ram"):
    """Load it with all layers on the GPU, but the experts of so many of them in RAM."""

    expert_layers_in_ram: int
    layers: int
    """Of how many."""


class LoadWithContext(Struct, frozen=True, kw_only=True, tag="load_with_context"):
    """Load it with a smaller context window."""

    context_size: int
    instead_of: int | None = None
    """What was tried; None: the model's own, and not known."""


class LoadWithoutVision(Struct, frozen=True, tag="load_without_vision"):
    """Load it without its vision part (mmproj)."""


class LoadOther(Struct, frozen=True, kw_only=True, tag="load_other"):
    """Load a smaller model that is here already."""

    model_path: Path
    name: str
    size_bytes: int
    needed_bytes: int | None = None
    """What it takes of memory by the estimate; it fits."""


class ChooseModel(Struct, frozen=True, tag="choose_model"):
    """Go to the list of models."""


class FindModel(Struct, frozen=True, kw_only=True, tag="find_model"):
    """Look for a good copy of the model to download."""

    query: str


class UseBuiltInEngine(Struct, frozen=True, tag="use_built_in_engine"):
    """Load it with the built-in engine this time, whichever is chosen."""


class ChooseEngine(Struct, frozen=True, tag="choose_engine"):
    """Choose another llama-server program."""


class OpenDoctor(Struct, frozen=True, tag="open_doctor"):
    """Look over the engines, the GPUs and the folders."""


class CancelLoading(Struct, frozen=True, tag="cancel_loading"):
    """End a load that does not get on."""


FailureAction = (
    LoadAgain
    | LoadWithLayers
    | LoadWithExpertsInRam
    | LoadWithContext
    | LoadWithoutVision
    | LoadOther
    | ChooseModel
    | FindModel
    | UseBuiltInEngine
    | ChooseEngine
    | OpenDoctor
    | CancelLoading
)


class Ending(Struct, frozen=True, kw_only=True):
    """How a server ended: what was seen of it, without a guess at the reason."""

    exit_code: int | None = None
    """As subprocess gives it: negative is a signal; None: it never ran, or still does."""
    while_loading: bool
    time: float
    """Seconds since the epoch."""
    command: tuple[str, ...] = ()
    """The program and its arguments; the key is not among them."""
    engine_path: Path | None = None
    engine_version: str | None = None
    is_built_in: bool = False
    lines: tuple[str, ...] = ()
    """What it said last, oldest first."""
    start_error: str | None = None
    """Why the system did not start it, in the system's words."""
    start_errno: int | None = None
    is_stranger: bool = False
    """Somebody else answered on its port."""
    oom_kills: int | None = None
    """How often the kernel ended a program for memory while it lived; None: it does not tell."""
    chats_begun: int = 0
    chats_answered: int = 0
    """Answers that were asked for, and those that got as far as a first word."""
    silent_seconds: float | None = None
    """It still loads, and has said nothing for so long."""


class ServerFailure(Struct, frozen=True, kw_only=True):
    """How a server failed, in words, with the evidence and with what to do."""

    cause: FailureCause
    headline: str
    """Why, in two or three words, to stand after a colon: `out of GPU memory`."""
    message: str
    """For people: what happened and what it means."""
    actions: tuple[FailureAction, ...] = ()
    """At most three; the first is the likely cure."""
    attempt: int = 1
    """The how-manieth time in a row that this model failed by this cause."""
    exit_code: int | None = None
    """As subprocess gives it: negative is a signal; None: it never started."""
    exit_words: str | None = None
    """The exit code in words: `SIGSEGV (invalid memory access)`, `exit code 1`."""
    log_tail: tuple[str, ...] = ()
    """The last error lines of the log, else its last lines."""
    command: tuple[str, ...] = ()
    engine_path: Path | None = None
    engine_version: str | None = None
    while_loading: bool
    time: float
    """Seconds since the epoch."""
