"""Streams one answer for ever, word by word, at the app's own pace of saving; says each word.

said <chat> <words> <seconds>    by a clock that all processes share
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator
from itertools import count
from pathlib import Path

from fakes.chat_app import open_chat_app
from fakes.fake_client import FakeClient, FakeServer
from llama_desktop.infrastructure.llama.chat_request import ChatRequest
from llama_desktop.infrastructure.llama.stream import ChatStreamEvent, ContentPiece
from llama_desktop.services.chat.answer_saver import SavePace


class EndlessClient(FakeClient):
    """A word every ten milliseconds."""

    chat = ""

    async def stream_chat(self, request: ChatRequest) -> AsyncGenerator[ChatStreamEvent, None]:
        for words in count(1):
            yield ContentPiece("word ")
            print(f"said {self.chat} {words} {time.monotonic()}", flush=True)
            await asyncio.sleep(0.01)


async def main(folder: Path) -> None:
    """Until it is killed."""
    server = FakeServer()
    server.client = EndlessClient()
    async with open_chat_app(folder, server, pace=SavePace()) as app:
        server.client.chat = (await app.conversations.create()).id
        await app.orchestrator.send_message(server.client.chat, "Go on")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
