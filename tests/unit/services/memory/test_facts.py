"""The list of what is to be remembered, over a real file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from fakes.topic_log import TopicLog
from llama_desktop.domain.errors import BadRequest
from llama_desktop.domain.memory import Fact, Facts
from llama_desktop.infrastructure.storage.fact_repository import FactRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.memory.facts import MOST_CHARACTERS, MOST_FACTS, FactService
from llama_desktop.services.notices import NoticeService

FIRST = Fact(id="b", text="I live in Lisbon.", created=1.0)
SECOND = Fact(
    id="a", text="Answer in metric units.", created=2.0, conversation_id="c", message_id=3
)


@asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[tuple[FactService, NoticeService]]:
    storage, notices = StorageThread(), NoticeService()
    repository = FactRepository(file=folder / "facts.json", damaged=folder / "damaged")
    service = FactService(repository, storage, notices)
    await service.load()
    try:
        yield service, notices
    finally:
        await storage.aclose()


async def test_facts_are_there_after_a_restart_in_their_order(tmp_path: Path) -> None:
    async with _open(tmp_path) as (facts, _):
        await facts.save(SECOND)
        await facts.save(FIRST)
        await facts.save(replace(FIRST, text=" I live\nin Porto. "))
    async with _open(tmp_path) as (facts, _):
        assert facts.get() == (replace(FIRST, text="I live in Porto."), SECOND)


async def test_a_fact_that_was_deleted_comes_back_to_its_place(tmp_path: Path) -> None:
    async with _open(tmp_path) as (facts, _):
        log = TopicLog(facts.topic)
        for one in (FIRST, SECOND):
            await facts.save(one)
        await facts.forget({FIRST.id, "never there"})
        assert log.of(Facts)[-1].facts == (SECOND,)
        await facts.save(FIRST)
        assert log.of(Facts)[-1].facts == (FIRST, SECOND)


async def test_what_is_no_fact_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with _open(tmp_path) as (facts, _):
        for wrong in (
            replace(FIRST, text=" \n "),
            replace(FIRST, text="x" * (MOST_CHARACTERS + 1)),
            replace(FIRST, id=""),
        ):
            with pytest.raises(BadRequest):
                await facts.save(wrong)
        for number in range(MOST_FACTS):
            await facts.save(replace(FIRST, id=str(number)))
        with pytest.raises(BadRequest):
            await facts.save(SECOND)
        assert len(facts.get()) == MOST_FACTS


async def test_a_damaged_file_is_kept_aside_and_told(tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text('{"facts": {"1": {"id": 5}}}')
    async with _open(tmp_path) as (facts, notices):
        assert facts.get() == ()
        (notice,) = notices.notices().notices
        assert notice.code == "facts_damaged"
        await facts.save(FIRST)
    assert [path.read_text() for path in (tmp_path / "damaged").iterdir()] == [
        '{"facts": {"1": {"id": 5}}}'
    ]
