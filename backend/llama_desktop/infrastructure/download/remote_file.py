"""One range of a remote file: asked for, and every header of the answer held against the plan."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from time import time
from typing import Final

import httpx
from msgspec import Struct

from llama_desktop.domain.errors import DownloadRefused
from llama_desktop.infrastructure.net.reach import Reach
from llama_desktop.infrastructure.net.web import Answer, Web, describe

_CONTENT_RANGE: Final = re.compile(r"bytes (\d{1,16})-(\d{1,16})/(\d{1,16})")
_GONE: Final = frozenset({401, 403, 404, 410})
_AGAIN: Final = frozenset({408, 423, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 524})
_MAX_IDENTITY: Final = 200


class TryLater(Exception):
    """The server does not give it now; `seconds` is what it asked to wait."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.seconds = seconds


class ContentChanged(Exception):
    """The server has another content under the address than before."""


class RangeAnswer(Struct, frozen=True):
    """The body of an answer, and what it is."""

    answer: Answer
    start: int
    """Where in the file its body begins: 0 when the server gives the whole only."""
    is_ranged: bool
    identity: str | None


class RemoteFile:
    """Asks for ranges of one file. Remembers where the last redirect led, while that works."""

    def __init__(
        self,
        web: Web,
        url: httpx.URL,
        reach: Reach,
        *,
        size_bytes: int,
        require_file: Callable[[int], None],
    ) -> None:
        """`require_file` makes an error of a status that will not change by trying again."""
        self._web = web
        self._url = url
        self._reach = reach
        self._size_bytes = size_bytes
        self._require_file = require_file
        self._direct: httpx.URL | None = None
        self._linked: str | None = None

    @property
    def host(self) -> str:
        """Who is asked."""
        return self._url.host

    @asynccontextmanager
    async def open(self, start: int, end: int) -> AsyncIterator[RangeAnswer]:
        """Ask for the bytes from `start` to before `end`.

        Raises:
            TryLater: it may work in a while.
            ContentChanged: the file has another size now.
            DownloadRefused, AddressRefused: it will never work.
            httpx.TransportError: the connection failed.
        """
        headers = {"range": f"bytes={start}-{end - 1}"}
        direct = self._direct
        async with self._web.open(direct or self._url, self._reach, headers) as answer:
            if direct is not None and answer.status in _GONE:
                # Addresses of stores are signed for a while only: ask for a fresh one.
                self._direct = None
                raise TryLater("The address of the file has run out.", 0.0)
            self._require_usable(answer)
            self._linked = _name(answer.passed.get("x-linked-etag")) or self._linked
            if answer.url != self._url:
                self._direct = answer.url
            yield self._look_at(answer, start, end)

    def _look_at(self, answer: Answer, start: int, end: int) -> RangeAnswer:
        identity = self._linked or _name(answer.header("etag")) or answer.header("last-modified")
        length = answer.header("content-length")
        if answer.status == 206:
            match = _CONTENT_RANGE.fullmatch(answer.header("content-range") or "")
            if match is None:
                raise DownloadRefused(f"{self.host} does not say which part of the file it sends.")
            first, last, whole = (int(group) for group in match.groups())
            if whole != self._size_bytes:
                raise ContentChanged
            if first != start or last >= end:
                raise DownloadRefused(f"{self.host} sends another part of the file than asked for.")
            if length not in (None, str(last - first + 1)):
                raise TryLater(f"{self.host} contradicts itself about how much it sends.")
            return RangeAnswer(answer, start, is_ranged=True, identity=identity)
        if length is not None and length != str(self._size_bytes):
            raise ContentChanged
        return RangeAnswer(answer, 0, is_ranged=False, identity=identity)

    def _require_usable(self, answer: Answer) -> None:
        if answer.status in _AGAIN:
            raise TryLater(
                f"{self.host} is busy (error {answer.status}).", read_retry_after(answer)
            )
        if answer.status == 416:
            raise ContentChanged
        self._require_file(answer.status)
        if answer.status not in (200, 206):
            raise DownloadRefused(f"{self.host} answers with status {answer.status}, not a file.")
        if answer.is_packed:
            raise DownloadRefused(
                f"{self.host} sends the file packed, which cannot be gone on with."
            )


def read_retry_after(answer: Answer) -> float | None:
    """Seconds that a server asks to wait: a number, or a date."""
    text = (answer.header("retry-after") or "").strip()
    if re.fullmatch(r"\d{1,6}", text):
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - time(), 0.0)
    except (TypeError, ValueError, OverflowError):
        return None


def _name(etag: str | None) -> str | None:
    """A strong entity tag; a weak one does not say that the bytes are the same."""
    if not etag or etag.startswith("W/"):
        return None
    return etag.strip('"')[:_MAX_IDENTITY] or None


async def find_size(
    web: Web, url: httpx.URL, reach: Reach, *, require_file: Callable[[int], None]
) -> int:
    """How large the file at an address is.

    Raises:
        DownloadRefused: the server does not say, or there is no file.
        AddressRefused: it leads to a server that is not asked.
        Offline, HubUnreachable: the connection failed.
    """
    try:
        async with web.open(url, reach, {"range": "bytes=0-3"}) as answer:
            require_file(answer.status)
            match = _CONTENT_RANGE.fullmatch(answer.header("content-range") or "")
            length = answer.header("content-length") or ""
            if answer.status == 206 and match is not None:
                return int(match[3])
            if answer.status == 200 and re.fullmatch(r"[1-9]\d{0,15}", length):
                return int(length)
    except httpx.TransportError as error:
        raise describe(error, url.host) from error
    raise DownloadRefused(f"{url.host} does not say how large the file is, so it is not fetched.")
