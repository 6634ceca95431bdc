"""Asks servers for files and small answers: by allowed addresses only, bounded, never unpacked."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Final, Self

import httpx

from llama_desktop.domain.errors import HubUnreachable, Offline
from llama_desktop.infrastructure.net.reach import Origin, Reach, origin_of
from llama_desktop.infrastructure.net.transport import GuardedTransport, Resolve

logger = logging.getLogger(__name__)

MAX_ANSWER_BYTES: Final = 16_000_000
_MAX_REDIRECTS: Final = 6
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
# Nothing is ever unpacked, so no answer can grow beyond what was read.
_HEADERS: Final = {"user-agent": "llama-desktop", "accept-encoding": "identity"}

Token = Callable[[], Awaitable[str | None]]


class Answer:
    """An answer whose body has not been read."""

    def __init__(self, response: httpx.Response, passed: Mapping[str, str]) -> None:
        self._response = response
        self.status: Final = response.status_code
        self.url: Final = response.url
        self.passed: Final = passed
        """`x-…` headers of ours or of the redirects on the way; the first one that said it."""

    def header(self, name: str) -> str | None:
        """A header of the last answer."""
        value = self._response.headers.get(name)
        return value if value is None else str(value)

    @property
    def is_packed(self) -> bool:
        """Whether the server packed the body although it was asked not to."""
        return self.header("content-encoding") not in (None, "", "identity")

    def body(self) -> AsyncIterator[bytes]:
        """The raw bytes as they come. Errors are httpx's."""
        return self._response.aiter_raw()


class Web:
    """One client for everything that is fetched; opens nothing before it is asked."""

    def __init__(
        self,
        *,
        endpoint: httpx.URL,
        token: Token,
        timeout: httpx.Timeout | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        """`token` is sent to the endpoint's own origin and to nobody else."""
        self._trusted: Final[Origin] = origin_of(endpoint)
        self._token = token
        self._client: httpx.AsyncClient | None = None
        self._timeout = timeout or httpx.Timeout(30.0, connect=15.0)
        self._resolve = resolve

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._client is not None:
            await self._client.aclose()

    @asynccontextmanager
    async def open(
        self, url: httpx.URL, reach: Reach, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Answer]:
        """GET an address, following allowed redirects. The body is closed at the end.

        Raises:
            AddressRefused: it, or what it leads to, is not asked.
            httpx.TransportError: the connection failed.
            HubUnreachable: it leads on and on.
        """
        passed: dict[str, str] = {}
        for _ in range(_MAX_REDIRECTS):
            reach.check(url)
            request = self._open_client().build_request(
                "GET", url, headers={**(headers or {}), **await self._authorization(url)}
            )
            response = await self._open_client().send(request, stream=True)
            try:
                for name, value in response.headers.items():
                    if name.startswith("x-"):
                        passed.setdefault(name, value)
                location = response.headers.get("location")
                if response.status_code not in _REDIRECTS or location is None:
                    yield Answer(response, passed)
                    return
                url = _join(url, location)
            finally:
                await response.aclose()
        raise HubUnreachable(f"{url.host} leads on and on, and never to a file.")

    async def read(
        self, url: httpx.URL, reach: Reach, *, limit: int = MAX_ANSWER_BYTES
    ) -> tuple[Answer, bytes]:
        """GET an address with its whole body of at most `limit` bytes.

        Raises:
            AddressRefused: it, or what it leads to, is not asked.
            Offline: there is no connection.
            HubUnreachable: the answer is too long, packed, or broken off.
        """
        try:
            async with self.open(url, reach) as answer:
                if answer.is_packed:
                    raise HubUnreachable(f"{url.host} answers in a form that it was not asked for.")
                parts = bytearray()
                async with aclosing(answer.body()) as body:  # type: ignore[type-var]
                    async for part in body:
                        parts += part
                        if len(parts) > limit:
                            raise HubUnreachable(f"{url.host} sends more than anybody can read.")
                return answer, bytes(parts)
        except httpx.TransportError as error:
            raise describe(error, url.host) from error

    async def read_range(
        self,
        url: httpx.URL,
        reach: Reach,
        start: int,
        end: int,
        *,
        require: Callable[[int], None],
    ) -> bytes:
        """The bytes of a file from `start` to before `end`, or fewer where it is shorter.

        `require` makes an error of a status that is none of a file.

        Raises:
            AddressRefused: it, or what it leads to, is not asked.
            Offline: there is no connection.
            HubUnreachable: the server does not give this part, or the answer breaks off.
        """
        found = bytearray()
        try:
            async with self.open(url, reach, {"range": f"bytes={start}-{end - 1}"}) as answer:
                require(answer.status)
                if answer.is_packed or not (answer.status == 206 or start == 0):
                    raise HubUnreachable(f"{url.host} does not give parts of its files.")
                async with aclosing(answer.body()) as body:  # type: ignore[type-var]
                    async for part in body:
                        found += part[: end - start - len(found)]
                        if len(found) >= end - start:
                            break
        except httpx.TransportError as error:
            raise describe(error, url.host) from error
        return bytes(found)

    async def _authorization(self, url: httpx.URL) -> dict[str, str]:
        if origin_of(url) != self._trusted:
            return {}
        token = await self._token()
        return {} if token is None else {"authorization": f"Bearer {token}"}

    def _open_client(self) -> httpx.AsyncClient:
        if self._client is None:
            scheme, host, port = self._trusted
            del scheme
            self._client = httpx.AsyncClient(
                transport=GuardedTransport(frozenset({(host, port)}), self._resolve),
                headers=_HEADERS,
                timeout=self._timeout,
                trust_env=False,
            )
        return self._client


def describe(error: httpx.TransportError, host: str) -> HubUnreachable:
    """What a failed connection means for the person."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Offline(
            f"{host} cannot be reached. Check the internet connection or the proxy, then try again."
        )
    if isinstance(error, httpx.ProxyError | httpx.UnsupportedProtocol):
        return HubUnreachable(f"The proxy does not let us through to {host} ({error}).")
    if isinstance(error, httpx.TimeoutException):
        return HubUnreachable(f"{host} did not answer in time.")
    return HubUnreachable(f"The connection to {host} broke off.")


def _join(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return url.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise HubUnreachable(f"{url.host} leads on to an address that is none.") from error
