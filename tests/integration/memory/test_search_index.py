"""The search index over real files: true to the chats, whatever happens to it or to them."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from llama_desktop.domain.chat import Conversation, Message, MessageStatus, Role
from llama_desktop.domain.errors import ConversationNotFound, MessageNotFound
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository
from llama_desktop.infrastructure.storage.search_index import SearchIndex
from llama_desktop.services.conversation_branches import delete_message, restore_message
from llama_desktop.services.memory.index import bring_up_to_date
from llama_desktop.services.memory.indexed import INDEX_VERSION, analyse_message
from llama_desktop.services.memory.service import MemoryService


class _Chats:
    """Chats that are kept as the app keeps them."""

    def __init__(self, folder: Path) -> None:
        self.chats = folder / "chats"
        self.file = folder / "search.db"
        self.chats.mkdir()
        self.repository = ConversationRepository(
            chats=self.chats,
            trash=folder / "trash",
            damaged=folder / "damaged",
            backups=folder / "backups",
        )

    @asynccontextmanager
    async def memory(self) -> AsyncIterator[MemoryService]:
        async with MemoryService(chats=self.chats, file=self.file) as memory:
            await asyncio.wait_for(memory.index.wait_caught_up(), 30)
            yield memory

    def say(self, chat_id: str, *contents: str, parent_id: int | None = None) -> None:
        """One message after the other; the chat is made where there is none."""
        for content in contents:
            parent_id = self._say(chat_id, content, parent_id)

    def _say(self, chat_id: str, content: str, parent_id: int | None) -> int:
        try:
            chat = self.repository.read(chat_id)
        except ConversationNotFound:
            chat = Conversation(id=chat_id, title=content[:20], created=1.0, updated=1.0)
            self.repository.create(chat)
        number = len(chat.messages) + 1
        message = Message(
            id=number,
            parent_id=parent_id,
            role=Role.USER if number % 2 else Role.ASSISTANT,
            content=content,
            status=MessageStatus.COMPLETE,
            created=1_700_000_000.0 + number,
        )
        self.repository.change(
            chat_id,
            lambda old: replace(old, messages=(*old.messages, message), leaf_id=number),
        )
        return number


@pytest.fixture
def chats(tmp_path: Path) -> _Chats:
    return _Chats(tmp_path)


async def _found(memory: MemoryService, text: str) -> list[tuple[str, int]]:
    hits = await memory.search(text, limit=20)
    return [(hit.conversation_id, hit.message_id) for hit in hits]


async def test_what_was_said_is_found_with_a_typo_and_marked(chats: _Chats) -> None:
    chats.say("a", "Where is my passport?", "In the blue drawer, with the insurance papers.")
    chats.say("b", "How do I cook rice?", "With water.")
    async with chats.memory() as memory:
        (hit, answer) = await memory.search("pasport", limit=20)
    assert (hit.conversation_id, hit.message_id, hit.role) == ("a", 1, Role.USER)
    assert hit.conversation_title == "Where is my passport"
    assert [hit.snippet[start:end] for start, end in hit.matches] == ["passport"]
    assert (answer.message_id, answer.matches) == (2, ())
    assert hit.score > answer.score


async def test_phrases_exclusions_and_unfinished_words(chats: _Chats) -> None:
    chats.say("a", "the blue drawer")
    chats.say("b", "a drawer that is blue")
    chats.say("c", "a drawing")
    async with chats.memory() as memory:
        assert await _found(memory, '"blue drawer"') == [("a", 1)]
        assert await _found(memory, 'drawer -"blue drawer" ') == [("b", 1)]
        assert set(await _found(memory, "draw")) == {("a", 1), ("b", 1), ("c", 1)}
        assert await _found(memory, "-drawer") == []
        assert await _found(memory, 'the "') == []


async def test_the_most_common_words_find_those_that_have_them_all_first(chats: _Chats) -> None:
    """Where each word stands in more messages than are put into an order."""
    contents = ["an apple", "a pear"] * 7_000
    contents[5_000] = "the pear beside an apple"
    messages = tuple(
        Message(
            id=number,
            parent_id=number - 1 or None,
            role=Role.USER if number % 2 else Role.ASSISTANT,
            content=content,
            status=MessageStatus.COMPLETE,
            created=1_700_000_000.0 + number,
        )
        for number, content in enumerate(contents, start=1)
    )
    chats.repository.create(
        Conversation(id="a", title="Fruit", created=1.0, updated=1.0, messages=messages)
    )
    chats.say("b", "the applause")
    async with chats.memory() as memory:
        assert (await _found(memory, "pear apple "))[0] == ("a", 5_001)
        assert {chat_id for chat_id, _ in await _found(memory, "ap")} == {"b"}
        assert {chat_id for chat_id, _ in await _found(memory, "pea")} == {"a"}
        assert await _found(memory, 'apple "beside an apple" ') == [("a", 5_001)]


async def test_what_changes_is_found_at_once_and_what_goes_is_not(chats: _Chats) -> None:
    async with chats.memory() as memory:
        chats.say("a", "first passport", "second drawer", "third lamp")

        async def look(text: str) -> list[tuple[str, int]]:
            memory.index.note_change("a")
            await asyncio.wait_for(memory.index.wait_caught_up(), 30)
            return await _found(memory, text)

        assert await look("lamp ") == [("a", 3)]
        chats.repository.change("a", lambda old: delete_message(old, 2))
        assert await look("lamp ") == []
        assert await look("drawer ") == []
        chats.repository.change("a", lambda old: restore_message(old, 2))
        assert await look("lamp ") == [("a", 3)]
        chats.repository.delete("a")
        assert await look("passport ") == []
        chats.repository.restore("a")
        assert await look("passport ") == [("a", 1), ("a", 2), ("a", 3)]


async def test_changes_while_the_app_was_closed_are_caught_up_with(chats: _Chats) -> None:
    chats.say("a", "passport")
    chats.say("b", "drawer")
    async with chats.memory():
        pass
    chats.say("c", "lamp")
    chats.repository.delete("b")
    async with chats.memory() as memory:
        assert memory.index.topic.snapshot().message_count == 2
        assert memory.index.topic.snapshot().chats_total == 2
        assert await _found(memory, "lamp ") == [("c", 1)]
        assert await _found(memory, "drawer ") == []
    async with chats.memory() as memory:
        assert memory.index.topic.snapshot().chats_total == 0


def _delete(file: Path) -> None:
    file.unlink()


def _truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5000])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _scribble(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096 : len(content) : 7] = b"x" * len(content[4096 : len(content) : 7])
    file.write_bytes(content)


def _replace_by_text(file: Path) -> None:
    file.write_text("not a database" * 1000)


def _make_older(file: Path) -> None:
    db = sqlite3.connect(file)
    with db:
        db.execute("update meta set value = '0' where name = 'version'")
    db.close()


@pytest.mark.parametrize(
    "harm", [_delete, _truncate, _empty, _scribble, _replace_by_text, _make_older]
)
async def test_an_index_that_is_harmed_is_made_anew(
    chats: _Chats, harm: Callable[[Path], None]
) -> None:
    for number in range(20):
        chats.say(f"chat-{number}", f"passport number {number}", "a drawer", "another lamp")
    async with chats.memory() as memory:
        before = await _found(memory, "passport 7")
    harm(chats.file)
    async with chats.memory() as memory:
        for _ in range(5):  # what is found to be damaged on the way is mended on the way
            if (after := await _found(memory, "passport 7")) == before:
                break
            await asyncio.wait_for(memory.index.wait_caught_up(), 30)
    assert after == before


async def test_thinking_files_and_unfinished_answers_are_not_searched(chats: _Chats) -> None:
    chats.say("a", "a question", "an answer")

    def decide(old: Conversation) -> Conversation:
        first, second = old.messages
        waiting = replace(second, reasoning="a secret thought", status=MessageStatus.ANSWERING)
        return replace(old, messages=(first, waiting))

    chats.repository.change("a", decide)
    async with chats.memory() as memory:
        assert await _found(memory, "secret ") == []
        assert [doc for _, doc in await _found(memory, "answer question ")] == [1]


_WORDS = st.sampled_from(["passport", "drawers", "паспорт", "护照在", "getUserName", "", "🚀 lamp"])
_CHATS = st.sampled_from(["a", "b"])
_OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["say", "edit", "delete", "restore", "trash", "untrash", "stop", "title"]),
        _CHATS,
        st.integers(1, 6),
        st.lists(_WORDS, max_size=3).map(" ".join),
        st.booleans(),
    ),
    max_size=25,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_OPERATIONS)
def test_after_any_operations_the_index_equals_a_rebuild(
    operations: list[tuple[str, str, int, str, bool]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        chats = _Chats(Path(name))
        index = SearchIndex(chats.file, version=INDEX_VERSION, analyse=analyse_message)
        fresh = SearchIndex(Path(name) / "fresh.db", version=INDEX_VERSION, analyse=analyse_message)
        for what, chat_id, number, text, is_seen in operations:
            _operate(chats, what, chat_id, number, text)
            if is_seen:
                bring_up_to_date(index, chats.chats, chat_id)
        for chat_id in ("a", "b"):
            bring_up_to_date(index, chats.chats, chat_id)
            bring_up_to_date(fresh, chats.chats, chat_id)
        index.check()
        index.close()
        fresh.close()
        assert _contents(chats.file) == _contents(Path(name) / "fresh.db")


def _operate(chats: _Chats, what: str, chat_id: str, number: int, text: str) -> None:
    def put(old: Conversation, **changes: object) -> Conversation:
        messages = [replace(m, **changes) if m.id == number else m for m in old.messages]
        return replace(old, messages=tuple(messages))

    changes: dict[str, Callable[[Conversation], Conversation]] = {
        "edit": lambda old: put(old, content=text),
        "delete": lambda old: delete_message(old, number),
        "restore": lambda old: restore_message(old, number),
        "stop": lambda old: put(old, status=MessageStatus.ANSWERING),
        "title": lambda old: replace(old, title=text),
    }
    # Where there is nothing to do this to, nothing happens.
    with contextlib.suppress(ConversationNotFound, MessageNotFound):
        match what:
            case "say":
                known = {message.id for message in _messages(chats, chat_id)}
                chats.say(chat_id, text, parent_id=number if number in known else None)
            case "trash":
                chats.repository.delete(chat_id)
            case "untrash":
                chats.repository.restore(chat_id)
            case _:
                chats.repository.change(chat_id, changes[what])


def _messages(chats: _Chats, chat_id: str) -> tuple[Message, ...]:
    try:
        return chats.repository.read(chat_id).messages
    except ConversationNotFound:
        return ()


def _contents(file: Path) -> list[object]:
    """All that the index says, without the numbers of its rows."""
    db = sqlite3.connect(file)
    try:
        return [
            sorted(db.execute(question).fetchall(), key=repr)
            for question in (
                "select id, title, updated, size, mtime from chat",
                "select c.id, m.doc, p.doc, m.role, m.created, m.day, m.terms, m.content"
                " from message m join chat c on c.key = m.chat"
                " left join message p on p.key = m.parent",
                "select term, col, doc, cnt from term",
                "select word, uses from word",
            )
        ]
    finally:
        db.close()
