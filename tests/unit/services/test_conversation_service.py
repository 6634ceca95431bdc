"""The list of conversations, over real files in a temporary folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from fakes.chat_app import ChatApp, open_chat_app
from fakes.fake_client import FakeServer
from fakes.topic_log import TopicLog
from llama_desktop.domain.chat import Conversation, Message, MessageStatus, Role, SamplingParameters
from llama_desktop.domain.errors import BadRequest, ConversationNotFound, StorageFailed
from llama_desktop.domain.events import (
    ConversationRemoved,
    ConversationSaved,
    ConversationsSnapshot,
)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[ChatApp]:
    async with open_chat_app(tmp_path, FakeServer()) as app:
        yield app


def _with_message(
    old: Conversation, content: str = "Hi", status: MessageStatus = MessageStatus.COMPLETE
) -> Conversation:
    number = len(old.messages) + 1
    message = Message(
        id=number,
        parent_id=old.leaf_id,
        role=Role.USER if status is MessageStatus.COMPLETE else Role.ASSISTANT,
        content=content,
        status=status,
        created=1.0,
    )
    return replace(old, messages=(*old.messages, message), leaf_id=number, updated=number)


async def test_an_untouched_new_chat_leaves_nothing_behind(app: ChatApp) -> None:
    chat = await app.conversations.create()
    assert await app.conversations.get(chat.id) == chat
    assert await app.conversations.list() == ()
    assert list(app.paths.chats.iterdir()) == []


async def test_a_chat_is_listed_with_its_first_message(app: ChatApp) -> None:
    await app.conversations.list()
    log = TopicLog(app.conversations.topic)
    chat = await app.conversations.create()
    await app.conversations.change(chat.id, _with_message)
    (summary,) = await app.conversations.list()
    assert (summary.id, summary.message_count) == (chat.id, 1)
    assert log.of(ConversationSaved)[0].conversation == summary


async def test_a_chat_that_was_given_something_is_kept_at_once(tmp_path: Path) -> None:
    async with open_chat_app(tmp_path, FakeServer()) as app:
        await app.conversations.create(title="Plans")
        await app.conversations.create(system_prompt="Be kind.")
        chat = await app.conversations.create()
        await app.conversations.update(
            chat.id, system_prompt="", parameters=SamplingParameters(temperature=1)
        )
    async with open_chat_app(tmp_path, FakeServer()) as app:
        assert len(await app.conversations.list()) == 3
        assert (await app.conversations.get(chat.id)).parameters.temperature == 1


async def test_the_list_has_the_last_changed_first_and_survives_a_restart(tmp_path: Path) -> None:
    async with open_chat_app(tmp_path, FakeServer()) as app:
        ids = [(await app.conversations.create(title=f"Chat {i}")).id for i in range(3)]
        await app.conversations.change(
            ids[1], lambda old: replace(_with_message(old), updated=old.updated + 100)
        )
        listed = await app.conversations.list()
    assert [item.id for item in listed] == [ids[1], ids[2], ids[0]]
    async with open_chat_app(tmp_path, FakeServer()) as app:
        assert await app.conversations.list() == listed
        assert app.conversations.topic.snapshot() == ConversationsSnapshot(conversations=listed)


async def test_renaming_changes_the_title_and_not_the_order(app: ChatApp) -> None:
    first = await app.conversations.create(title="One")
    await app.conversations.create(title="Two")
    summary = await app.conversations.rename(first.id, " Better\n title ")
    assert summary.title == "Better title"
    assert [item.title for item in await app.conversations.list()] == ["Two", "Better title"]
    with pytest.raises(BadRequest):
        await app.conversations.rename(first.id, "  ")


async def test_deleted_chats_come_back_from_the_trash_as_they_were(app: ChatApp) -> None:
    await app.conversations.list()
    chat = await app.conversations.create(title="Keep me")
    await app.conversations.change(chat.id, _with_message)
    whole = await app.conversations.get(chat.id)
    log = TopicLog(app.conversations.topic)
    await app.conversations.delete(chat.id)
    assert await app.conversations.list() == ()
    assert (app.paths.trash / f"{chat.id}.json").exists()
    with pytest.raises(ConversationNotFound):
        await app.conversations.get(chat.id)
    (restored,) = await app.conversations.restore((chat.id,))
    assert restored.title == "Keep me"
    assert await app.conversations.get(chat.id) == whole
    assert [type(event) for event in log.events[1:]] == [ConversationRemoved, ConversationSaved]
    with pytest.raises(ConversationNotFound):
        await app.conversations.restore((chat.id,))


async def test_an_answer_left_unfinished_by_a_crash_is_cut_short_at_the_next_start(
    tmp_path: Path,
) -> None:
    async with open_chat_app(tmp_path, FakeServer()) as app:
        chat = await app.conversations.create()
        await app.conversations.change(chat.id, _with_message)
        await app.conversations.change(
            chat.id, lambda old: _with_message(old, "half", MessageStatus.ANSWERING)
        )
    async with open_chat_app(tmp_path, FakeServer()) as app:
        await app.conversations.list()
        assert '"cut_short"' in (app.paths.chats / f"{chat.id}.json").read_text()
        answer = (await app.conversations.get(chat.id)).messages[1]
    assert (answer.content, answer.status) == ("half", MessageStatus.CUT_SHORT)
    assert answer.error is not None


async def test_unfinished_answers_that_cannot_be_mended_on_disk_are_told_as_cut_short(
    tmp_path: Path,
) -> None:
    async with open_chat_app(tmp_path, FakeServer()) as app:
        chat = await app.conversations.create()
        await app.conversations.change(
            chat.id, lambda old: _with_message(old, "half", MessageStatus.WAITING)
        )
        # Nobody writes it: there is no turn.
        answer = (await app.conversations.get(chat.id)).messages[0]
    assert answer.status is MessageStatus.CUT_SHORT


async def test_a_damaged_file_is_kept_aside_and_the_rest_opens(tmp_path: Path) -> None:
    async with open_chat_app(tmp_path, FakeServer()) as app:
        good = await app.conversations.create(title="Good")
        bad = await app.conversations.create(title="Bad")
        path = app.paths.chats / f"{bad.id}.json"
    content = path.read_bytes()[:-20]
    path.write_bytes(content)
    async with open_chat_app(tmp_path, FakeServer()) as app:
        assert [item.id for item in await app.conversations.list()] == [good.id]
        (kept,) = app.paths.damaged.iterdir()
        (notice,) = app.notices.notices().notices
        with pytest.raises(ConversationNotFound):
            await app.conversations.get(bad.id)
    assert kept.read_bytes() == content
    assert kept.name.startswith(f"{bad.id}.json.broken-")
    assert notice.code == "conversation_damaged"
    assert str(kept) in notice.message
    assert path.name in notice.message
    assert not path.exists()


async def test_damage_that_only_shows_when_a_chat_is_opened_is_kept_aside_too(
    tmp_path: Path,
) -> None:
    async with open_chat_app(tmp_path, FakeServer()) as app:
        chat = await app.conversations.create()
        await app.conversations.change(chat.id, _with_message)
        path = app.paths.chats / f"{chat.id}.json"
    path.write_text(path.read_text().replace('"content": "Hi"', '"content": 5'))
    async with open_chat_app(tmp_path, FakeServer()) as app:
        assert len(await app.conversations.list()) == 1
        log = TopicLog(app.conversations.topic)
        with pytest.raises(ConversationNotFound, match="damaged"):
            await app.conversations.get(chat.id)
        assert await app.conversations.list() == ()
        assert len(log.of(ConversationRemoved)) == 1
        assert len(app.notices.notices().notices) == 1
        assert len(list(app.paths.damaged.iterdir())) == 1


async def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    async with open_chat_app(tmp_path, FakeServer()) as app:
        chat = await app.conversations.create(title="From the future")
        path = app.paths.chats / f"{chat.id}.json"
    path.write_text(path.read_text().replace('"schema": 2', '"schema": 9'))
    written = path.read_bytes()
    async with open_chat_app(tmp_path, FakeServer()) as app:
        assert await app.conversations.list() == ()
        (notice,) = app.notices.notices().notices
        with pytest.raises(StorageFailed, match="later version"):
            await app.conversations.get(chat.id)
    assert "later version" in notice.message
    assert path.read_bytes() == written
    assert not app.paths.backups.exists()


async def test_a_change_that_the_disk_refuses_is_held_and_told_until_it_is_written(
    app: ChatApp,
) -> None:
    chat = await app.conversations.create(title="Before")
    path = app.paths.chats / f"{chat.id}.json"
    app.repository.is_full = True
    await app.conversations.rename(chat.id, "After")
    await app.conversations.pin(chat.id, is_pinned=True)
    (summary,) = await app.conversations.list()
    assert (summary.title, summary.is_pinned) == ("After", True)
    assert (await app.conversations.get(chat.id)).title == "After"
    assert "After" not in path.read_text()
    (notice,) = app.notices.notices().notices
    assert notice.can_retry
    assert notice.message.startswith("What you changed is held in memory")
    with pytest.raises(StorageFailed):
        await app.conversations.delete(chat.id)

    app.repository.is_full = False
    await app.conversations.retry_saving()
    assert "After" in path.read_text()
    assert app.notices.notices().notices == ()


async def test_what_is_held_is_tried_once_more_when_the_app_closes(tmp_path: Path) -> None:
    async with open_chat_app(tmp_path, FakeServer()) as app:
        chat = await app.conversations.create(title="Before")
        app.repository.is_full = True
        await app.conversations.rename(chat.id, "After")
        app.repository.is_full = False
    assert "After" in (tmp_path / "chats" / f"{chat.id}.json").read_text()


@pytest.mark.parametrize(
    "conversation_id", ["", "..", "../settings", "a/b", "A", "a\0b", "x" * 65, "con.json"]
)
async def test_ids_that_could_leave_the_folder_are_unknown(
    app: ChatApp, conversation_id: str
) -> None:
    for ask in (app.conversations.get, app.conversations.delete):
        with pytest.raises(ConversationNotFound):
            await ask(conversation_id)
    with pytest.raises(ConversationNotFound):
        await app.conversations.restore((conversation_id,))
