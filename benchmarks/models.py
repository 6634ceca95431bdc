"""What the benchmarks take from the tests: models, long chats, a server that keeps a pace."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from driver.long_chat import long_text, write_long_chat
from driver.running_app import RunningApp, running_app
from fakes.fake_behaviour import Behaviour, write_fake_model
from fakes.fake_llama_server import install as write_fake_server
from models.make import chat_model, endless_model, slow_endless_model

__all__ = [
    "RunningApp",
    "chat_model",
    "endless_model",
    "long_text",
    "running_app",
    "slow_endless_model",
    "write_fake_server",
    "write_long_chat",
    "write_slow_model",
]


def write_slow_model(path: Path, pieces: tuple[str, ...], per_second: float) -> Path:
    """A model for the fake server: it says these pieces, so many a second."""
    return write_fake_model(path, Behaviour(answer=pieces, piece_seconds=1 / per_second))
