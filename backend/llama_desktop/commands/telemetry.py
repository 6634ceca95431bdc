"""Commands on telemetry."""

from __future__ import annotations

from llama_desktop.domain.metrics import MetricsSample
from llama_desktop.services.application import Application


async def get_server_metrics(app: Application) -> MetricsSample | None:
    """The latest sample; null while no server runs or nobody listens to `metrics`."""
    return app.telemetry.latest()
