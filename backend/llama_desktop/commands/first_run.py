"""The command behind the first page."""

from __future__ import annotations

from llama_desktop.domain.first_run import FirstRun
from llama_desktop.services.application import Application


async def get_first_run(app: Application) -> FirstRun:
    """What this machine has, whether its engine is ready, and which models suit it."""
    return await app.first_run.look()
