"""Who may talk to the app at all."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from llama_desktop.bridge.access import PROTOCOL, Access

PORT = 4321
BASE = f"http://127.0.0.1:{PORT}"
KEY = "the-token-of-this-launch"


async def _hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


def _guarded() -> Access:
    routes = [Route("/", _hello), Route("/api/invoke/x", _hello, methods=["POST", "OPTIONS"])]
    return Access(Starlette(routes=routes), token=KEY, port=PORT)


@pytest.fixture
async def client() -> Any:
    transport = httpx.ASGITransport(app=_guarded())
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as opened:
        yield opened


def _bearer(key: str = KEY) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


async def test_the_page_needs_no_token(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).text == "hello"


async def test_a_command_is_answered_with_the_token(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/invoke/x", headers=_bearer())).status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, _bearer("wrong"), _bearer(""), {"authorization": f"Basic {KEY}"}]
)
async def test_a_command_without_the_token_is_refused(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.post("/api/invoke/x", headers=headers)

    assert answer.status_code == 401
    assert answer.json()["code"] == "no_token"


@pytest.mark.parametrize("path", ["/", "/api/invoke/x"])
@pytest.mark.parametrize(
    "host",
    ["evil.example", f"evil.example:{PORT}", "127.0.0.1", f"127.0.0.1:{PORT + 1}", f"[::1]:{PORT}"],
)
async def test_a_foreign_host_name_is_refused_on_every_route(
    client: httpx.AsyncClient, path: str, host: str
) -> None:
    answer = await client.request(
        "POST" if path != "/" else "GET", path, headers={"host": host, **_bearer()}
    )

    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign_host"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"http://127.0.0.1:{PORT + 1}"},
        {"origin": f"https://127.0.0.1:{PORT}"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_another_site_is_refused_even_with_the_token(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.post("/api/invoke/x", headers={**headers, **_bearer()})

    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign_origin"


async def test_our_own_page_is_let_in_by_both_names(client: httpx.AsyncClient) -> None:
    for name in ("127.0.0.1", "localhost"):
        own = {"host": f"{name}:{PORT}", "origin": f"http://{name}:{PORT}"}
        answer = await client.post(
            "/api/invoke/x", headers={**own, "sec-fetch-site": "same-origin", **_bearer()}
        )
        assert answer.status_code == 200


async def test_a_doubled_header_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", headers=[("origin", BASE), ("origin", "https://evil.example")])

    assert answer.status_code == 400


async def test_every_answer_carries_the_policy_and_none_allows_other_origins(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/")
    policy = answer.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert f"ws://127.0.0.1:{PORT}" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_a_preflight_gets_no_permission(client: httpx.AsyncClient) -> None:
    answer = await client.options(
        "/api/invoke/x",
        headers={"origin": "https://evil.example", "access-control-request-method": "POST"},
    )

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "protocols", [[], [PROTOCOL], [PROTOCOL, "t.wrong"], [PROTOCOL, f"t.{KEY}", "t.wrong"]]
)
async def test_a_socket_without_the_token_is_refused(protocols: list[str]) -> None:
    assert await _open_socket(protocols) == ["websocket.close"]


async def test_a_socket_with_the_token_reaches_the_route() -> None:
    assert await _open_socket([PROTOCOL, f"t.{KEY}"]) == ["websocket.accept"]


async def _open_socket(protocols: list[str]) -> list[str]:
    """What the guard answers a socket; the route behind it accepts everybody."""
    answers: list[str] = []

    async def accept(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        answers.append(message["type"])

    scope = {
        "type": "websocket",
        "path": "/api/events",
        "headers": [(b"host", f"127.0.0.1:{PORT}".encode())],
        "subprotocols": protocols,
    }
    await Access(accept, token=KEY, port=PORT)(scope, receive, send)
    return answers
