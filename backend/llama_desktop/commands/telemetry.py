"""Commands on telemetry."""

from __future__ import annotations

from llama_desktop.domain.metrics import MetricsSample
from llama_desktop.services.application import Application


async def get_server_metrics(app: Application) -> MetricsSample | None:
    """The latest sample, made on request when nobody listens to `metrics`; null: no server."""
    return await app.telemetry.latest()
