"""The guard before every route: who may talk to the app at all.

Loopback is no trust boundary: every web page in the person's browser can reach it. So each
request must name us as its host (DNS rebinding), must not come from another site, and must carry
the token of this launch wherever there is something to protect. One pure ASGI class, because a
middleware that wraps requests would also wrap, and slow, the event stream.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from llama_desktop.bridge.codec import Failure, encode

PROTOCOL: Final = "ld.v1"
_SUBPROTOCOL_PREFIX: Final = "t."  # followed by the token
_GUARDED: Final = "/api/"
_HOSTS: Final = ("127.0.0.1", "localhost")


class Access:
    """Refuses strangers; adds the headers that bind the page to us alone."""

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = frozenset(f"{host}:{port}" for host in _HOSTS)
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        self._headers = _security_headers(sorted(self._hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(scope, send, *refusal)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in self._headers:
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str, str] | None:
        """Status, code and sentence, if this request is not for us."""
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in headers and name in (b"host", b"origin", b"authorization"):
                return 400, "bad_request", "A header was sent twice."
            headers[name] = value
        if headers.get(b"host", b"").decode("latin-1") not in self._hosts:
            return 403, "foreign_host", "This address is not the app's."
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1") not in self._origins:
            return 403, "foreign_origin", "Another site may not talk to the app."
        if headers.get(b"sec-fetch-site") in (b"cross-site", b"same-site"):
            return 403, "foreign_origin", "Another site may not talk to the app."
        if scope["path"].startswith(_GUARDED) and not self._holds_token(scope, headers):
            return 401, "no_token", "The token of this launch is missing or wrong."
        return None

    def _holds_token(self, scope: Scope, headers: dict[bytes, bytes]) -> bool:
        if scope["type"] == "websocket":
            # A browser's WebSocket cannot send headers: the token is a subprotocol.
            offered: Iterable[str] = scope.get("subprotocols", ())
            given = [name[2:] for name in offered if name.startswith(_SUBPROTOCOL_PREFIX)]
            return len(given) == 1 and self._is_token(given[0].encode())
        scheme, _, given_token = headers.get(b"authorization", b"").partition(b" ")
        return scheme.lower() == b"bearer" and self._is_token(given_token)

    def _is_token(self, given: bytes) -> bool:
        return hmac.compare_digest(given, self._token)


def _security_headers(hosts: list[str]) -> tuple[tuple[str, str], ...]:
    sockets = " ".join(f"ws://{host}" for host in hosts)
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' {sockets}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return (
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    )


async def _refuse(scope: Scope, send: Send, status: int, code: str, sentence: str) -> None:
    if scope["type"] == "websocket":
        # Before the handshake is accepted this becomes a plain 403.
        await send({"type": "websocket.close", "code": 1008, "reason": code})
        return
    body = encode(Failure(code, sentence, {}))
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
