"""The way to the network: every connection goes to an address that was looked at first.

The address that was checked is the one that is connected to, so a name that resolves to something
else a moment later (DNS rebinding) gains nothing. A proxy resolves names itself; there, only what
stands in the address can be checked.
"""

from __future__ import annotations

import asyncio
import socket
import urllib.request
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Final

import httpcore
import httpx

from llama_desktop.infrastructure.net.reach import is_loopback, require_public

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host, best first."""

_KEPT_OPEN_SECONDS: Final = 30.0
_MAX_CONNECTIONS: Final = 32


class GuardedTransport(httpx.AsyncBaseTransport):
    """Connects to public addresses, and to the hosts that the person has named."""

    def __init__(self, own: frozenset[tuple[str, int]], resolve: Resolve | None = None) -> None:
        """`own`: hosts with their ports that may be private."""
        self._backend = _GuardedBackend(own, resolve or _resolve)
        self._pools: dict[str | None, httpcore.AsyncConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; errors are httpx's."""
        pool = self._pool_for(find_proxy(request.url))
        try:
            answer = await pool.handle_async_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        except _KNOWN as error:
            raise _as_httpx(error) from error
        assert isinstance(answer.stream, AsyncIterable)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.aclose()

    def _pool_for(self, proxy: str | None) -> httpcore.AsyncConnectionPool:
        if proxy not in self._pools:
            self._pools[proxy] = self._make_pool(proxy)
        return self._pools[proxy]

    def _make_pool(self, proxy: str | None) -> httpcore.AsyncConnectionPool:
        shared: dict[str, Any] = {
            "ssl_context": httpx.create_ssl_context(),
            "max_connections": _MAX_CONNECTIONS,
            "keepalive_expiry": _KEPT_OPEN_SECONDS,
        }
        if proxy is None:
            return httpcore.AsyncConnectionPool(network_backend=self._backend, **shared)
        parsed = httpx.Proxy(proxy)
        if parsed.url.scheme not in ("http", "https"):
            raise httpx.UnsupportedProtocol(f"proxies of the kind {parsed.url.scheme} are not used")
        return httpcore.AsyncHTTPProxy(
            proxy_url=httpcore.URL(str(parsed.url)), proxy_auth=parsed.raw_auth, **shared
        )


def find_proxy(url: httpx.URL) -> str | None:
    """The proxy that the system or the environment names for an address; None: go directly."""
    if is_loopback(url.host) or urllib.request.proxy_bypass(url.host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if proxy is None:
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, looks at every address, and connects to exactly those."""

    def __init__(self, own: frozenset[tuple[str, int]], resolve: Resolve) -> None:
        self._own = own
        self._resolve = resolve
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await asyncio.wait_for(self._resolve(host, port), timeout)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} could not be resolved in time") from error
        except OSError as error:
            raise httpcore.ConnectError(f"{host} could not be resolved") from error
        if (host, port) not in self._own:
            for address in addresses:
                require_public(address, host)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class _Body(httpx.AsyncByteStream):
    """A body whose errors are httpx's."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._inner:
                yield part
        except _KNOWN as error:
            raise _as_httpx(error) from error

    async def aclose(self) -> None:
        await self._inner.aclose()


_KNOWN: Final = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


def _as_httpx(error: Exception) -> httpx.TransportError:
    kinds: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
        (httpcore.ConnectTimeout, httpx.ConnectTimeout),
        (httpcore.TimeoutException, httpx.ReadTimeout),
        (httpcore.ConnectError, httpx.ConnectError),
        (httpcore.ProxyError, httpx.ProxyError),
        (httpcore.NetworkError, httpx.ReadError),
        (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
    )
    for theirs, ours in kinds:
        if isinstance(error, theirs):
            return ours(str(error))
    return httpx.RemoteProtocolError(str(error))


async def _resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
