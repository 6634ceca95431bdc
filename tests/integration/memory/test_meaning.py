"""Search by meaning in the app as it is wired: real engines beside the one for chats."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace

from llama_desktop.bootstrap import open_application
from llama_desktop.domain.chat import Conversation, Message, MessageStatus, Role
from llama_desktop.domain.memory import IndexState
from llama_desktop.domain.settings import SettingsChange
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.llama.process_records import ProcessRecords
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.application import Application
from models import make


@asynccontextmanager
async def _app(folder: Path) -> AsyncIterator[Application]:
    paths = AppPaths.locate(folder)
    paths.prepare()
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        yield app


async def _say(app: Application, chat_id: str, *contents: str) -> None:
    """One message after the other."""

    def decide(old: Conversation) -> Conversation:
        first = len(old.messages) + 1
        added = tuple(
            Message(
                id=number,
                parent_id=number - 1 or None,
                role=Role.USER if number % 2 else Role.ASSISTANT,
                content=content,
                status=MessageStatus.COMPLETE,
                created=1_700_000_000.0 + number,
            )
            for number, content in enumerate(contents, start=first)
        )
        return replace(old, messages=(*old.messages, *added), leaf_id=added[-1].id)

    await app.conversations.change(chat_id, decide)


async def _chat(app: Application, *contents: str) -> str:
    chat = await app.conversations.create()
    await _say(app, chat.id, *contents)
    return chat.id


async def _wait(app: Application, is_so: Callable[[IndexState], bool]) -> IndexState:
    """Until the topic `memory` tells that it is so."""
    told: asyncio.Future[IndexState] = asyncio.get_running_loop().create_future()

    def listen(state: IndexState, _sequence: int) -> None:
        if is_so(state) and not told.done():
            told.set_result(state)

    end = app.memory.index.topic.subscribe(listen)
    try:
        return await asyncio.wait_for(told, 60)
    finally:
        end()


async def _wait_embedded(app: Application, count: int) -> None:
    await _wait(
        app,
        lambda state: (
            state.embedding is not None
            and state.embedding.messages_done == count
            and state.message_count == count
        ),
    )


async def _choose(app: Application, path: Path | None) -> None:
    await app.settings.update(SettingsChange(embedding_model_path=path))


def _vectors(folder: Path) -> dict[tuple[str, int], bytes]:
    """By chat and message."""
    with closing(sqlite3.connect(folder / "search.db")) as db:
        rows = db.execute(
            "select c.id, m.doc, v.numbers from vector v left join message m on m.key = v.message"
            " left join chat c on c.key = m.chat"
        )
        return {(chat, doc): numbers for chat, doc, numbers in rows}


async def test_all_messages_get_a_vector_and_those_of_a_rebuild_are_the_same(
    tmp_path: Path,
) -> None:
    async with _app(tmp_path) as app:
        await _choose(app, make.embedding_model())
        first = await _chat(app, "the cat in the car", "the dog of the doctor", "food " * 700)
        second = await _chat(app, "money in the bank")
        await _wait_embedded(app, 4)
        await _say(app, second, "bread and apple")
        await _wait_embedded(app, 5)
        await app.conversations.change(
            first,
            lambda old: replace(
                old, messages=(replace(old.messages[0], content="a river"), *old.messages[1:])
            ),
        )
        gone = await _chat(app, "weather in paris")
        await _wait_embedded(app, 6)
        await app.conversations.delete(gone)
        await _wait(app, lambda state: state.message_count == 5)
        kept = _vectors(tmp_path)
        assert set(kept) == {(first, 1), (first, 2), (first, 3), (second, 1), (second, 2)}
        app.memory.index.make_anew()
        await _wait(app, lambda state: state.is_catching_up)
        await _wait_embedded(app, 5)
        assert _vectors(tmp_path) == kept


async def test_words_alone_and_with_meaning_find_the_same_messages_and_tell_how_close_they_are(
    tmp_path: Path,
) -> None:
    async with _app(tmp_path) as app:
        await _chat(app, "the cat in the car", "the dog in the car of a doctor")
        await _chat(app, "a car of money")
        await app.memory.index.wait_caught_up()
        before = await app.memory.search("car doctor ", limit=10)
        assert {hit.likeness for hit in before} == {0}
        await _choose(app, make.embedding_model())
        await _wait_embedded(app, 3)

        close = await app.memory.search("car doctor ", limit=10)
        assert {hit.snippet for hit in close} == {hit.snippet for hit in before}
        assert all(hit.likeness > 0 for hit in close)
        words = await app.memory.search("car doctor ", limit=10, by_meaning=False)
        assert words == before

        await _choose(app, None)
        await _wait(app, lambda state: state.embedding is None)
        assert await app.memory.search("car doctor ", limit=10) == before


async def test_another_model_begins_anew_and_a_restart_goes_on(tmp_path: Path) -> None:
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(make.embedding_model().read_bytes())
    async with _app(tmp_path) as app:
        await _choose(app, make.embedding_model())
        await _chat(app, "the cat in the car", "the dog")
        await _wait_embedded(app, 2)
        await _choose(app, copy)
        await _wait(
            app,
            lambda state: (
                state.embedding is not None
                and state.embedding.model == "copy.gguf"
                and state.embedding.messages_done == 2
            ),
        )
    with closing(sqlite3.connect(tmp_path / "search.db")) as db:
        ((model,),) = db.execute("select value from meta where name = 'vector_model'")
    assert model.startswith(str(copy))
    async with _app(tmp_path) as app:
        await _wait_embedded(app, 2)
        assert not app.memory.index.topic.snapshot().embedding.is_ready  # there is nothing to do


@pytest.mark.parametrize("kind", ["a model for chats", "no model", "gone"])
async def test_a_model_that_makes_no_vectors_is_told_and_the_search_knows_words(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "some.gguf"
    path.write_bytes(make.chat_model().read_bytes() if kind == "a model for chats" else b"no")
    async with _app(tmp_path / "data") as app:
        await _chat(app, "the cat in the car")
        await app.settings.update(SettingsChange(embedding_model_path=path))
        if kind == "gone":
            path.unlink()
        state = await _wait(
            app, lambda state: state.embedding is not None and state.embedding.problem is not None
        )
        assert state.embedding.messages_done == 0
        (hit,) = await app.memory.search("car ", limit=10)
        assert hit.likeness == 0


async def test_a_server_that_dies_leaves_the_search_with_words(tmp_path: Path) -> None:
    async with _app(tmp_path) as app:
        await _choose(app, make.embedding_model())
        await _chat(app, "the cat in the car")
        await _wait_embedded(app, 1)
        for record in ProcessRecords(tmp_path / "processes").read():
            psutil.Process(record.pid).kill()
        await _wait(app, lambda state: not state.embedding.is_ready)
        (hit,) = await app.memory.search("cat ", limit=10)
        assert hit.message_id == 1


async def test_a_reranker_orders_what_was_found_and_one_that_is_none_leaves_it(
    tmp_path: Path,
) -> None:
    async with _app(tmp_path) as app:
        for number, word in enumerate(("cat", "dog", "river", "bank", "food", "bread")):
            await _chat(app, f"the car and the {word} {'of the car ' * number}")
        await app.memory.index.wait_caught_up()
        by_words = await app.memory.search("car ", limit=10)
        await app.settings.update(SettingsChange(reranker_model_path=make.reranking_model()))
        await app.memory.search("car ", limit=10)  # wakes it up
        await _wait(app, lambda state: state.reranker is not None and state.reranker.is_ready)
        reranked = await app.memory.search("car ", limit=10)
        assert set(reranked) == set(by_words)
        assert reranked != by_words
        assert await app.memory.search("car ", limit=10, by_meaning=False) == by_words

        await app.settings.update(SettingsChange(reranker_model_path=make.embedding_model()))
        await app.memory.search("car ", limit=10)
        state = await _wait(
            app, lambda state: state.reranker is not None and state.reranker.problem is not None
        )
        assert "is no re-ranker" in state.reranker.problem
        assert await app.memory.search("car ", limit=10) == by_words
