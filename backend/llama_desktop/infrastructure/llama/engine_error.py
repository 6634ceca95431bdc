"""Makes an error of ours of what the engine says about a request that it could not serve. Pure."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from llama_desktop.domain.errors import ContextOverflow, EngineRequestFailed

_LONGEST_TEXT = 500


def read_engine_error(status: int, body: bytes) -> EngineRequestFailed:
    """From an answer that is no success: the engine's own words where it has some."""
    try:
        payload = json.loads(body)
    except ValueError:
        payload = None
    error = payload.get("error") if isinstance(payload, dict) else None
    if error is None:
        text = body.decode("utf-8", "replace").strip()[:_LONGEST_TEXT]
        error = text or HTTPStatus(status).phrase
    return build_engine_error(error, status=status)


def build_engine_error(error: object, *, status: int | None = None) -> EngineRequestFailed:
    """From the value of `error`, in an answer or in the middle of a stream."""
    told: dict[str, Any] = error if isinstance(error, dict) else {"message": error}
    message = str(told.get("message") or "no reason given").strip()
    kind = told.get("type")
    details = {
        name: value
        for name, value in (
            ("engine_error_type", kind),
            ("engine_status", told.get("code", status)),
            ("prompt_tokens", told.get("n_prompt_tokens")),
            ("context_size", told.get("n_ctx")),
        )
        if value is not None
    }
    if kind == "exceed_context_size_error":
        return ContextOverflow(f"The conversation is too long for the model: {message}.", **details)
    return EngineRequestFailed(f"The engine could not answer: {message}", **details)
