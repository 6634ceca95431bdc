"""An empty pywebview window with the toolkit of the app: what the app's own is compared with."""

from __future__ import annotations

import sys

import webview

_PAGE = "<body style='margin:0;background:linear-gradient(90deg,#102030,#e0d0c0)'></body>"

webview.create_window("Empty", html=_PAGE, width=1280, height=832)
webview.start(gui=sys.argv[1])
