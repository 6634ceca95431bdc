"""The failure that is shown for an error that comes without an ending. Pure but for the clock."""

from __future__ import annotations

import time

from msgspec.structs import replace

from llama_desktop.domain.errors import AppError, EngineNotFound
from llama_desktop.domain.failure import Ending, FailureCause, ServerFailure
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.services.llama.diagnosis.diagnose import build_failure, diagnose
from llama_desktop.services.llama.diagnosis.evidence import Evidence
from llama_desktop.services.llama.diagnosis.symptoms import Symptom


def describe_failed_launch(error: AppError, config: ServerConfig) -> ServerFailure:
    """The failure that the launch found out, or one in the error's own words."""
    match error.details:
        case {"failure": ServerFailure() as failure}:
            return failure
        case {"ending": Ending() as ending}:
            failure = diagnose(_evidence(config, ending))
        case {"cause": FailureCause() as cause}:
            failure = _name(cause, config, while_loading=True)
        case _ if isinstance(error, EngineNotFound):
            failure = _name(FailureCause.ENGINE_MISSING, config, while_loading=True)
        case _:
            failure = _name(FailureCause.UNKNOWN, config, while_loading=True)
    return replace(failure, message=error.message)


def describe_defect(config: ServerConfig, *, while_loading: bool) -> ServerFailure:
    """For an error of ours: the log has it with its traceback."""
    return _name(FailureCause.APP_DEFECT, config, while_loading=while_loading)


def describe_silence(config: ServerConfig, seconds: float) -> ServerFailure:
    """For a load that has not said a word for so long."""
    ending = Ending(while_loading=True, time=time.time(), silent_seconds=seconds)
    return diagnose(_evidence(config, ending))


def _name(cause: FailureCause, config: ServerConfig, *, while_loading: bool) -> ServerFailure:
    ending = Ending(while_loading=while_loading, time=time.time(), is_built_in=False)
    return build_failure(Symptom(cause), _evidence(config, ending))


def _evidence(config: ServerConfig, ending: Ending) -> Evidence:
    return Evidence(ending=ending, config=config, model_name=config.model_path.name)
