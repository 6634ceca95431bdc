"""Searches a folder for models in the way that fits whose folder it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from llama_desktop.infrastructure.model_files import FolderScan, Tell, scan_folder
from llama_desktop.infrastructure.model_headers import ModelHeaders
from llama_desktop.infrastructure.ollama_store import is_ollama_store, scan_ollama_store

Scan = Callable[[Path, ModelHeaders, Tell], FolderScan]


def scan_place(folder: Path, headers: ModelHeaders, tell: Tell = lambda: None) -> FolderScan:
    """All models below a folder. Blocks: call it in a thread."""
    if is_ollama_store(folder):
        return scan_ollama_store(folder, headers, tell)
    return scan_folder(folder, headers, tell)
