"""The memory in the application as it is wired."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from llama_desktop.bootstrap import open_application
from llama_desktop.bridge.api import Api
from llama_desktop.domain.chat import AnswerModel, Conversation, MessageStatus
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.search_index import SearchIndex
from llama_desktop.services.application import Application
from llama_desktop.services.conversation_tree import append_answer, append_question


@asynccontextmanager
async def _app(folder: Path) -> AsyncIterator[Application]:
    paths = AppPaths.locate(folder)
    paths.prepare()
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        yield app


async def _say(app: Application, content: str) -> str:
    chat = await app.conversations.create()

    def decide(old: Conversation) -> Conversation:
        asked = append_question(old, content, parent_id=None, now=1.0)
        return append_answer(asked, 1, status=MessageStatus.ANSWERING, now=2.0)

    await app.conversations.change(chat.id, decide)
    return chat.id


async def _search(app: Application, query: str, **only: object) -> list[tuple[str, int]]:
    await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
    asked = {"query": query, "only": only}
    answer = await Api(app).invoke("search_messages", json.dumps(asked).encode())
    return [(hit["conversation_id"], hit["message_id"]) for hit in json.loads(answer.body)["value"]]


async def test_a_message_is_found_as_soon_as_it_is_kept_and_again_after_a_restart(
    tmp_path: Path,
) -> None:
    async with _app(tmp_path) as app:
        chat = await _say(app, "My passport is in the blue drawer.")
        assert await _search(app, "pasport drawer") == [(chat, 1)]
        await app.orchestrator.delete_conversations((chat,))
        assert await _search(app, "passport ") == []
        await app.conversations.restore((chat,))
        assert await _search(app, "passport ") == [(chat, 1)]
    async with _app(tmp_path) as app:
        assert await _search(app, "blue drawer ") == [(chat, 1)]
        assert app.topics["memory"].snapshot().message_count == 1


async def test_a_filter_rules_out_whole_kinds_of_messages(tmp_path: Path) -> None:
    async with _app(tmp_path) as app:
        chat = await app.conversations.create()

        def decide(old: Conversation) -> Conversation:
            asked = append_question(old, "How do I sort a list?", parent_id=None, now=1000.0)
            answered = append_answer(asked, 1, status=MessageStatus.COMPLETE, now=2000.0)
            *before, answer = answered.messages
            told = replace(
                answer,
                content="Sort a list so:\n```python\nitems.sort()\n```",
                model=AnswerModel(name="Tiny", file="tiny.gguf"),
            )
            return replace(answered, messages=(*before, told))

        await app.conversations.change(chat.id, decide)
        both = await _search(app, "sort list ")
        question, answer = (chat.id, 1), (chat.id, 2)

        assert sorted(both) == [question, answer]
        assert await _search(app, "sort list ", role="user") == [question]
        assert await _search(app, "sort list ", model="Tiny") == [answer]
        assert await _search(app, "sort list ", model="Other") == []
        assert await _search(app, "sort list ", after=1500) == [answer]
        assert await _search(app, "sort list ", has_code=True) == [answer]
        assert await _search(app, "sort list ", is_pinned=True) == []
        await app.conversations.pin(chat.id, is_pinned=True)
        assert sorted(await _search(app, "sort list ", is_pinned=True)) == [question, answer]
        assert await app.memory.list_models() == ("Tiny",)


async def test_the_index_can_be_made_anew_while_the_app_runs(tmp_path: Path) -> None:
    async with _app(tmp_path) as app:
        chat = await _say(app, "My passport is in the blue drawer.")
        assert await _search(app, "passport ") == [(chat, 1)]
        await Api(app).invoke("rebuild_search_index", b"")
        assert await _search(app, "passport ") == [(chat, 1)]
        assert app.topics["memory"].snapshot().chats_total == 1


@pytest.mark.parametrize("is_made_anew", [True, False])
async def test_what_comes_while_the_messages_are_counted_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_made_anew: bool
) -> None:
    """The index says that it has caught up only when nothing came up meanwhile."""
    loop = asyncio.get_running_loop()
    count = SearchIndex.count_messages
    meanwhile: list[Callable[[], None]] = []

    def count_slowly(index: SearchIndex) -> int:
        counted = count(index)
        if meanwhile:
            done = threading.Event()
            loop.call_soon_threadsafe(meanwhile.pop())
            loop.call_soon_threadsafe(done.set)
            assert done.wait(10)
        return counted

    async with _app(tmp_path) as app:
        chat = await _say(app, "The passport.")
        await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
        monkeypatch.setattr(SearchIndex, "count_messages", count_slowly)

        def lose_the_chat() -> None:
            (AppPaths.locate(tmp_path).chats / f"{chat}.json").unlink()
            app.memory.index.note_change(chat)

        meanwhile.append(app.memory.index.make_anew if is_made_anew else lose_the_chat)
        app.memory.index.note_change(chat)
        await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)

        assert not meanwhile
        assert app.topics["memory"].snapshot().message_count == (1 if is_made_anew else 0)
        async with asyncio.timeout(0):
            await app.memory.index.wait_opened()
