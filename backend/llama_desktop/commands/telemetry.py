"""Commands on telemetry."""

from __future__ import annotations

from llama_desktop.domain.metrics import MetricsSample
from llama_desktop.infrastructure.folder import open_folder
from llama_desktop.services.application import Application


async def get_server_metrics(app: Application) -> MetricsSample | None:
    """The latest sample, made on request when nobody listens to `metrics`; null: no server."""
    return await app.telemetry.latest()


async def get_server_report(app: Application) -> str:
    """Versions, engine, config, usage and the log's end as text; no key and no text of a chat."""
    return app.diagnostics.describe()


async def open_log_folder(app: Application) -> None:
    """Show the folder of the logs in the system's file manager."""
    await open_folder(app.info.log_folder)
