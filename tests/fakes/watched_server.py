"""A real server that tells a test what is asked of it, and holds an answer back if it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from llama_desktop.domain.llama import Running
from llama_desktop.infrastructure.llama.chat_request import ChatRequest
from llama_desktop.infrastructure.llama.client import LlamaClient
from llama_desktop.infrastructure.llama.stream import ChatStreamEvent, PromptProgressed
from llama_desktop.services.chat.slots import RunningServer


@dataclass(slots=True)
class WatchedStream:
    """One request, and how far its answer is."""

    request: ChatRequest
    events: list[ChatStreamEvent] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    is_whole: bool = False
    """The server came to its end, and nobody let go before."""


@dataclass(slots=True)
class WatchedReading:
    """One prompt that is only to be read."""

    prompt: str
    over: asyncio.Event = field(default_factory=asyncio.Event)
    is_whole: bool = False
    """It was read to its end."""


class WatchedServer:
    """Stands where the chat expects the server."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        self.streams: list[WatchedStream] = []
        self.readings: list[WatchedReading] = []
        self.goes_on = asyncio.Event()
        """While it is clear, no further event of an answer comes through."""
        self.goes_on.set()
        self._asked = asyncio.Event()

    def require_running(self) -> Running:
        """As the server's."""
        return self._server.require_running()

    def require_client(self) -> Any:
        """The server's client, watched."""
        return _WatchedClient(
            self._server.require_client(), self._begin, self._begin_reading, self.goes_on
        )

    async def stream(self, number: int) -> WatchedStream:
        """The request with this number, counted from 0, once it is made."""
        while len(self.streams) <= number:
            self._asked.clear()
            await self._asked.wait()
        return self.streams[number]

    async def reading(self, number: int) -> WatchedReading:
        """As `stream`, of the prompts that are only read."""
        while len(self.readings) <= number:
            self._asked.clear()
            await self._asked.wait()
        return self.readings[number]

    def _begin_reading(self, prompt: str) -> WatchedReading:
        reading = WatchedReading(prompt)
        self.readings.append(reading)
        self._asked.set()
        return reading

    def _begin(self, request: ChatRequest) -> WatchedStream:
        stream = WatchedStream(request)
        self.streams.append(stream)
        self._asked.set()
        return stream


class _WatchedClient:
    def __init__(
        self,
        client: LlamaClient,
        begin: Callable[[ChatRequest], WatchedStream],
        begin_reading: Callable[[str], WatchedReading],
        goes_on: asyncio.Event,
    ) -> None:
        self._client = client
        self._begin = begin
        self._begin_reading = begin_reading
        self._goes_on = goes_on

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def read_prompt(self, prompt: str) -> AsyncIterator[PromptProgressed]:
        reading = self._begin_reading(prompt)
        try:
            async with aclosing(self._client.read_prompt(prompt)) as events:
                async for event in events:
                    yield event
            reading.is_whole = True
        finally:
            reading.over.set()

    async def stream_chat(self, request: ChatRequest) -> AsyncIterator[ChatStreamEvent]:
        stream = self._begin(request)
        try:
            async with aclosing(self._client.stream_chat(request)) as events:
                async for event in events:
                    stream.events.append(event)
                    await self._goes_on.wait()
                    yield event
            stream.is_whole = True
        finally:
            stream.closed.set()
