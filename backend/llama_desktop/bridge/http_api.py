"""The HTTP routes of the open app: ask (`POST /api/invoke/…`), listen (`/api/events`)."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from llama_desktop.bridge.access import PROTOCOL
from llama_desktop.bridge.api import Answer, Api, refuse
from llama_desktop.bridge.codec import decode, encode
from llama_desktop.bridge.outbox import Outbox
from llama_desktop.domain.errors import AppError, MessageTooLong, UnknownTopic
from llama_desktop.services.application import Application
from llama_desktop.services.event_hub import Topic

MAX_BODY_BYTES: Final = 16 * 1024 * 1024


class _Wish(msgspec.Struct, forbid_unknown_fields=True):
    """What a page sends over the socket."""

    listen: list[str] = []
    unlisten: list[str] = []


def build_http_api(app: Application) -> ASGIApp:
    """What is behind the door, see `Doorway`."""
    api = Api(app)

    async def invoke(request: Request) -> Response:
        try:
            answer = await api.invoke(request.path_params["command"], await _body(request))
        except AppError as error:
            answer = refuse(error)
        except ClientDisconnect:
            return Response(status_code=499)
        return _response(answer)

    async def events(socket: WebSocket) -> None:
        await socket.accept(subprotocol=PROTOCOL)
        await _serve_events(socket, app.topics)

    routes = [
        Route("/api/invoke/{command}", invoke, methods=["POST"]),
        WebSocketRoute("/api/events", events),
    ]
    return Starlette(routes=routes)


async def _body(request: Request) -> bytes:
    """The body, as far as a body may go; a length is a claim and not believed."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > MAX_BODY_BYTES:
            raise MessageTooLong("This is more than 16 MB. Send it in smaller parts.")
        pieces.append(piece)
    return b"".join(pieces)


def _response(answer: Answer) -> Response:
    return Response(
        answer.body,
        status_code=answer.status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


async def _serve_events(socket: WebSocket, topics: dict[str, Topic[Any]]) -> None:
    """Two tasks for as long as the page is there: one hears its wishes, one sends frames."""
    outbox = Outbox()
    sender = asyncio.create_task(_send_frames(socket, outbox), name="events to a page")
    try:
        while True:
            wish = decode(await socket.receive_text(), _Wish)
            for name in wish.listen:
                if name not in topics:
                    raise UnknownTopic(f"There is no topic named {name[:100]!r}.")
                outbox.listen(topics[name])
            for name in wish.unlisten:
                outbox.unlisten(name)
    except AppError as error:
        await socket.close(code=1003, reason=error.code)
    except WebSocketDisconnect:
        pass  # the page was closed; nothing depends on it
    finally:
        outbox.close()
        sender.cancel()
        await asyncio.wait([sender])


async def _send_frames(socket: WebSocket, outbox: Outbox) -> None:
    while True:
        frame = encode(await outbox.drain())
        try:
            await socket.send_text(frame.decode())
        except (WebSocketDisconnect, RuntimeError):
            return  # the page went away while a frame was on its way
