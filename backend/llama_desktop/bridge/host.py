"""The core thread: the event loop with all services and the HTTP server on a loopback port.

The port is taken first and the rest is imported by the core thread, so that a window can be made
and its page loaded while the core gets ready: what the page asks waits at the door.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
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
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from llama_desktop.services.application import Application

logger = logging.getLogger(__name__)

OpenApplication = Callable[[], AbstractAsyncContextManager["Application"]]
_HOST: Final = "127.0.0.1"
_QUEUE: Final = 128


class Address(msgspec.Struct, frozen=True):
    """Where the app answers; the line that `--headless` prints."""

    url: str
    port: int
    token: str
    pid: int


class Host:
    """Runs the core on a thread of its own, so that the main thread belongs to the window.

    `start` returns at once, `wait_ready` when the app answers; `close` and a signal end it;
    `wait_closed` returns when every service has let go.
    """

    def __init__(self, open_application: OpenApplication, *, page: Path, port: int = 0) -> None:
        self._open_application = open_application
        self._page = page
        self._port = port
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._signals: tuple[socket.socket, socket.socket] | None = None
        self._is_closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._app: Application | None = None
        self._failure: BaseException | None = None
        self.on_closing: Callable[[], None] | None = None
        """Called on the core thread when the end begins; the window closes itself by it."""

    def start(self) -> Address:
        """Take the port and start the core. Who asks it is answered as soon as it is ready.

        Raises:
            OSError: the port is taken.
        """
        listening = _listen(self._port)
        # What a start makes is code and services, which stay: looking for garbage among them takes
        # a tenth of the start.
        gc.disable()
        port = listening.getsockname()[1]
        token = secrets.token_urlsafe(32)
        url = f"http://{_HOST}:{port}/#token={token}"
        address = Address(url=url, port=port, token=token, pid=os.getpid())
        self._thread = threading.Thread(target=self._run, args=(listening, address), name="core")
        self._thread.start()
        return address

    def wait_ready(self) -> None:
        """Until the app answers, or has ended already.

        Raises:
            AppError: what opening the application raised.
        """
        self._ready.wait()
        if self._failure is not None:
            self.wait_closed()
            raise self._failure

    def close(self) -> None:
        """Begin the end. Safe from any thread, at any time, and more than once."""
        self._is_closing = True
        loop, closing = self._loop, self._closing
        if loop is None or closing is None:
            return  # the core looks at the flag when it has got so far
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(closing.set)

    def tell(self, hear: Callable[[Application], None]) -> None:
        """Call `hear` on the core thread. Safe from any thread; nothing happens before the core
        is ready and after its end.
        """
        loop, app = self._loop, self._app
        if loop is not None and app is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(hear, app)

    def wait_closed(self) -> None:
        """Until the core has ended."""
        if self._thread is not None:
            self._thread.join()

    def close_on_signals(self) -> None:
        """End on SIGINT and SIGTERM. Called on the main thread, before `start`.

        Python runs signal handlers on the main thread only, and a window's event loop never
        comes back to Python. The C-level handler, though, writes to this socket at once.
        """
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

        # Kept open for as long as the process lives: a second signal writes as well.
        self._signals = (reader, writer)

    def _run(self, listening: socket.socket, address: Address) -> None:
        try:
            asyncio.run(self._serve(listening, address))
        except BaseException as error:
            if self._ready.is_set():
                logger.exception("the core ended by an error")
            self._failure = error
            if self.on_closing is not None:
                self.on_closing()
        finally:
            self._become_ready()

    def _become_ready(self) -> None:
        if not self._ready.is_set():
            gc.freeze()
            gc.enable()
            self._ready.set()

    async def _serve(self, listening: socket.socket, address: Address) -> None:
        from llama_desktop.bridge.access import Access
        from llama_desktop.bridge.doorway import Doorway
        from llama_desktop.bridge.server import Server

        self._loop = asyncio.get_running_loop()
        self._closing = closing = asyncio.Event()
        if self._is_closing:
            closing.set()
        doorway = Doorway(page=self._page)
        guarded = Access(doorway, token=address.token, port=address.port)
        server = Server(guarded, closing=closing)
        serving = asyncio.create_task(server.serve([listening]), name="serve")
        signals = asyncio.create_task(self._end_on_signal(), name="signals")
        try:
            async with await asyncio.to_thread(self._open_application) as app:
                try:
                    doorway.open(await asyncio.to_thread(_build_api, app))
                    self._app = app
                    self._become_ready()
                    await serving
                finally:
                    if self.on_closing is not None:
                        self.on_closing()
        finally:
            signals.cancel()
            closing.set()
            await serving
            listening.close()

    async def _end_on_signal(self) -> None:
        if self._signals is None:
            return
        await asyncio.get_running_loop().sock_recv(self._signals[0], 1)
        logger.info("ending on a signal")
        self.close()


def _build_api(app: Application) -> ASGIApp:
    from llama_desktop.bridge.http_api import build_http_api

    return build_http_api(app)


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
        listening.listen(_QUEUE)
    except BaseException:
        listening.close()
        raise
    return listening
