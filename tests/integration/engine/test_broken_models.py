"""Damaged files against the real engine: each a clear failure, never a hang, never an orphan."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llama_desktop.domain.errors import AppError, ModelUnusable, ServerStartFailed
from llama_desktop.domain.llama import FailureCause, ServerConfig, ServerFailure

HARMLESS = {"tensor-count-minus-1.gguf"}
"""llama.cpp loads it: one tensor fewer looks to it like tied weights."""


async def test_every_damaged_file_is_refused_with_a_sentence(
    make_launcher: Callable[..., Any], broken_models: Path
) -> None:
    launcher = make_launcher()
    files = _damaged_files(broken_models)
    assert len(files) > 10
    wrong: list[str] = []
    for path in files:
        error = await _refusal(launcher, path)
        if isinstance(error, ModelUnusable):
            continue
        failure = error.details.get("failure") if isinstance(error, ServerStartFailed) else None
        if not isinstance(failure, ServerFailure) or failure.cause not in (
            FailureCause.BAD_MODEL,
            FailureCause.CRASHED,
        ):
            wrong.append(f"{path.name}: {error!r} {failure}")
    assert wrong == []


def _damaged_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.gguf") if path.name not in HARMLESS)


async def _refusal(launcher: Any, path: Path) -> AppError | None:
    try:
        async with asyncio.timeout(30):
            server = await launcher.launch(ServerConfig(model_path=path), lambda _: None)
    except AppError as error:
        return error
    await server.stop()
    return None
