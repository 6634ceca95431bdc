"""What keeping costs: a durable append, and a list of ten thousand chats."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.app import open_app
from benchmarks.figures import median, milliseconds
from benchmarks.table import Row
from llama_desktop.domain.chat import Conversation, MessageStatus
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository
from llama_desktop.services.conversation_tree import append_answer, append_question

_CHATS = 10_000
_TURNS = 25
_APPENDS = 50
_APPEND_SECONDS = 0.002
_MOST_RATIO = 2.0
_LIST_SECONDS = 0.050
_TEXT = "A message of about six hundred characters, as they are in chats. " * 9


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """500,000 messages in 10,000 chats; a tenth of that for a first look."""
    chats = _CHATS // 10 if quick else _CHATS
    paths = AppPaths.locate(folder / "data")
    paths.prepare()
    _write_chat(paths, "0-first")
    _write_chat(paths, "0-second")
    few = _measure_appends(paths, "0-first")
    content = (paths.chats / "0-second.json").read_bytes()
    for number in range(chats):
        (paths.chats / f"{number}-copy.json").write_bytes(content)
    many = _measure_appends(paths, "0-second")
    rows = [
        Row(
            f"durable append at 100 and at {chats * _TURNS * 2:,} messages",
            f"{milliseconds(few)}, {milliseconds(many)}",
            "",
            f"x {many / few:.2f}",
            f"<= {milliseconds(_APPEND_SECONDS)}, x {_MOST_RATIO:.0f}",
            many <= _APPEND_SECONDS and many / few <= _MOST_RATIO,
        )
    ]
    begin = time.perf_counter()
    async with open_app(folder / "data") as app:
        line = time.perf_counter() - begin
        await app.invoke("list_conversations")
        known = time.perf_counter() - begin
        seconds = []
        for _ in range(10):
            begin = time.perf_counter()
            await app.invoke("list_conversations")
            seconds.append(time.perf_counter() - begin)
    rows.append(
        Row(
            f"start with {chats:,} chats: answers, and the list is there",
            f"{milliseconds(line)}, {milliseconds(known)}",
            "",
            "",
            "",
            is_met=True,
        )
    )
    rows.append(
        Row(
            f"list of {chats:,} chats to the page",
            milliseconds(median(seconds)),
            "",
            "",
            f"<= {milliseconds(_LIST_SECONDS)}",
            median(seconds) <= _LIST_SECONDS,
        )
    )
    return rows


def _write_chat(paths: AppPaths, conversation_id: str) -> None:
    chat = Conversation(id=conversation_id, title="Kept", created=1, updated=1)
    for _ in range(_TURNS):
        chat = append_question(chat, _TEXT, parent_id=chat.leaf_id, now=1)
        assert chat.leaf_id is not None
        chat = append_answer(chat, chat.leaf_id, status=MessageStatus.COMPLETE, now=1)
    _open(paths).create(chat)


def _measure_appends(paths: AppPaths, conversation_id: str) -> float:
    """The median of one write with all that makes it durable."""
    repository = _open(paths)
    repository.read(conversation_id)
    seconds = []
    for _ in range(_APPENDS):
        begin = time.perf_counter()
        repository.change(
            conversation_id,
            lambda old: append_question(old, _TEXT, parent_id=old.leaf_id, now=1),
        )
        seconds.append(time.perf_counter() - begin)
    return median(seconds)


def _open(paths: AppPaths) -> ConversationRepository:
    return ConversationRepository(
        chats=paths.chats, trash=paths.trash, damaged=paths.damaged, backups=paths.backups
    )
