"""Qt's part of the window: which pages it may show, what it may ask for, and the clipboard."""

from __future__ import annotations

import webbrowser
from typing import Any, Final

_NAME: Final = "llama-desktop"
_LIGHT_WINDOW: Final = "#f4f2f0"  # --bg-window of the page's tokens
_DARK_WINDOW: Final = "#131210"


def prepare(origin: str) -> None:
    """Bend pywebview's Qt classes before a window is made of them.

    `origin` is the only place that the window itself may show.

    Raises:
        ImportError: Qt or its web engine is not installed.
    """
    from qtpy.QtCore import QUrl
    from qtpy.QtWebEngineCore import QWebEnginePage
    from qtpy.QtWidgets import QApplication
    from webview.platforms.qt import BrowserView

    # The desktop groups and names windows by this, which else is our script's file name.
    app = QApplication.instance() or QApplication([_NAME])
    app.setApplicationName(_NAME)
    app.setDesktopFileName(_NAME)
    home = QUrl(origin)

    def accept_navigation(_page: Any, url: Any, _kind: Any, is_main_frame: bool) -> bool:
        """Stay at home; a link that slipped past the page's own handler opens outside."""
        if _is_at(url, home):
            return True
        if is_main_frame:
            webbrowser.open(url.toString())
        return False

    def refuse_permission(page: Any, url: Any, feature: Any) -> None:
        """Refuse camera, microphone and place. pywebview's own answer raises a TypeError."""
        policy = QWebEnginePage.PermissionPolicy.PermissionDeniedByUser
        page.setFeaturePermission(url, feature, policy)

    BrowserView.WebPage.acceptNavigationRequest = accept_navigation
    BrowserView.WebPage.onFeaturePermissionRequested = refuse_permission
    # The page gets no object of ours: see `window.sever_bridge`.
    BrowserView._set_js_api = lambda _view: None


def adjust(window: Any) -> None:
    """Mend the window before it is shown. Called on the GUI thread."""
    from qtpy.QtCore import Qt
    from qtpy.QtGui import QColor, QGuiApplication
    from qtpy.QtWebEngineCore import QWebEngineSettings

    page = window.native.webview.page()
    page.setWebChannel(None)
    # Off by default, and then neither a Copy button nor Ctrl C by script works.
    page.settings().setAttribute(QWebEngineSettings.WebAttribute.JavascriptCanAccessClipboard, True)
    # Until the page has painted, the window shows the page's own background: no flash.
    is_dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    page.setBackgroundColor(QColor(_DARK_WINDOW if is_dark else _LIGHT_WINDOW))


def _is_at(url: Any, home: Any) -> bool:
    return bool(
        url.scheme() == home.scheme() and url.host() == home.host() and url.port() == home.port()
    )
