"""Which failure is shown when a server did not start, or left; pure but for the clock."""

from __future__ import annotations

import time

from llama_desktop.domain.errors import AppError, EngineNotFound, ModelUnusable
from llama_desktop.domain.llama import FailureCause, ServerFailure

_CAUSES: dict[type[AppError], FailureCause] = {
    EngineNotFound: FailureCause.NOT_EXECUTABLE,
    ModelUnusable: FailureCause.BAD_MODEL,
}


def describe_failed_launch(error: AppError) -> ServerFailure:
    """The failure that the launcher attached, or one in the error's own words."""
    match error.details.get("failure"):
        case ServerFailure() as failure:
            return failure
        case _:
            cause = _CAUSES.get(type(error), FailureCause.UNKNOWN)
            return _build_failure(cause, error.message, while_loading=True)


def describe_defect(*, while_loading: bool) -> ServerFailure:
    """For an error of ours: the log has it with its traceback."""
    return _build_failure(
        FailureCause.UNKNOWN,
        "Llama Desktop itself went wrong here. The log has the details.",
        while_loading=while_loading,
    )


def _build_failure(cause: FailureCause, message: str, *, while_loading: bool) -> ServerFailure:
    return ServerFailure(
        cause=cause, message=message, while_loading=while_loading, time=time.time()
    )
