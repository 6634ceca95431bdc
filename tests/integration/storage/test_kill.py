"""The app killed at random moments: all files can be read, all that was acknowledged is there."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from llama_desktop.domain.chat import MessageStatus
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository

_KILLS = 50
_WRITER = Path(__file__).with_name("writer_process.py")


def _write_until_killed(folder: Path, seconds: float) -> list[tuple[int, str]]:
    """What the process acknowledged before it was killed, that long after its first word."""
    with subprocess.Popen(
        [sys.executable, str(_WRITER), str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        lines += process.stdout.readlines()
        timer.join()
    whole = [line.split() for line in lines if line.endswith("ed\n")]
    return [(int(number), what) for number, what in whole]


@pytest.mark.timeout(300)
def test_kills_at_random_moments_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    paths = AppPaths.locate(tmp_path)
    chance = random.Random(7)
    acknowledged = 0
    for _ in range(_KILLS):
        told = _write_until_killed(tmp_path, chance.uniform(0, 0.08))
        acknowledged += len(told)
        repository = ConversationRepository(
            chats=paths.chats, trash=paths.trash, damaged=paths.damaged, backups=paths.backups
        )
        inventory = repository.take_inventory()
        assert inventory.faulty_files == ()
        assert [summary.id for summary in inventory.summaries] == ["chat"]
        by_id = {message.id: message for message in repository.read("chat").messages}
        for number, what in told:
            assert by_id[number].content.startswith(
                f"message {number}" if what == "asked" else "answer"
            )
            assert by_id[number].status is MessageStatus.COMPLETE
        assert sorted(by_id) == list(range(1, len(by_id) + 1))
        assert list(paths.chats.iterdir()) == [paths.chats / "chat.json"]
    assert acknowledged > _KILLS
    assert list(paths.damaged.iterdir()) == []
