"""The core thread: the event loop with all services and the HTTP server on a loopback port."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec
import uvicorn
from starlette.types import ASGIApp

from llama_desktop.bridge.http_api import build_http_api
from llama_desktop.services.application import Application

logger = logging.getLogger(__name__)

OpenApplication = Callable[[], AbstractAsyncContextManager[Application]]
_HOST: Final = "127.0.0.1"
_GRACE_SECONDS: Final = 1


class Address(msgspec.Struct, frozen=True):
    """Where the app answers; the line that `--headless` prints."""

    url: str
    port: int
    token: str
    pid: int


class Host:
    """Runs the core on a thread of its own, so that the main thread belongs to the window.

    `start` returns when the app answers; `close` and a signal end it; `wait_closed` returns when
    every service has let go.
    """

    def __init__(self, open_application: OpenApplication, *, page: Path, port: int = 0) -> None:
        self._open_application = open_application
        self._page = page
        self._port = port
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="core")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._failure: BaseException | None = None
        self._address: Address | None = None
        self.on_closing: Callable[[], None] | None = None
        """Called on the core thread when the end begins; the window closes itself by it."""

    def start(self) -> Address:
        """Start the core; return when it answers.

        Raises:
            OSError: the port is taken.
            AppError: what opening the application raised.
        """
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        assert self._address is not None
        return self._address

    def close(self) -> None:
        """Begin the end. Safe from any thread, and more than once."""
        loop, closing = self._loop, self._closing
        if loop is None or closing is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(closing.set)

    def wait_closed(self) -> None:
        """Until the core has ended."""
        self._thread.join()

    def close_on_signals(self) -> None:
        """End on SIGINT and SIGTERM. Called on the main thread, after `start`.

        Python runs signal handlers on the main thread only, and a window's event loop never
        comes back to Python. The C-level handler, though, writes to this socket at once.
        """
        loop = self._loop
        assert loop is not None
        reader, writer = socket.socketpair()
        for end in (reader, writer):
            end.setblocking(False)
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)

        def hear(_number: int, _frame: FrameType | None) -> None:
            # GTK's bindings put a socket of their own in the place of ours, and then come back
            # to Python.
            with contextlib.suppress(BlockingIOError):
                writer.send(b"!")

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, hear)

        async def wait_for_signal() -> None:
            await loop.sock_recv(reader, 1)
            logger.info("ending on a signal")
            self.close()

        # Kept open for as long as the process lives: a second signal writes as well.
        self._signal_sockets = (reader, writer)
        asyncio.run_coroutine_threadsafe(wait_for_signal(), loop)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._ready.is_set():
                logger.exception("the core ended by an error")
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._closing = asyncio.Event()
        with _listen(self._port) as listening:
            async with self._open_application() as app:
                port = listening.getsockname()[1]
                token = secrets.token_urlsafe(32)
                routes = build_http_api(app, token=token, port=port, page=self._page)
                url = f"http://{_HOST}:{port}/#token={token}"
                self._address = Address(url=url, port=port, token=token, pid=os.getpid())
                server = _Server(routes, ready=self._ready.set, closing=self._closing)
                try:
                    await server.serve([listening])
                finally:
                    if self.on_closing is not None:
                        self.on_closing()


def _listen(port: int) -> socket.socket:
    """A listening socket on loopback.

    The protocol is named because asyncio turns Nagle's algorithm off only where it reads
    IPPROTO_TCP; left at 0, each request waits 48 ms for a delayed acknowledgement.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # On Windows this option would let another program take the port from us.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((_HOST, port))
    except BaseException:
        listening.close()
        raise
    return listening


class _Server(uvicorn.Server):
    """uvicorn that waits for its end instead of looking for it ten times a second."""

    def __init__(self, app: ASGIApp, *, ready: Callable[[], None], closing: asyncio.Event) -> None:
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
        self._ready = ready
        self._closing = closing

    async def main_loop(self) -> None:
        """Between start-up and shutdown."""
        self._ready()
        await self._closing.wait()
