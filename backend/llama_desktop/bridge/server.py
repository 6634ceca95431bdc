"""uvicorn as the core uses it."""

from __future__ import annotations

import asyncio
from typing import Final

import uvicorn
from starlette.types import ASGIApp

_GRACE_SECONDS: Final = 1


class Server(uvicorn.Server):
    """uvicorn that waits for its end instead of looking for it ten times a second."""

    def __init__(self, app: ASGIApp, *, closing: asyncio.Event) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        # Now, and not when it serves: by then another thread imports the app.
        self.config.load()
        self._closing = closing

    async def main_loop(self) -> None:
        """Between start-up and shutdown."""
        await self._closing.wait()
