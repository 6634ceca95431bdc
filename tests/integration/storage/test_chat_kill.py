"""The chat killed at random moments, with drafts, files, turns and the trash: nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from driver.killed_chat import kill_chats

_KILLS = 50
"""`benchmarks/chat_kills.py` does it 200 times, and measures what a stream loses."""


@pytest.mark.timeout(300)
async def test_kills_at_random_moments_lose_no_question_draft_or_file(tmp_path: Path) -> None:
    acknowledged = await kill_chats(tmp_path, kills=_KILLS, seed=3)
    # How much is done before a kill is the machine's affair; what counts is checked in there.
    assert acknowledged > _KILLS // 5
