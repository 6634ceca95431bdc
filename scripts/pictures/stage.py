"""Where pictures are taken: opens the page of an app in each theme and keeps what it shows."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Browser, Error, Page

WIDE = (1280, 832)
NARROW = (480, 832)
Pose = Callable[[Page], None]
"""Brings a page that was just opened into the state that is wanted."""


class HasPage(Protocol):
    """An app that runs, or what else has a page."""

    @property
    def url(self) -> str:
        """Of its page."""
        ...


class Stage:
    """Takes pictures in one theme, and knows which were taken."""

    def __init__(
        self,
        browser: Browser,
        folder: Path,
        pictures: Path,
        theme: str,
        names: set[str],
    ) -> None:
        """`folder` is for the apps' files, one for each theme; `names` are the pictures to take,
        empty is all.
        """
        self.browser = browser
        self.folder = folder
        self.taken: list[tuple[str, int]] = []
        """The names of pictures with the width that they are seen at."""
        self._pictures = pictures
        self._theme = theme
        self._names = names

    def wants(self, *names: str) -> bool:
        """One of these is to be taken."""
        return not self._names or any(name in self._names for name in names)

    def take(
        self,
        name: str,
        app: HasPage,
        pose: Pose,
        *,
        size: tuple[int, int] = WIDE,
        scale: float = 2,
    ) -> None:
        """Open the app's page, bring it into its pose and keep what it shows.

        A pose that cannot be reached costs its own picture only.
        """
        if not self.wants(name):
            return
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=scale,
            color_scheme="dark" if self._theme == "dark" else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.goto(app.url)
        put_mouse_away(page)
        try:
            pose(page)
        except Error as error:
            page.screenshot(path=self._pictures / f"{name}-{self._theme}-failed.png")
            print(f"{name}-{self._theme}: {error}", file=sys.stderr)
            context.close()
            return
        time.sleep(0.4)  # what fades in has no event of its own
        page.screenshot(path=self._pictures / f"{name}-{self._theme}.png")
        context.close()
        self.taken.append((f"{name}-{self._theme}", size[0]))


def put_mouse_away(page: Page) -> None:
    """To where nothing answers to it."""
    size = page.viewport_size or {"width": 0, "height": 0}
    page.mouse.move(size["width"] - 2, size["height"] / 2)
