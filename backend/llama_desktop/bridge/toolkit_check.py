"""Looks whether a window can be opened, without opening one."""

from __future__ import annotations

import sys
from importlib import util

from llama_desktop.bridge.browser import find_browser
from llama_desktop.bridge.window import WindowUnavailable, check_display
from llama_desktop.domain.doctor import DoctorGroup, DoctorLine, Finding


def check_toolkit() -> DoctorLine:
    """Blocks for a moment: it looks for packages and programs."""
    try:
        check_display()
    except WindowUnavailable as error:
        return _line(
            Finding.WARN,
            f"{error} The address is printed instead.",
            "Start it in a desktop session, or open the printed address in a browser.",
        )
    if sys.platform == "darwin":
        return _line(Finding.OK, "The system's own web view.")
    if sys.platform == "win32":
        return _line(Finding.OK, "WebView2, where it is installed; else a browser.")
    if util.find_spec("PySide6") is not None:
        return _line(Finding.OK, "Qt with Chromium.")
    if util.find_spec("gi") is not None:
        return _line(Finding.OK, "GTK with WebKit.")
    browser = find_browser()
    if browser is not None:
        return _line(Finding.OK, f"No toolkit is installed; {browser} is used in app mode.")
    return _line(
        Finding.WARN,
        "Neither a window toolkit nor a browser that knows app mode was found.",
        "Install PySide6 or Chromium, or use llama-desktop --tab.",
    )


def _line(finding: Finding, detail: str, cure: str | None = None) -> DoctorLine:
    return DoctorLine(
        group=DoctorGroup.WINDOW, finding=finding, title="Window", detail=detail, cure=cure
    )
