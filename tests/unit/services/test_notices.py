"""Notices come, are replaced, dismissed and mended."""

from __future__ import annotations

import pytest

from fakes.topic_log import TopicLog
from llama_desktop.domain.errors import Conflict, StorageFailed
from llama_desktop.services.notices import NoticeService


def test_a_notice_stands_until_it_is_dismissed() -> None:
    service = NoticeService()
    log = TopicLog(service.topic)
    notice = service.add("conversation_damaged", "One file is damaged.")
    service.dismiss(notice.id)
    service.dismiss(notice.id)
    assert [len(event.notices) for event in log.events] == [0, 1, 0]


def test_two_notices_of_one_kind_stand_side_by_side() -> None:
    service = NoticeService()
    service.add("conversation_damaged", "One.")
    service.add("conversation_damaged", "Two.")
    assert [notice.message for notice in service.notices().notices] == ["One.", "Two."]


def test_one_that_must_be_mended_cannot_be_dismissed() -> None:
    service = NoticeService()
    notice = service.add("engine_gone", "Gone.", can_dismiss=False)
    with pytest.raises(Conflict):
        service.dismiss(notice.id)


def test_a_failing_disk_is_told_once_and_its_recovery_once() -> None:
    service = NoticeService()
    log = TopicLog(service.topic)
    service.storage_fails(StorageFailed("The disk is full."))
    service.storage_fails(StorageFailed("The disk is full."))
    service.storage_works()
    service.storage_works()
    assert [len(event.notices) for event in log.events] == [0, 1, 0]


def test_what_is_held_stays_told_whatever_else_is_written() -> None:
    notices = NoticeService()
    notices.storage_holds(StorageFailed("It is full.", is_full=True), 1)
    notices.storage_fails(StorageFailed("A draft too."))
    notices.storage_works()
    (notice,) = notices.notices().notices
    assert notice.title == "The disk is full."
    assert notice.message.startswith("One new message is held in memory")
    notices.storage_holds(StorageFailed("It may not be written to."), 12)
    (notice,) = notices.notices().notices
    assert notice.title == "Nothing can be saved."
    assert "It may not be written to. 12 new messages are held" in notice.message
    notices.storage_holds_nothing()
    assert notices.notices().notices == ()
