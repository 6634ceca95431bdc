"""Damaged and absurd files against the real engine: each named rightly, without an orphan."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from llama_desktop.domain.chat import SamplingParameters
from llama_desktop.domain.errors import AppError, ModelUnusable
from llama_desktop.domain.failure import FailureCause, ServerFailure
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.infrastructure.llama.client import ChatMessage, ChatRequest
from llama_desktop.infrastructure.llama.process import LaunchFailed, LaunchProgress
from llama_desktop.services.llama.diagnostician import explain_plainly
from llama_desktop.services.llama.failure import describe_failed_launch, describe_silence

MakeLauncher = Callable[..., Any]
HI = ChatRequest((ChatMessage("user", "hi"),), SamplingParameters())
C = FailureCause

DAMAGE = {
    "wrong-magic": C.NOT_A_MODEL,
    "web-page": C.NOT_A_MODEL,
    "three-bytes": C.NOT_A_MODEL,
    "zero-length": C.MODEL_EMPTY,
    "version-0": C.MODEL_VERSION,
    "version-1": C.MODEL_VERSION,
    "version-99": C.MODEL_VERSION,
    "big-endian": C.MODEL_VERSION,
    "truncated-half": C.MODEL_CUT_OFF,
    "truncated-last-byte": C.MODEL_CUT_OFF,
    "unknown-architecture": C.MODEL_ARCHITECTURE,
}
"""What each file of `models.broken` is; all others are damaged."""

ABSURD = {
    "no-layers": C.GAVE_UP,
    "too-many-layers": C.GAVE_UP,
    "a-layer-more": C.MODEL_DAMAGED,
    "no-context": C.CRASHED_AT_CHAT,
    "no-heads": C.MODEL_DAMAGED,
    "odd-rotation": C.MODEL_DAMAGED,
    "martian": C.MODEL_ARCHITECTURE,
    "unknown-tokenizer": C.MODEL_ARCHITECTURE,
    "template-with-mistake": C.TEMPLATE_BROKEN,
    "template-without-end": C.HANGS,
}


async def test_every_damaged_file_is_named_rightly(
    make_launcher: MakeLauncher, broken_models: Path
) -> None:
    launcher = make_launcher()
    files = _files(broken_models)
    assert len(files) > 10
    wrong = {}
    for path in files:
        failure = await _fail(launcher, path)
        wanted = DAMAGE.get(path.stem, C.MODEL_DAMAGED)
        if failure is None or failure.cause is not wanted:
            wrong[path.stem] = (wanted, failure)
    assert wrong == {}


async def test_every_absurd_model_is_named_rightly(
    make_launcher: MakeLauncher, absurd_models: Path
) -> None:
    launcher = make_launcher(silence_seconds=1.0)
    found = {}
    for name in ABSURD:
        failure = await _fail(launcher, absurd_models / f"{name}.gguf")
        found[name] = None if failure is None else failure.cause
    assert found == ABSURD


async def test_a_missing_part_is_named(
    make_launcher: MakeLauncher, split_model: Path, tmp_path: Path
) -> None:
    for number in (1, 3):
        part = split_model.with_name(f"tiny-split-0000{number}-of-00003.gguf")
        (tmp_path / part.name).symlink_to(part)
    failure = await _fail(make_launcher(), tmp_path / split_model.name)
    assert failure is not None
    assert failure.cause is C.MODEL_PART_MISSING


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.gguf"))


async def _fail(launcher: Any, path: Path) -> ServerFailure | None:
    """Load it, and ask it something where it loads; how it failed."""
    config = ServerConfig(model_path=path, context_size=1024)
    silent: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def on_progress(progress: LaunchProgress) -> None:
        if progress.silent_seconds is not None and not silent.done():
            silent.set_result(progress.silent_seconds)

    launch = asyncio.create_task(launcher.launch(config, on_progress))
    await asyncio.wait({launch, silent}, return_when=asyncio.FIRST_COMPLETED)
    if not launch.done():
        launch.cancel()
        with pytest.raises(asyncio.CancelledError):
            await launch
        return describe_silence(config, silent.result())
    try:
        server = launch.result()
    except LaunchFailed as failed:
        return await explain_plainly(failed.ending, config)
    except ModelUnusable as error:
        return describe_failed_launch(error, config)
    with suppress(AppError):
        async for _ in server.client.stream_chat(HI):
            await server.stop()
            return None
    return await explain_plainly(await server.wait(), config)
