"""Whether a file is a model for the search: an engine takes any, and makes numbers of nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from llama_desktop.domain.errors import ModelUnusable
from llama_desktop.domain.model_facts import Capability
from llama_desktop.infrastructure.gguf.facts import read_facts
from llama_desktop.infrastructure.gguf.file import read_file
from llama_desktop.infrastructure.gguf.problem import GgufProblem

_KINDS: Final = {
    Capability.EMBEDDING: "embedding model",
    Capability.RERANKING: "re-ranker",
}


def require_embedding_model(path: Path) -> None:
    """Blocks. Raises ModelUnusable: it is none, or cannot be read."""
    _require(path, Capability.EMBEDDING)


def require_reranker(path: Path) -> None:
    """Blocks. Raises ModelUnusable: it is none, or cannot be read."""
    _require(path, Capability.RERANKING)


def _require(path: Path, capability: Capability) -> None:
    try:
        header, _ = read_file(path)
    except (OSError, GgufProblem) as error:
        raise ModelUnusable(f"{path} cannot be read. Choose another model, or none.") from error
    if capability not in read_facts(header).capabilities:
        kind = _KINDS[capability]
        raise ModelUnusable(f"{path.name} is no {kind}. Choose another model, or none.")
