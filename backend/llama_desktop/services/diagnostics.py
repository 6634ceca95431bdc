"""Gathers the report on the server."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path

from llama_desktop.domain.llama import LogLine, ServerState
from llama_desktop.domain.metrics import MetricsSample
from llama_desktop.domain.settings import AppInfo
from llama_desktop.services.server_report import describe_server


class DiagnosticsService:
    """Reads what others own, when asked."""

    def __init__(
        self,
        info: AppInfo,
        *,
        state: Callable[[], ServerState],
        log: Callable[[], tuple[LogLine, ...]],
        history: Callable[[], tuple[MetricsSample, ...]],
    ) -> None:
        self._info = info
        self._state = state
        self._log = log
        self._history = history

    def describe(self) -> str:
        """The report as it stands now."""
        return describe_server(
            self._info,
            self._state(),
            self._log(),
            self._history(),
            home=Path.home(),
            machine=f"{platform.system()} {platform.release()}, {platform.machine()}",
        )
