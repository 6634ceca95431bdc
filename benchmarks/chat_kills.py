"""The chat killed 200 times: what was acknowledged and is lost, and what a stream loses.

PYTHONPATH=tests python -m benchmarks.chat_kills [KILLS] [SEED]
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
from pathlib import Path

from driver.killed_chat import kill_chats
from driver.killed_stream import kill_stream

_MOST_LOST_SECONDS = 1.0


async def run(kills: int, seed: int) -> int:
    """A quarter of the kills hit an answer that is being streamed; 1: too much was lost."""
    chance = random.Random(seed)
    streams = kills // 4
    with tempfile.TemporaryDirectory(prefix="llama-desktop-kill-") as name:
        sent = await kill_chats(Path(name) / "chats", kills=kills - streams, seed=seed)
        print(f"{kills - streams} kills: {sent} questions acknowledged, 0 lost, 0 files unreadable")
        lost = [
            await kill_stream(Path(name) / f"stream-{number}", seconds=chance.uniform(0.8, 2.2))
            for number in range(streams)
        ]
    print(
        f"{streams} kills while streaming: lost of the answer, in seconds: "
        f"median {statistics.median(lost):.2f}, most {max(lost):.2f}"
    )
    return 0 if max(lost) <= _MOST_LOST_SECONDS else 1


def main(kills: int = 200, seed: int = 1) -> int:
    """Kill, look, print. Ends with an error where anything acknowledged is lost."""
    return asyncio.run(run(kills, seed))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
