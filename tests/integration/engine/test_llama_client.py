"""The client against servers that behave, and against some that do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from llama_desktop.domain.chat import SamplingParameters
from llama_desktop.domain.errors import ContextOverflow, EngineRequestFailed, StreamCut
from llama_desktop.infrastructure.llama.client import ChatMessage, ChatRequest, LlamaClient
from llama_desktop.infrastructure.llama.stream import AnswerEnded, ChatStreamEvent, ContentPiece

SAMPLES = Path(__file__).parents[2] / "samples"
ASK = ChatRequest((ChatMessage("user", "hi"),), SamplingParameters(max_tokens=3))
STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
PIECE = b'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n'

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def chunked(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@asynccontextmanager
async def serve(talk: Talk) -> AsyncIterator[LlamaClient]:
    """A server that reads one request, then does as it is told."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = LlamaClient(f"http://127.0.0.1:{port}", "key")
        try:
            yield client
        finally:
            await client.aclose()


def says(*pieces: bytes) -> Talk:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return talk


async def read(client: LlamaClient) -> list[ChatStreamEvent]:
    return [event async for event in client.stream_chat(ASK)]


async def test_a_recorded_answer_comes_through_whole() -> None:
    recorded = (SAMPLES / "stream-basic.sse").read_bytes()
    async with serve(says(STREAM_HEAD, chunked(recorded), b"0\r\n\r\n")) as client:
        events = await read(client)
    assert len(events) == 49
    assert isinstance(events[-1], AnswerEnded)


async def test_after_done_the_end_of_the_connection_is_not_waited_for() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recorded = (SAMPLES / "stream-basic.sse").read_bytes()
        writer.write(STREAM_HEAD + chunked(recorded))
        while await reader.read(4096):
            pass

    async with serve(talk) as client, asyncio.timeout(5):
        assert isinstance((await read(client))[-1], AnswerEnded)


async def test_a_dropped_connection_cuts_the_stream_after_its_pieces() -> None:
    async with serve(says(STREAM_HEAD, chunked(PIECE))) as client:
        events = client.stream_chat(ASK)
        assert await anext(events) == ContentPiece("Hi")
        with pytest.raises(StreamCut):
            await anext(events)


async def test_an_answer_without_end_is_cut_also_when_the_connection_ends_well() -> None:
    async with serve(says(STREAM_HEAD, chunked(PIECE), b"0\r\n\r\n")) as client:
        with pytest.raises(StreamCut):
            await read(client)


async def test_a_server_that_says_nothing_at_all_cuts_the_stream() -> None:
    async with serve(says()) as client:
        with pytest.raises(StreamCut):
            await read(client)


async def test_nobody_there_cuts_the_stream() -> None:
    async with serve(says()) as client:
        pass
    client = LlamaClient(str(client._http.base_url), "key")
    with pytest.raises(StreamCut):
        await read(client)
    with pytest.raises(EngineRequestFailed):
        await client.count_tokens("hi")
    assert not await client.is_healthy()
    await client.aclose()


async def test_a_context_overflow_is_told_with_its_numbers() -> None:
    recorded = (SAMPLES / "error-exceed-context-stream.http").read_bytes()
    async with serve(says(recorded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))) as client:
        with pytest.raises(ContextOverflow) as caught:
            await read(client)
    assert caught.value.details["prompt_tokens"] == 12009
    assert caught.value.details["context_size"] == 4096


@pytest.mark.parametrize("name", ["error-401-no-key", "error-bad-grammar", "error-400-bad-json"])
async def test_a_refusal_is_told_in_the_engines_words(name: str) -> None:
    recorded = (SAMPLES / f"{name}.http").read_bytes().replace(b"\r\n", b"\n")
    async with serve(says(recorded.replace(b"\n", b"\r\n"))) as client:
        with pytest.raises(EngineRequestFailed) as caught:
            await read(client)
    assert not isinstance(caught.value, StreamCut)
    assert any(
        words in caught.value.message
        for words in ("Invalid API Key", "failed to parse grammar", "parse error")
    )


async def test_nonsense_for_an_error_is_told_as_well_as_it_can_be() -> None:
    answer = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 9\r\n\r\n<html>\xff\xfe\xfd"
    async with serve(says(answer)) as client:
        with pytest.raises(EngineRequestFailed, match="<html>"):
            await client.get_props()


async def test_nonsense_for_an_answer_is_an_error_of_the_engine() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]"
    async with serve(says(answer)) as client:
        with pytest.raises(EngineRequestFailed, match="not readable"):
            await client.get_props()


async def test_closing_the_client_cuts_who_reads_and_who_waits_and_who_comes_late() -> None:
    both_ask = asyncio.Barrier(3)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = await reader.read(4096)
        if b'"first"' in body:
            writer.write(STREAM_HEAD + chunked(PIECE))
        await both_ask.wait()
        while await reader.read(4096):
            pass

    async with serve(talk) as client:

        async def ask(text: str) -> list[ChatStreamEvent]:
            request = ChatRequest((ChatMessage("user", text),))
            return [event async for event in client.stream_chat(request)]

        asking = [asyncio.create_task(ask("first")), asyncio.create_task(ask("second"))]
        await both_ask.wait()
        async with asyncio.timeout(2):
            await client.aclose()
            results = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(result) for result in results] == [StreamCut, StreamCut]
        with pytest.raises(StreamCut):
            await read(client)


async def test_closing_the_client_hits_a_reader_only_where_it_reads() -> None:
    """A reader that is busy with a piece finishes that, and is cut at its next one."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM_HEAD + chunked(PIECE))
        while await reader.read(4096):
            pass

    async with serve(talk) as client, aclosing(client.stream_chat(ASK)) as events:
        assert await anext(events) == ContentPiece("Hi")
        async with asyncio.timeout(2):
            await client.aclose()
        with pytest.raises(StreamCut):
            await anext(events)


async def test_closing_the_stream_closes_the_connection() -> None:
    gone = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM_HEAD + chunked(PIECE))
        while await reader.read(4096):
            pass
        gone.set()

    async with serve(talk) as client:
        async with aclosing(client.stream_chat(ASK)) as events:
            await anext(events)
        async with asyncio.timeout(2):
            await gone.wait()


async def test_a_cancelled_reader_closes_the_connection() -> None:
    gone, there = asyncio.Event(), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there.set()
        while await reader.read(4096):
            pass
        gone.set()

    async with serve(talk) as client:
        reading = asyncio.create_task(read(client))
        await there.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        async with asyncio.timeout(2):
            await gone.wait()


async def test_the_key_is_not_told_before_anybody_is_known() -> None:
    heads: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = LlamaClient(f"http://127.0.0.1:{port}", "our secret")
        assert not await client.is_healthy()
        assert await client.refuses_key("a wrong one")
        await client.aclose()
    assert not any(b"our secret" in head for head in heads)
    assert b"a wrong one" in heads[1]
