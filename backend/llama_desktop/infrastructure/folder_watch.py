"""Waits for changes of model files below folders."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from watchfiles import Change

logger = logging.getLogger(__name__)

_SETTLED_MS: Final = 400
"""So long it is quiet before a change is told: files are copied piece by piece."""


async def watch_folders(folders: Sequence[Path], stop: asyncio.Event) -> AsyncGenerator[None]:
    """Give one None for each bundle of changes, until `stop` is set.

    Folders that are not there are left out. Where the system cannot watch, nothing is given and
    the reason is logged.
    """
    there = [folder for folder in folders if folder.is_dir()]
    if not there:
        return
    from watchfiles import awatch  # after the start, which does not wait for it

    try:
        async for _ in awatch(
            *there,
            watch_filter=_matters,
            step=_SETTLED_MS,
            stop_event=stop,
            ignore_permission_denied=True,
        ):
            yield None
    except (OSError, RuntimeError) as error:  # too many folders for the system, or one has gone
        logger.warning("changes of model files are not noticed: %s", error)


def _matters(_: Change, path: str) -> bool:
    """A model, or something that may have been a folder with models; no download under way."""
    suffix = Path(path).suffix.lower()
    return suffix in ("", ".gguf")
