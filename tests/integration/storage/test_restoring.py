"""Going back to a snapshot: what comes back, what stays, and that it can be undone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from driver.kept_state import look_at, make_so, say
from llama_desktop.bootstrap import open_application
from llama_desktop.domain.errors import NotFound, StorageFailed
from llama_desktop.domain.memory import Fact
from llama_desktop.domain.settings import Settings, SettingsChange, Theme
from llama_desktop.domain.snapshots import KeptKind
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.application import Application

ALL = {KeptKind.SETTINGS, KeptKind.DRAFTS, KeptKind.FACTS, KeptKind.MODEL_CHOICES}


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = AppPaths.locate(tmp_path)
    paths.prepare()
    return paths


@pytest.fixture
async def app(paths: AppPaths) -> AsyncIterator[Application]:
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        yield app


async def test_everything_is_as_it_was_and_the_way_back_is_there_too(
    app: Application, paths: AppPaths
) -> None:
    chats = await make_so(app, "then")
    then = await app.snapshots.make()
    await make_so(app, "now", chats)
    await app.conversations.delete(chats[0])
    assert (await look_at(app)) == {"now"}

    restored = await app.restoring.restore(then.id)

    assert restored.restored_count == len(chats)
    assert set(restored.kinds) == ALL
    assert await look_at(app) == {"then"}
    assert await app.conversations.list_trash() == ()
    again = await app.restoring.restore(restored.before.id)
    assert await look_at(app) == {"now"}
    assert again.restored_count == len(chats)
    (deleted,) = await app.conversations.list_trash()
    assert (deleted.id, deleted.title) == (chats[0], "now")
    # As the next start sees it.
    async with open_application(paths, desktop=NoDesktop(), version="test") as later:
        assert await look_at(later) == {"now"}
        assert await later.conversations.list_trash() == (deleted,)


async def test_what_was_begun_since_stays_with_its_draft(app: Application) -> None:
    old = await say(app, "an old question")
    await app.drafts.save(old, "an old draft")
    await app.drafts.save(None, "for a new chat")
    then = await app.snapshots.make()
    new = await say(app, "a new question")
    await app.drafts.save(new, "a new draft")
    await app.drafts.save(old, "another draft")
    await app.drafts.save(None, "")

    restored = await app.restoring.restore(then.id)

    assert restored.restored_count == 0
    assert restored.kinds == (KeptKind.DRAFTS,)
    assert {one.id for one in await app.conversations.list()} == {old, new}
    assert {one.conversation_id: one.content for one in await app.drafts.list()} == {
        old: "an old draft",
        None: "for a new chat",
        new: "a new draft",
    }


async def test_a_draft_comes_back_with_the_files_that_were_sent_since(app: Application) -> None:
    chat = await say(app, "a question")
    file = await app.attachments.add("notes.txt", b"what the file says")
    await app.drafts.save(chat, "look at this", (file.id,))
    then = await app.snapshots.make()
    await app.drafts.save(chat, "")
    await app.attachments.discard((file.id,))

    await app.restoring.restore(then.id)

    (draft,) = await app.drafts.list()
    assert [one.id for one in draft.attachments] == [file.id]
    assert (await app.attachments.get(file.id)).text == "what the file says"


async def test_files_of_a_chat_come_back_with_it(app: Application, paths: AppPaths) -> None:
    chat = await say(app, "a question")
    files = paths.chats / f"{chat}.files"
    files.mkdir()
    (files / "a").write_text("text")
    (files / "a.json").write_text("{}")
    then = await app.snapshots.make()
    await app.conversations.delete(chat)
    await app.conversations.empty_trash()
    assert not files.exists()
    await app.restoring.restore(then.id)
    assert (files / "a").read_text() == "text"


async def test_what_there_was_nothing_of_then_is_gone_and_can_come_back(
    app: Application,
) -> None:
    then = await app.snapshots.make()
    await make_so(app, "now", [])

    restored = await app.restoring.restore(then.id)

    assert set(restored.kinds) == ALL
    assert app.settings.get() == Settings()
    assert app.facts.get() == app.model_records.all().records == ()
    assert await app.drafts.list() == ()
    await app.restoring.restore(restored.before.id)
    assert await look_at(app) == {"now"}


async def test_an_older_snapshot_leaves_alone_what_it_does_not_tell_of(
    app: Application, paths: AppPaths
) -> None:
    then = await app.snapshots.make()
    (paths.snapshots / then.id / "absent.json").unlink()
    shutil.rmtree(paths.snapshots / then.id / "attachments")
    await make_so(app, "now", [])
    restored = await app.restoring.restore(then.id)
    assert restored.kinds == ()
    assert await look_at(app) == {"now"}


async def test_what_nobody_could_read_takes_no_place(app: Application, paths: AppPaths) -> None:
    chats = await make_so(app, "then")
    then = await app.snapshots.make()
    place = paths.snapshots / then.id
    for name in (f"chats/{chats[0]}.json", "settings.json", "drafts.json"):
        (place / name).unlink()  # which is the same file as the present one
        (place / name).write_text('{"half": ')
    (place / "chats" / "..strange.json").write_text("{}")
    await make_so(app, "now", chats)

    restored = await app.restoring.restore(then.id)

    assert restored.restored_count == len(chats) - 1
    assert set(restored.kinds) == {KeptKind.FACTS, KeptKind.MODEL_CHOICES}
    assert app.settings.get().chat_system_prompt == "now"
    assert app.notices.notices().notices == ()


async def test_settings_of_a_later_version_are_not_gone_back_to(
    app: Application, paths: AppPaths
) -> None:
    await app.settings.update(SettingsChange(theme=Theme.DARK))
    then = await app.snapshots.make()
    file = paths.snapshots / then.id / "settings.json"
    file.unlink()
    file.write_text('{"settings": {"1": {"schema": 999, "theme": "sepia"}}}')
    assert (await app.restoring.restore(then.id)).kinds == ()
    assert app.settings.get().theme is Theme.DARK


async def test_listeners_hear_of_what_came_back(app: Application) -> None:
    await make_so(app, "then", [])
    then = await app.snapshots.make()
    await make_so(app, "now", [])
    heard: list[str] = []
    topics = (app.settings.topic, app.facts.topic, app.model_records.topic)
    for topic in topics:
        topic.subscribe(lambda value, _: heard.append(str(value)))
    heard.clear()
    await app.restoring.restore(then.id)
    assert len(heard) >= len(topics)
    assert all("then" in one for one in heard)
    # And the next change begins with what came back.
    await app.settings.update(SettingsChange(theme=Theme.DARK))
    assert app.settings.get().chat_system_prompt == "then"


async def test_the_search_finds_what_came_back(app: Application) -> None:
    chat = await say(app, "the xylophone is in the attic")
    then = await app.snapshots.make()
    await app.conversations.delete(chat)
    await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
    await app.restoring.restore(then.id)
    await asyncio.wait_for(app.memory.index.wait_caught_up(), 30)
    found = await app.memory.search("xylophone", limit=5)
    assert [hit.conversation_id for hit in found] == [chat]


async def test_there_is_no_way_to_nowhere(app: Application, paths: AppPaths) -> None:
    for strange in ("x", "..", "20260101-000000-000000"):
        with pytest.raises(NotFound):
            await app.restoring.restore(strange)
    assert not paths.snapshots.exists()


async def test_what_cannot_be_written_leaves_everything_as_it_is(
    app: Application, paths: AppPaths
) -> None:
    chats = await make_so(app, "then")
    then = await app.snapshots.make()
    await make_so(app, "now", chats)
    (paths.data / "restoring.making").write_text("")  # in the way, but can be removed
    (paths.data / "restoring").mkdir()
    (paths.data / "restoring" / "in the way").write_text("")
    with pytest.raises(StorageFailed):
        await app.restoring.restore(then.id)
    assert await look_at(app) == {"now"}
    shutil.rmtree(paths.data / "restoring")
    await app.facts.save(replace(app.facts.get()[0], text="now, still"))
    await app.restoring.restore(then.id)
    assert await look_at(app) == {"then"}
    assert app.facts.get() == (Fact(id="a", text="then", created=1.0),)
