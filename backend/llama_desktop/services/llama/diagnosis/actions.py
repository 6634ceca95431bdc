"""What to try after a failure: at most three actions, the likely cure first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from llama_desktop.domain.failure import (
    CancelLoading,
    ChooseEngine,
    ChooseModel,
    FailureAction,
    FailureCause,
    FindModel,
    LoadAgain,
    LoadWithContext,
    LoadWithExpertsInRam,
    LoadWithLayers,
    LoadWithoutVision,
    OpenDoctor,
    UseBuiltInEngine,
)
from llama_desktop.services.llama.diagnosis.evidence import Evidence
from llama_desktop.services.llama.diagnosis.log_reading import (
    find_asked_bytes,
    find_cache_bytes_per_token,
    find_context_size,
    find_gpu_free_bytes,
    find_layers,
)

MOST_ACTIONS: Final = 3
SMALLEST_CONTEXT: Final = 2048
"""Less than this is no conversation."""
_CONTEXT_STEP: Final = 1024
_SPARE: Final = 0.9
"""Of what is free as much is planned with: the graph's buffers come on top."""

_Cause = FailureCause


def find_actions(cause: FailureCause, evidence: Evidence) -> tuple[FailureAction, ...]:
    """Only what differs from what was tried, where that was the fault; never the same twice."""
    found: list[FailureAction] = []
    for action in _CURES[cause](evidence):
        if action not in found:
            found.append(action)
    return tuple(found)


def take_turns(actions: Sequence[FailureAction], attempt: int) -> tuple[FailureAction, ...]:
    """What was offered first and did not help goes to the end."""
    if not actions:
        return ()
    turn = (attempt - 1) % len(actions)
    return (*actions[turn:], *actions[:turn])[:MOST_ACTIONS]


def _better_file(evidence: Evidence) -> Iterator[FailureAction]:
    yield _find_again(evidence)
    yield ChooseModel()


def _newer_engine(evidence: Evidence) -> Iterator[FailureAction]:
    yield from _other_engine(evidence)
    yield _find_again(evidence)
    yield ChooseModel()


def _working_engine(evidence: Evidence) -> Iterator[FailureAction]:
    yield from _other_engine(evidence)
    yield OpenDoctor()


def _once_mended(evidence: Evidence) -> Iterator[FailureAction]:
    """The person has something to mend outside of the app first."""
    del evidence
    yield LoadAgain()
    yield ChooseModel()
    yield OpenDoctor()


def _without_gpu(evidence: Evidence) -> Iterator[FailureAction]:
    yield LoadAgain()
    yield LoadWithLayers(gpu_layers=0, layers=_layers(evidence))
    yield OpenDoctor()


def _no_more_waiting(evidence: Evidence) -> Iterator[FailureAction]:
    del evidence
    yield CancelLoading()
    yield ChooseModel()


def _other_file_or_engine(evidence: Evidence) -> Iterator[FailureAction]:
    yield _find_again(evidence)
    yield from _other_engine(evidence)
    yield ChooseModel()


def _after_crash(evidence: Evidence) -> Iterator[FailureAction]:
    yield LoadAgain()
    yield from _less_of_everything(evidence)
    yield from _other_engine(evidence)
    yield ChooseModel()


def _another_port(evidence: Evidence) -> Iterator[FailureAction]:
    del evidence
    yield LoadAgain()
    yield OpenDoctor()


def _simply_again(evidence: Evidence) -> Iterator[FailureAction]:
    del evidence
    yield LoadAgain()
    yield OpenDoctor()
    yield ChooseModel()


def _spare_gpu(evidence: Evidence) -> Iterator[FailureAction]:
    experts = _find_experts_in_ram(evidence)
    if experts is not None:
        yield experts
    layers = find_gpu_layers(evidence)
    if layers is not None:
        yield layers
    yield from _smaller_context(evidence)
    if evidence.smaller is not None:
        yield evidence.smaller
    if evidence.config.mmproj_path is not None:
        yield LoadWithoutVision()
    if evidence.config.gpu_layers != 0:
        yield LoadWithLayers(gpu_layers=0, layers=_layers(evidence))
    yield ChooseModel()


def _spare_memory(evidence: Evidence) -> Iterator[FailureAction]:
    yield from _smaller_context(evidence)
    if evidence.smaller is not None:
        yield evidence.smaller
    if evidence.config.mmproj_path is not None:
        yield LoadWithoutVision()
    yield ChooseModel()
    yield LoadAgain()


def _less_of_everything(evidence: Evidence) -> Iterator[FailureAction]:
    """What a defect of the engine often hangs on: the GPU, when it was in use."""
    has_gpu = evidence.memory.gpu_total_bytes is not None
    if evidence.config.gpu_layers != 0 and has_gpu:
        yield LoadWithLayers(gpu_layers=0, layers=_layers(evidence))


def _other_engine(evidence: Evidence) -> Iterator[FailureAction]:
    if not evidence.ending.is_built_in:
        yield UseBuiltInEngine()
    yield ChooseEngine()


