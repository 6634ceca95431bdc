"""A llama-server without a server: streams that the test speaks itself, tokens that are words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from llama_desktop.domain.errors import ServerNotRunning, StreamCut
from llama_desktop.domain.llama import Engine, EngineKind, LoadedModel, Running, ServerConfig
from llama_desktop.infrastructure.llama.chat_request import ChatMessage, ChatRequest
from llama_desktop.infrastructure.llama.stream import AnswerEnded, ChatStreamEvent, ContentPiece


class FakeStream:
    """One streamed answer: the test puts in what the engine is to say."""

    def __init__(self, request: ChatRequest) -> None:
        self.request = request
        self.closed = asyncio.Event()
        self._events: asyncio.Queue[ChatStreamEvent | Exception] = asyncio.Queue()

    def send(self, *events: ChatStreamEvent | Exception) -> None:
        """The engine says this, or fails like this."""
        for event in events:
            self._events.put_nowait(event)

    def say(self, *texts: str) -> None:
        """The engine says pieces of text."""
        self.send(*(ContentPiece(text) for text in texts))

    def end(self, finish_reason: str = "stop") -> None:
        """The engine has said all."""
        self.send(
            AnswerEnded(
                finish_reason=finish_reason,
                prompt_tokens=20,
                cached_tokens=5,
                generated_tokens=7,
                prompt_tokens_per_second=900.0,
                tokens_per_second=45.5,
            )
        )

    async def events(self) -> AsyncGenerator[ChatStreamEvent, None]:
        """What the client gives."""
        try:
            while True:
                event = await self._events.get()
                if isinstance(event, Exception):
                    raise event
                yield event
                if isinstance(event, AnswerEnded):
                    return
        finally:
            self.closed.set()


class FakeClient:
    """Stands for `LlamaClient`. A token is a word."""

    def __init__(self) -> None:
        self.streams: list[FakeStream] = []
        self.counted: list[tuple[ChatMessage, ...]] = []
        self.rendered: list[ChatRequest] = []
        self.counted_texts: list[str] = []
        self._opened = asyncio.Condition()

    async def count_tokens(self, text: str) -> int:
        self.counted_texts.append(text)
        return len(text.split())

    async def render_prompt(self, request: ChatRequest) -> str:
        self.rendered.append(request)
        told = "".join(f"<{m.role}> {m.content} <end>\n" for m in request.messages)
        return f"{told}<assistant>"

    async def count_prompt_tokens(self, request: ChatRequest) -> int:
        self.counted.append(request.messages)
        return sum(len(message.content.split()) + 4 for message in request.messages)

    async def stream_chat(self, request: ChatRequest) -> AsyncGenerator[ChatStreamEvent, None]:
        stream = FakeStream(request)
        self.streams.append(stream)
        async with self._opened:
            self._opened.notify_all()
        events = stream.events()
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()

    async def stream(self, number: int) -> FakeStream:
        """The stream that was opened as the `number`th, from 0; waits until it is."""
        async with self._opened:
            await self._opened.wait_for(lambda: len(self.streams) > number)
        return self.streams[number]


class FakeServer:
    """Stands for `LlamaCppService`, as far as a turn needs it."""

    def __init__(self, *, slots: int = 1, context_size: int = 4096) -> None:
        self.client = FakeClient()
        self.running: Running | None = None
        self._pids = iter(range(1000, 2000))
        self.load(slots=slots, context_size=context_size)

    def load(
        self,
        *,
        slots: int = 1,
        context_size: int = 4096,
        name: str = "tiny",
        has_vision: bool = False,
    ) -> None:
        """Another process runs from now on."""
        path = Path(f"/models/{name}-Q4_K_M.gguf")
        self.running = Running(
            config=ServerConfig(model_path=path),
            pid=next(self._pids),
            base_url="http://127.0.0.1:1",
            engine=Engine(
                kind=EngineKind.EXTERNAL, path=Path("/bin/llama-server"), version="1", source="PATH"
            ),
            model=LoadedModel(
                name=name,
                path=path,
                context_size=context_size,
                slots=slots,
                has_vision=has_vision,
            ),
            since=1.0,
            load_seconds=0.1,
        )

    def eject(self) -> None:
        """The server is gone, and every stream with it."""
        self.running = None
        for stream in self.client.streams:
            stream.send(StreamCut("The engine was stopped."))

    def require_running(self) -> Running:
        if self.running is None:
            raise ServerNotRunning("No model is loaded.")
        return self.running

    def require_client(self) -> FakeClient:
        self.require_running()
        return self.client
