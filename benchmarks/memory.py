"""What search and its index cost, with as many messages as years of chats make."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from typing import Final

import psutil
from msgspec.structs import replace

from benchmarks.app import open_app
from benchmarks.figures import milliseconds, percentile
from benchmarks.table import Row
from llama_desktop.domain.chat import Conversation, Message, MessageStatus, Role
from llama_desktop.infrastructure.storage.chat_files import scan_chats
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository
from llama_desktop.infrastructure.storage.search_index import SearchIndex
from llama_desktop.services.memory.index import bring_up_to_date
from llama_desktop.services.memory.indexed import INDEX_VERSION, analyse_message
from llama_desktop.services.memory.service import MemoryService

_PER_CHAT: Final = 50
_WORDS_EACH: Final = 100
_QUESTION: Final = 7
_COMMON, _RARE = 6_000, 60_000
_QUERY_SECONDS: Final = {10_000: 0.025, 100_000: 0.08}
_KEY_SECONDS: Final = 0.05
_ADD_SECONDS: Final = 0.002
_REBUILD_SECONDS: Final = 60
_CHECK_SECONDS: Final = 0.05
_BYTES: Final = 80e6


def measure(folder: Path, *, quick: bool) -> list[Row]:
    """At 10,000 messages, and at 100,000 unless in a hurry."""
    rows: list[Row] = []
    for count in (10_000,) if quick else (10_000, 100_000):
        data = folder / str(count)
        words = _Words()
        _write_chats(data, count, words)
        rows += asyncio.run(_measure_index(data, count, words))
        rows += asyncio.run(_measure_app(data, count, words))
    return rows


class _Words:
    """Made-up words, few of them often and many rarely, as in any language."""

    def __init__(self) -> None:
        self._random = random.Random(1)
        self._known = [self._make() for _ in range(_COMMON + _RARE)]

    def text(self, count: int) -> str:
        """So many words; each 25th is a rare one."""
        chosen = [
            self._known[_COMMON + self._random.randrange(_RARE)]
            if self._random.random() < 0.04
            else self._known[int(_COMMON * self._random.random() ** 3)]
            for _ in range(count)
        ]
        return " ".join(chosen) + "."

    def _make(self) -> str:
        syllables = self._random.randrange(2, 5)
        return "".join(
            self._random.choice("bdfgklmnprstvz") + self._random.choice("aeiou")
            for _ in range(syllables)
        )


def _write_chats(data: Path, count: int, words: _Words) -> None:
    folder = data / "chats"
    folder.mkdir(parents=True)
    repository = ConversationRepository(
        chats=folder, trash=data / "trash", damaged=data / "damaged", backups=data / "backups"
    )
    for number in range(count // _PER_CHAT):
        began = 1_600_000_000.0 + number * 40_000
        messages = tuple(
            Message(
                id=doc,
                parent_id=doc - 1 or None,
                role=Role.USER if doc % 2 else Role.ASSISTANT,
                content=words.text(_WORDS_EACH),
                status=MessageStatus.COMPLETE,
                created=began + doc * 60,
            )
            for doc in range(1, _PER_CHAT + 1)
        )
        chat = Conversation(
            id=f"chat-{number:06}", title=words.text(4), created=began, updated=began
        )
        repository.create(replace(chat, messages=messages, leaf_id=_PER_CHAT))


async def _measure_index(data: Path, count: int, words: _Words) -> list[Row]:
    rows: list[Row] = []
    begin = time.perf_counter()
    async with MemoryService(chats=data / "chats", file=data / "search.db") as memory:
        await memory.index.wait_caught_up()
        seconds = time.perf_counter() - begin
        taken = []
        for _ in range(100):
            question = words.text(_QUESTION)
            begin = time.perf_counter()
            await memory.search(question, limit=50)
            taken.append(time.perf_counter() - begin)
    worst = percentile(taken, 95)
    rows.append(_row(f"a search of {count:,} messages, p95", worst, _QUERY_SECONDS[count]))
    if count >= 100_000:
        rows.append(
            Row(
                f"making the index of {count:,} messages",
                f"{seconds:.0f} s",
                "",
                "",
                f"<= {_REBUILD_SECONDS} s",
                seconds <= _REBUILD_SECONDS,
            )
        )
    rows += await asyncio.to_thread(_measure_file, data, words)
    return rows


def _measure_file(data: Path, words: _Words) -> list[Row]:
    """One more message, and the check at start."""
    index = SearchIndex(data / "search.db", version=INDEX_VERSION, analyse=analyse_message)
    repository = ConversationRepository(
        chats=data / "chats",
        trash=data / "trash",
        damaged=data / "damaged",
        backups=data / "backups",
    )
    taken = []
    for number in range(20):
        chat_id = f"chat-{number:06}"
        chat = repository.read(chat_id)
        last = chat.messages[-1]
        more = replace(last, id=last.id + 1, parent_id=last.id, content=words.text(_WORDS_EACH))
        repository.change(
            chat_id,
            lambda old, more=more: replace(old, messages=(*old.messages, more), leaf_id=more.id),
        )
        begin = time.process_time()
        bring_up_to_date(index, data / "chats", chat_id)
        taken.append(time.process_time() - begin)
    rows = [
        _row(
            f"indexing one more message of a chat of {_PER_CHAT}, CPU, median",
            percentile(taken, 50),
            _ADD_SECONDS,
        )
    ]
    chats = len(scan_chats(data / "chats"))
    if chats >= 2_000:
        checks = []
        for _ in range(5):
            begin = time.perf_counter()
            known = index.fingerprints()
            there = scan_chats(data / "chats")
            assert known == there
            checks.append(time.perf_counter() - begin)
        rows.append(
            _row(
                f"the check of {chats:,} chats at start, median",
                percentile(checks, 50),
                _CHECK_SECONDS,
            )
        )
    index.close()
    return rows


async def _measure_app(data: Path, count: int, words: _Words) -> list[Row]:
    """A person types into the search of the real app."""
    if count < 100_000:
        return []
    async with open_app(data) as app:
        process = psutil.Process(app.pid)
        await asyncio.sleep(3)  # what a start leaves to do
        before = process.memory_full_info().pss
        taken = []
        for _ in range(6):
            question = words.text(3).rstrip(".")
            for end in range(1, len(question) + 1):
                begin = time.perf_counter()
                await app.invoke("search_messages", query=question[:end], limit=50)
                taken.append(time.perf_counter() - begin)
        grown = process.memory_full_info().pss - before
    return [
        _row(
            f"a key of a search of {count:,} messages, over the wire, median",
            percentile(taken, 50),
            _KEY_SECONDS,
        ),
        _row(
            f"a key of a search of {count:,} messages, over the wire, p95",
            percentile(taken, 95),
            _KEY_SECONDS,
        ),
        Row(
            f"memory that searching {count:,} messages takes (PSS)",
            f"{grown / 1e6:.0f} MB",
            "",
            "",
            f"<= {_BYTES / 1e6:.0f} MB",
            grown <= _BYTES,
        ),
    ]


def _row(name: str, seconds: float, target: float) -> Row:
    return Row(name, milliseconds(seconds), "", "", f"<= {milliseconds(target)}", seconds <= target)