def _find_again(evidence: Evidence) -> FindModel:
    return FindModel(query=evidence.model_name.removesuffix(".gguf"))


def _layers(evidence: Evidence) -> int | None:
    return evidence.fit.layers or find_layers(evidence.ending.lines) or evidence.file.layers


def find_gpu_layers(evidence: Evidence) -> LoadWithLayers | None:
    """As many layers as fit: by the estimate, else in proportion to what was asked for."""
    layers = _layers(evidence)
    tried = evidence.config.gpu_layers
    fitting = evidence.fit.gpu_layers
    if fitting is None:
        asked = find_asked_bytes(evidence.ending.lines)
        free = find_gpu_free_bytes(evidence.ending.lines) or evidence.memory.gpu_free_bytes
        on_gpu = min(tried, layers) if tried is not None and layers is not None else layers
        if on_gpu is None or asked is None or free is None or free >= asked:
            return None
        fitting = int(on_gpu * free * _SPARE / asked)
    if tried is not None and fitting >= tried:
        return None
    if layers is not None and fitting >= layers:
        return None
    return LoadWithLayers(gpu_layers=max(0, fitting), layers=layers)


def _find_experts_in_ram(evidence: Evidence) -> LoadWithExpertsInRam | None:
    """Of as few layers as must be, where then all layers fit: faster than whole layers in RAM."""
    fit = evidence.fit
    if fit.layers is None or fit.gpu_layers != fit.layers:
        return None
    if fit.expert_layers_in_ram <= (evidence.config.expert_layers_in_ram or 0):
        return None
    return LoadWithExpertsInRam(
        expert_layers_in_ram=fit.expert_layers_in_ram, layers=fit.layers - 1
    )


def _smaller_context(evidence: Evidence) -> Iterator[LoadWithContext]:
    tried = (
        evidence.config.context_size
        or find_context_size(evidence.ending.lines)
        or evidence.fit.context_tried
    )
    if tried is None or tried <= SMALLEST_CONTEXT:
        return
    if evidence.fit.context_tried is not None and evidence.fit.context_size is None:
        return  # no context helps: it is the weights
    wanted = evidence.fit.context_size or _find_context(evidence, tried) or tried // 2
    wanted = max(SMALLEST_CONTEXT, wanted // _CONTEXT_STEP * _CONTEXT_STEP)
    if wanted < tried:
        yield LoadWithContext(context_size=wanted, instead_of=tried)


def _find_context(evidence: Evidence, tried: int) -> int | None:
    """What fits by the size of the cache that it told or asked for."""
    lines, memory = evidence.ending.lines, evidence.memory
    each = find_cache_bytes_per_token(lines)
    free = memory.machine_free_bytes
    if each is None and any("kv cache" in line for line in lines):
        asked = find_asked_bytes(lines)
        each = asked / tried if asked else None
    if not each or free is None:
        return None
    return min(int(free * _SPARE / each), tried // 2)


_CURES: Final[dict[FailureCause, Callable[[Evidence], Iterator[FailureAction]]]] = {
    _Cause.GPU_MEMORY_OUT: _spare_gpu,
    _Cause.MEMORY_OUT: _spare_memory,
    _Cause.KILLED_FOR_MEMORY: _spare_memory,
    _Cause.MODEL_MISSING: _better_file,
    _Cause.MODEL_UNREADABLE: _once_mended,
    _Cause.MODEL_EMPTY: _better_file,
    _Cause.NOT_A_MODEL: _better_file,
    _Cause.MODEL_CUT_OFF: _better_file,
    _Cause.MODEL_PART_MISSING: _better_file,
    _Cause.MODEL_VERSION: _newer_engine,
    _Cause.MODEL_ARCHITECTURE: _newer_engine,
    _Cause.MODEL_DAMAGED: _better_file,
    _Cause.TEMPLATE_BROKEN: _better_file,
    _Cause.ENGINE_MISSING: _working_engine,
    _Cause.ENGINE_NOT_EXECUTABLE: _working_engine,
    _Cause.LIBRARY_MISSING: _working_engine,
    _Cause.WRONG_PROCESSOR: _working_engine,
    _Cause.BAD_ARGUMENT: _working_engine,
    _Cause.PORT_TAKEN: _another_port,
    _Cause.STRANGER: _another_port,
    _Cause.DRIVER_LOST: _without_gpu,
    _Cause.DISK_FULL: _once_mended,
    _Cause.NO_PERMISSION: _once_mended,
    _Cause.HANGS: _no_more_waiting,
    _Cause.CRASHED_AT_CHAT: _other_file_or_engine,
    _Cause.GAVE_UP: _after_crash,
    _Cause.CRASHED: _after_crash,
    _Cause.KILLED: _simply_again,
    _Cause.ENDED: _simply_again,
    _Cause.APP_DEFECT: _simply_again,
    _Cause.UNKNOWN: _simply_again,
}
