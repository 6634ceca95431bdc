"""Two thousand chats, and window geometry: what is quick stays quick."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from llama_desktop.domain.chat import Conversation, MessageStatus
from llama_desktop.domain.settings import WindowGeometry
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository
from llama_desktop.infrastructure.storage.window_repository import WindowRepository
from llama_desktop.services.conversation_tree import append_answer, append_question


@pytest.fixture
def repository(tmp_path: Path) -> ConversationRepository:
    paths = AppPaths.locate(tmp_path)
    paths.prepare()
    return ConversationRepository(
        chats=paths.chats, trash=paths.trash, damaged=paths.damaged, backups=paths.backups
    )


def _chat(conversation_id: str, turns: int) -> Conversation:
    chat = Conversation(id=conversation_id, title="", created=1, updated=1)
    for _ in range(turns):
        chat = append_question(chat, "question " * 60, parent_id=chat.leaf_id, now=1)
        chat = append_answer(chat, chat.leaf_id, status=MessageStatus.COMPLETE, now=1)
    return chat


def test_two_thousand_chats_are_listed_quickly(
    repository: ConversationRepository, tmp_path: Path
) -> None:
    repository.create(_chat("0-template", 25))
    content = (tmp_path / "chats" / "0-template.json").read_bytes()
    for number in range(1, 2000):
        (tmp_path / "chats" / f"{number}-copy.json").write_bytes(content)
    began = time.perf_counter()
    inventory = repository.take_inventory()
    seconds = time.perf_counter() - began
    assert len(inventory.summaries) == 2000
    assert inventory.summaries[5].message_count == 50
    assert seconds < 2, f"{seconds:.2f} s"  # 0.2 s on a quiet machine


def test_more_chats_than_are_held_open_are_all_read_back(
    repository: ConversationRepository,
) -> None:
    for number in range(40):
        repository.create(_chat(f"{number}", 1))
    for number in range(40):
        assert repository.read(f"{number}") == _chat(f"{number}", 1)


def test_the_window_comes_back_where_it_was(tmp_path: Path) -> None:
    repository = WindowRepository(tmp_path / "window.json")
    assert repository.load() is None
    geometry = WindowGeometry(width=1200, height=800, x=-5, y=10, maximized=True)
    repository.save(geometry)
    assert repository.load() == geometry


@pytest.mark.parametrize("content", ["", "[]", '{"width": 0, "height": 5}', '{"width": "a"}'])
def test_a_window_that_nobody_could_see_is_not_restored(tmp_path: Path, content: str) -> None:
    (tmp_path / "window.json").write_text(content)
    assert WindowRepository(tmp_path / "window.json").load() is None
