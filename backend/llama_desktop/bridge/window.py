"""The native window, its dialogs, and what closing it means. The only importer of pywebview.

pywebview is given a URL of our own server and nothing else: no `js_api`, which resolves dotted
names by bare `getattr` and so hands any script in the page the whole process. The traps that are
closed here were each reproduced with pywebview 6.2.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from llama_desktop.bridge import qt_window
from llama_desktop.domain.errors import LinkRefused, NoWindow
from llama_desktop.domain.settings import WindowGeometry
from llama_desktop.infrastructure.links import open_link, open_link_now
from llama_desktop.infrastructure.saved_file import save_text
from llama_desktop.services.file_names import make_file_name

logger = logging.getLogger(__name__)

TITLE: Final = "Llama Desktop"
MIN_SIZE: Final = (480, 560)
DEFAULT_GEOMETRY: Final = WindowGeometry(width=1280, height=832)
_TOOLKITS: Final = {"linux": ("qt", "gtk"), "darwin": ("cocoa",), "win32": ("winforms",)}
"""pywebview's modules by platform, the preferred one first."""
_LAST_WORDS_SECONDS: Final = 1.0
"""A page that hangs keeps the window for no longer."""


class WindowUnavailable(Exception):
    """No window can be opened here; the message says why."""


class NativeWindow:
    """A `Desktop` with a real window.

    Made before the core starts, because commands need it; `show` is called on the main thread and
    returns when the window is closed.
    """

    has_window = True

    def __init__(self, *, icon: Path) -> None:
        self._icon = icon
        self._window: Any = None
        self._dialog = threading.Lock()
        self._size: tuple[int, int] | None = None
        self._position: tuple[int, int] | None = None
        self._maximized = False
        self._closed = False
        self.on_leaving: Callable[[], None] | None = None
        """Called on the window's thread when the person closes it, which then waits for `close`."""

    def load_toolkit(self) -> None:
        """Import all that `show` needs. What is missing is told there.

        Before the core starts, whose thread imports as well: where two threads import packages that
        import each other, Python hands one of them half a module rather than lock up.
        """
        prepare_environment()
        sever_bridge()
        for name in _TOOLKITS.get(sys.platform, ()):
            with contextlib.suppress(ImportError, ValueError):  # the latter: gi has no such version
                importlib.import_module(f"webview.platforms.{name}")
                return

    def show(self, url: str, geometry: WindowGeometry) -> None:
        """Open the window on a page of ours and run its event loop.

        Raises:
            WindowUnavailable: no display, or no toolkit; nothing was opened.
        """
        check_display()
        import webview

        toolkit = _toolkit(url)
        self._maximized = geometry.maximized
        window = webview.create_window(
            TITLE,
            url,
            width=geometry.width,
            height=geometry.height,
            x=geometry.x,
            y=geometry.y,
            maximized=geometry.maximized,
            min_size=MIN_SIZE,
            text_select=True,
        )
        self._watch(window, is_qt=toolkit == "qt")
        self._window = window
        if self._closed:
            return
        try:
            webview.start(gui=toolkit, icon=str(self._icon))
        except webview.errors.WebViewException as error:
            raise WindowUnavailable(str(error)) from error
        finally:
            self._window = None
        if webview.renderer == "mshtml":
            raise WindowUnavailable(
                "The WebView2 runtime is missing or too old. Install “Microsoft Edge WebView2 "
                "Runtime” from Microsoft, then start Llama Desktop again."
            )

    def close(self) -> None:
        """Close the window. Safe from any thread but the window's own, and more than once."""
        self._closed = True
        window = self._window
        if window is not None:
            window.destroy()

    def geometry(self) -> WindowGeometry | None:
        """Size and place as last seen; None: the window never told."""
        if self._size is None:
            return None
        width, height = self._size
        x, y = self._position or (None, None)
        return WindowGeometry(width=width, height=height, x=x, y=y, maximized=self._maximized)

    async def open_link(self, url: str) -> None:
        """Open an allowed link in the system's browser."""
        await open_link(url)

    async def pick_folder(self) -> Path | None:
        """Ask for a folder by the native dialog."""
        import webview

        chosen = await self._ask(webview.FileDialog.FOLDER)
        return chosen[0] if chosen else None

    async def pick_file(self) -> Path | None:
        """Ask for a file by the native dialog."""
        import webview

        chosen = await self._ask(webview.FileDialog.OPEN)
        return chosen[0] if chosen else None

    async def pick_files(self) -> tuple[Path, ...]:
        """Ask for any number of files by the native dialog."""
        import webview

        # Without a filter: `*.*` would hide a README or a Makefile.
        return await self._ask(webview.FileDialog.OPEN, allow_multiple=True)

    async def take_dropped(self) -> tuple[Path, ...]:
        """What was dropped on the window since this was asked last."""
        from webview.dom import _dnd_state

        self._require()
        dropped = list(_dnd_state["paths"])
        _dnd_state["paths"].clear()
        return await asyncio.to_thread(_find_dropped, [str(path) for _, path in dropped])

    async def save_file(self, name: str, text: str) -> Path | None:
        """Ask where by the native dialog, and write a text there."""
        import webview

        suggested = make_file_name(PurePath(name).stem, PurePath(name).suffix)
        chosen = await self._ask(webview.FileDialog.SAVE, save_filename=suggested)
        if not chosen:
            return None
        await asyncio.to_thread(save_text, chosen[0], text)
        return chosen[0]

    async def show_window(self) -> None:
        """Bring the window to the front."""
        window = self._require()

        def to_front() -> None:
            window.restore()
            window.show()

        await asyncio.to_thread(to_front)

    async def close_window(self) -> None:
        """Close the window now."""
        self._require()
        await asyncio.to_thread(self.close)

    async def _ask(
        self, kind: Any, *, allow_multiple: bool = False, save_filename: str = ""
    ) -> tuple[Path, ...]:
        """Run one dialog at a time: pywebview keeps one result for all of them."""
        window = self._require()

        def ask() -> tuple[Path, ...]:
            with self._dialog:
                chosen = window.create_file_dialog(
                    kind,
                    directory=str(Path.home()),
                    allow_multiple=allow_multiple,
                    save_filename=save_filename,
                )
            if isinstance(chosen, str):  # some toolkits answer a Save dialog so
                chosen = (chosen,)
            return tuple(Path(path) for path in chosen or ())

        return await asyncio.to_thread(ask)

    def _require(self) -> Any:
        if self._window is None:
            raise NoWindow("The window is closed.")
        return self._window

    def _watch(self, window: Any, *, is_qt: bool) -> None:
        """Remember size and place from events; asking inside `closing` would deadlock."""

        def resized(width: int, height: int) -> None:
            if not self._maximized:
                self._size = (int(width), int(height))

        def moved(x: int, y: int) -> None:
            if not self._maximized:
                self._position = (int(x), int(y))

        def maximized() -> None:
            self._maximized = True

        def restored() -> None:
            self._maximized = False

        def closing() -> bool:
            """Whether it may go. At first not: the page keeps what was written a moment ago."""
            if self._closed or self.on_leaving is None:
                return True
            on_leaving, self.on_leaving = self.on_leaving, None
            last = threading.Timer(_LAST_WORDS_SECONDS, self.close)
            last.daemon = True
            last.start()
            on_leaving()
            return False

        window.events.resized += resized
        window.events.moved += moved
        window.events.maximized += maximized
        window.events.restored += restored
        window.events.closing += closing
        hear_drops()
        if is_qt:
            window.events.before_show += lambda: qt_window.adjust(window)


