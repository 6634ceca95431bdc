"""Speaks HTTP with a llama-server. Knows a base URL and a key, never a process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from time import perf_counter
from typing import Any, Final, TypeVar, cast

import httpx
import msgspec

from llama_desktop.domain.errors import EngineRequestFailed, StreamCut
from llama_desktop.infrastructure.llama.chat_request import (
    ChatMessage,
    ChatRequest,
    build_chat_body,
    build_reading_body,
    build_template_body,
    sound,
)
from llama_desktop.infrastructure.llama.engine_error import read_engine_error
from llama_desktop.infrastructure.llama.open_stream import OpenStream
from llama_desktop.infrastructure.llama.stream import (
    ChatStreamDecoder,
    ChatStreamEvent,
    ContentPiece,
    PromptProgressed,
    ReasoningPiece,
)

__all__ = ["ChatMessage", "ChatRequest", "LlamaClient"]

T = TypeVar("T")

_CONNECT_SECONDS: Final = 10.0
_CLOSE_SECONDS: Final = 0.5
_GATHER_SECONDS: Final = 0.004
"""Far below the 50 ms in which the page paints."""
_AT_ONCE_SECONDS: Final = 0.0002
"""What was read already is there in less."""
_JSON: Final = {"Content-Type": "application/json"}


class _Tokens(msgspec.Struct):
    tokens: list[Any]


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model]


class _Rendered(msgspec.Struct):
    prompt: str


class LlamaClient:
    """One per server. Answers may take as long as they take: reading has no time limit.

    Every connection is used once: llama-server closes it after each stream although it promises
    to keep it, and the next request on it would fail now and then.
    """

    def __init__(self, base_url: str, api_key: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"Accept-Encoding": "identity"},
            timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
            verify=False,  # noqa: S501 - plain HTTP on loopback; reading a CA bundle costs 37 ms
        )
        self._key = _bearer(api_key)
        self._streams: set[OpenStream] = set()
        self._closed = False
        self.chats_begun = 0
        self.chats_answered = 0
        """Answers that were asked for, and those that got as far as a first word."""

    async def ask(self, method: str, path: str, answer: type[T], body: object = None) -> T:
        """One question, one answer of this type.

        Raises:
            EngineRequestFailed: the server refused, is gone, or answers something else.
        """
        content = None if body is None else msgspec.json.encode(body)
        try:
            response = await self._http.request(
                method, path, content=content, headers=self._key | _JSON
            )
        except (httpx.RequestError, RuntimeError) as error:
            raise _unreachable(error) from error
        if response.status_code != httpx.codes.OK:
            raise read_engine_error(response.status_code, response.content)
        try:
            return msgspec.json.decode(response.content, type=answer)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise EngineRequestFailed(f"The engine's answer to {path} is not readable.") from error

    async def is_healthy(self) -> bool:
        """Whether the server answers and has its model. False also while nobody listens.

        Asked without the key: as yet it may be anybody's port.
        """
        try:
            response = await self._http.get("/health")
        except httpx.RequestError:
            return False
        return response.status_code == httpx.codes.OK

    async def refuses_key(self, api_key: str) -> bool:
        """Whether the server turns this key away; a stranger without keys would not."""
        try:
            response = await self._http.get("/props", headers=_bearer(api_key))
        except httpx.RequestError as error:
            raise _unreachable(error) from error
        return response.status_code == httpx.codes.UNAUTHORIZED

    async def get_props(self) -> dict[str, Any]:
        """What the server says about itself and its model."""
        return await self.ask("GET", "/props", dict[str, Any])

    async def get_model_ids(self) -> tuple[str, ...]:
        """The names under which the server offers its model."""
        models = await self.ask("GET", "/v1/models", _Models)
        return tuple(model.id for model in models.data)

    async def get_slots(self) -> list[dict[str, Any]]:
        """The slots. Asked more than once a second, it keeps the server from noticing a stop."""
        return await self.ask("GET", "/slots", list[dict[str, Any]])

    async def count_tokens(self, text: str) -> int:
        """How many tokens the model makes of a text; the template's own marks count as such."""
        body = {"content": sound(text), "add_special": False, "parse_special": True}
        return len((await self.ask("POST", "/tokenize", _Tokens, body)).tokens)

    async def render_prompt(self, request: ChatRequest) -> str:
        """The prompt that the model's chat template makes of a request.

        Raises:
            EngineRequestFailed: also where the server cannot follow the request's JSON schema.
        """
        body = build_template_body(request)
        return (await self.ask("POST", "/apply-template", _Rendered, body)).prompt

    async def count_prompt_tokens(self, request: ChatRequest) -> int:
        """How many tokens the whole prompt has, template and all, but without its images."""
        return await self.count_tokens(await self.render_prompt(request))

    async def stream_chat(self, request: ChatRequest) -> AsyncGenerator[ChatStreamEvent, None]:
        """The answer as it is made; ends after `AnswerEnded`. Use it under `aclosing`.

        Closing the generator closes the connection, and with it the server frees the slot.

        Raises:
            StreamCut: the connection dropped, the client was closed, or the answer has no end.
            ContextOverflow: the prompt is larger than the context window.
            EngineRequestFailed: the server refused, or reported an error in the middle.
        """
        last = request.messages[-1]
        decoder = ChatStreamDecoder(is_continued=last.role == "assistant" and bool(last.content))
        has_spoken = False
        self.chats_begun += 1
        body = build_chat_body(request)
        async with aclosing(self._pieces("/v1/chat/completions", body)) as pieces:
            waiting_since = perf_counter()
            async for piece in pieces:
                had_to_wait = perf_counter() - waiting_since > _AT_ONCE_SECONDS
                for event in decoder.feed(piece):
                    if not has_spoken and isinstance(event, ContentPiece | ReasoningPiece):
                        has_spoken = True
                        self.chats_answered += 1
                    yield event
                if decoder.ended:
                    return
                if had_to_wait and has_spoken:
                    # Never before the first word; after it, what a fast model says meanwhile is
                    # read in one go. Each wake-up of the loop for one token costs as much as
                    # reading ten, and takes it from the engine where cores are few.
                    await asyncio.sleep(_GATHER_SECONDS)
                waiting_since = perf_counter()
        for event in decoder.finish():
            yield event

    async def read_prompt(self, prompt: str) -> AsyncGenerator[PromptProgressed, None]:
        """Have the server read a prompt and keep it in its cache. Use it under `aclosing`.

        Closing the generator ends it between two batches; what was read before is kept.

        Raises:
            StreamCut: the connection dropped, or the client was closed.
            ContextOverflow, EngineRequestFailed: as of `stream_chat`.
        """
        decoder = ChatStreamDecoder()
        async with aclosing(self._pieces("/completion", build_reading_body(prompt))) as pieces:
            async for piece in pieces:
                for event in decoder.feed(piece):
                    if isinstance(event, PromptProgressed):
                        yield event

    async def aclose(self) -> None:
        """Abort what is under way, streams first: whoever reads one gets `StreamCut`."""
        self._closed = True
        for stream in self._streams:
            stream.abort()
        # A reader that is busy elsewhere notices at its next piece; it is not waited for.
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                for stream in tuple(self._streams):
                    await stream.left.wait()
        await self._http.aclose()

    async def _pieces(self, path: str, body: bytes) -> AsyncGenerator[bytes, None]:
        """The raw body of the streamed answer, as it comes."""
        if self._closed:
            raise StreamCut("The engine was stopped.")
        stream = OpenStream()
        self._streams.add(stream)
        request = self._http.build_request("POST", path, content=body, headers=self._key | _JSON)
        try:
            response = await stream.wait(lambda: self._http.send(request, stream=True))
            async with aclosing(response):
                if response.status_code != httpx.codes.OK:
                    answer = await stream.wait(response.aread)
                    raise read_engine_error(response.status_code, answer)
                raw = cast("AsyncGenerator[bytes, None]", response.aiter_raw())
                async with aclosing(raw):
                    while (piece := await stream.wait(lambda: anext(raw, None))) is not None:
                        yield piece
        except httpx.RequestError as error:
            raise StreamCut("The connection to the engine was lost.") from error
        finally:
            self._streams.discard(stream)
            stream.left.set()


def _bearer(api_key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"}


def _unreachable(error: Exception) -> EngineRequestFailed:
    return EngineRequestFailed(f"The engine cannot be reached ({type(error).__name__}).")
