"""Shows the app: in the native window; else in a browser in app mode; else by its address."""

from __future__ import annotations

import logging
import sys

from llama_desktop.bridge.browser import find_browser, show_in_browser
from llama_desktop.bridge.host import Address, Host
from llama_desktop.bridge.window import (
    DEFAULT_GEOMETRY,
    NativeWindow,
    WindowUnavailable,
    check_display,
)
from llama_desktop.domain.errors import AppError, LinkRefused
from llama_desktop.infrastructure.links import open_link_now
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.window_repository import WindowRepository

logger = logging.getLogger(__name__)


def show_window(window: NativeWindow, host: Host, address: Address, paths: AppPaths) -> None:
    """Returns when the window, or what stands in for it, was closed. On the main thread."""
    repository = WindowRepository(paths.window_file)
    geometry = repository.load() or DEFAULT_GEOMETRY
    try:
        window.show(address.url, geometry)
    except WindowUnavailable as error:
        sys.stderr.write(f"No window can be opened: {error}\n")
        _without_toolkit(host, address, paths)
        return
    last = window.geometry()
    if last is not None:
        try:
            repository.save(last)
        except AppError as error:
            logger.warning("the window's place was not kept: %s", error.message)


def _without_toolkit(host: Host, address: Address, paths: AppPaths) -> None:
    try:
        check_display()
    except WindowUnavailable:
        sys.stderr.write(f"Open {address.url} in a browser.\nEnd Llama Desktop with Ctrl C.\n")
        host.wait_closed()
        return
    browser = find_browser()
    if browser is None:
        show_tab(address)
        host.wait_closed()
        return
    process = show_in_browser(
        browser, address.url, profile=paths.data / "browser", geometry=DEFAULT_GEOMETRY
    )
    host.on_closing = process.terminate
    process.wait()


def show_tab(address: Address) -> None:
    """In the default browser; the address is written too, for a person at a terminal."""
    try:
        open_link_now(address.url)
    except LinkRefused as error:
        sys.stderr.write(f"{error.message}\n")
    sys.stderr.write(f"Llama Desktop runs at {address.url}\nEnd it with Ctrl C.\n")