def sever_bridge() -> None:
    """Take away what pywebview gives a page. Before a toolkit's module is imported.

    Every toolkit hands messages of page script to `js_bridge_call`, which looks names up by bare
    `getattr`; and every one opens links by `webbrowser.open`, whatever their scheme.
    """
    import webview.util

    def refuse(_window: Any, name: str, _argument: Any, _value_id: str) -> None:
        logger.warning("page script called the window's bridge: %.100r", name)

    def open_checked(url: str, new: int = 0, autoraise: bool = True) -> bool:
        del new, autoraise
        try:
            open_link_now(url)
        except LinkRefused as error:
            logger.warning("a link was not opened: %s", error.message)
            return False
        return True

    webview.util.js_bridge_call = refuse
    webbrowser.open = open_checked
    webview.settings["ALLOW_DOWNLOADS"] = False
    webview.settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = True


def hear_drops() -> None:
    """Have the toolkits note the paths of dropped files.

    They do while somebody listens for drops through pywebview's DOM, which would take
    `evaluate_js`; the page itself gets the drop, and asks for the paths.
    """
    from webview.dom import _dnd_state

    _dnd_state["num_listeners"] = 1


def _find_dropped(texts: list[str]) -> tuple[Path, ...]:
    """The paths that exist: some toolkits note them as they stand in an address."""
    found: dict[Path, None] = {}
    for text in texts:
        for path in (Path(text), Path(unquote(text))):
            if path.exists():
                found[path] = None
                break
    return tuple(found)


def _toolkit(url: str) -> str | None:
    """Qt first on Linux, where it is installed; elsewhere the system's own."""
    if not sys.platform.startswith("linux"):
        return None
    parts = urlsplit(url)
    try:
        qt_window.prepare(f"{parts.scheme}://{parts.netloc}")
    except ImportError as error:
        logger.info("no Qt window: %s", error)
        return "gtk"
    return "qt"


def check_display() -> None:
    """Say so where there is no screen: Qt would abort the process, and nothing could catch it."""
    if not sys.platform.startswith("linux"):
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise WindowUnavailable("There is no display (DISPLAY and WAYLAND_DISPLAY are not set).")


def prepare_environment() -> None:
    """Settings that the toolkits read from the environment, before they are imported."""
    if not sys.platform.startswith("linux"):
        return
    if os.geteuid() == 0:
        # Chromium refuses to run its sandbox as root and ends the process.
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    if Path("/proc/driver/nvidia").exists():
        # WebKitGTK shows a blank window on NVIDIA's own driver otherwise.
        os.environ.setdefault("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
