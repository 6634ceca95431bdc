"""The door to the app: the page is handed out at once, questions wait until the app is open.

A window needs as long for its page as the app for its services, so that neither waits for the
other.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

_API: Final = "/api/"


class Doorway:
    """The ASGI app behind the guard, see `Access`."""

    def __init__(self, *, page: Path) -> None:
        """`page` is the built page's folder. Made on the loop that serves."""
        self._page = _Page(directory=page, html=True, check_dir=False)
        self._api: asyncio.Future[ASGIApp] = asyncio.get_running_loop().create_future()

    def open(self, api: ASGIApp) -> None:
        """From now on questions are answered, those that wait first."""
        self._api.set_result(api)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" or scope["path"].startswith(_API):
            api = await asyncio.shield(self._api)
            await api(scope, receive, send)
        else:
            await self._page(scope, receive, send)


class _Page(StaticFiles):
    """The page's files. Names with a hash never change; index.html always may."""

    def file_response(self, full_path: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(full_path, *args, **kwargs)
        hashed = Path(full_path).parent.name == "assets"
        response.headers["cache-control"] = (
            "public, max-age=31536000, immutable" if hashed else "no-cache"
        )
        return response
