"""The tiny models of the tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from models.make import chat_model, endless_heavy_model, endless_model

__all__ = ["chat_model", "endless_heavy_model", "endless_model"]
