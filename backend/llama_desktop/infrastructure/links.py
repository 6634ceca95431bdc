"""The one gateway by which a link leaves the app."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import webbrowser
from typing import Final
from urllib.parse import urlsplit

from llama_desktop.domain.errors import LinkRefused
from llama_desktop.infrastructure.environment import foreign_environment

ALLOWED_SCHEMES: Final = frozenset({"http", "https", "mailto"})
MAX_LINK_CHARACTERS: Final = 8192


def checked_link(url: str) -> str:
    """Return the link if it may be opened.

    Raises:
        LinkRefused: another scheme than http, https and mailto, no host, or control characters,
            which some openers take for the end of an argument.
    """
    link = url.strip()
    if len(link) > MAX_LINK_CHARACTERS or not link.isprintable() or " " in link or "\\" in link:
        raise LinkRefused("This link is malformed and was not opened.")
    try:
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError as error:
        raise LinkRefused("This link is malformed and was not opened.") from error
    if parts.scheme.lower() not in ALLOWED_SCHEMES:
        raise LinkRefused("Only web and mail links are opened.", scheme=parts.scheme)
    if parts.scheme.lower() != "mailto" and not host:
        raise LinkRefused("This link names no host and was not opened.")
    return link


async def open_link(url: str) -> None:
    """Open an allowed link with the system's own program for it."""
    await asyncio.to_thread(open_link_now, url)


def open_link_now(url: str) -> None:
    """The same for a thread that may block.

    Raises:
        LinkRefused: the link may not be opened, or there is no browser.
    """
    link = checked_link(url)
    if sys.platform == "win32":
        os.startfile(link)  # noqa: S606  (no shell; the scheme was checked)
    elif sys.platform == "darwin":
        subprocess.run(["open", "--", link], check=False, env=foreign_environment())  # noqa: S607
    else:
        _open_on_linux(link)


def _open_on_linux(link: str) -> None:
    try:
        subprocess.Popen(
            ["xdg-open", link],  # noqa: S607  (the desktop decides which one)
            env=foreign_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except FileNotFoundError:
        try:
            webbrowser.get().open(link)
        except webbrowser.Error as error:
            raise LinkRefused(
                "No browser was found on this machine. Copy the link instead."
            ) from error
