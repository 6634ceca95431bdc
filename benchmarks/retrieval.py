"""How well the memory's search finds again what was said.

`build` is what an evaluation of retrieval plugs in. It takes messages (dicts with `id`,
`conversation_id`, `parent_id`, `role`, `content`, `title`, `created`) and gives a function from
a question and a number to the ids of what is found:

    python path/to/evaluation.py path/to/data.json benchmarks.retrieval:build
    python -m benchmarks.retrieval path/to/evaluation.py path/to/data.json [model.gguf]

The second runs the first in every setting, with an embedding model where one is named.
Neither evaluation nor data are part of the project.
"""

from __future__ import annotations

import atexit
import datetime
import functools
import os
import runpy
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.embedding import RunningEmbeddingModel
from llama_desktop.infrastructure.storage.search_index import (
    Fingerprint,
    IndexedMessage,
    SearchIndex,
)
from llama_desktop.infrastructure.storage.search_reader import SearchReader
from llama_desktop.infrastructure.storage.search_vectors import (
    VectorSource,
    begin_vectors,
    list_chats_without,
    read_without,
    store_vectors,
)
from llama_desktop.services.memory.days import day_terms
from llama_desktop.services.memory.indexed import INDEX_VERSION, analyse_message
from llama_desktop.services.memory.query import read_prompt
from llama_desktop.services.memory.search import MessageSearch

_SETTINGS = ((), ("--typos", "0.3"), ("--plain",), ("--plain", "--typos", "0.3"))
_EMBEDDING_MODEL = "BENCH_EMBEDDING_MODEL"
"""Names a file; with it the search knows meaning, too."""
_folders: list[tempfile.TemporaryDirectory[str]] = []


def build(messages: list[dict[str, Any]]) -> Callable[[str, int], list[str]]:
    """Index the messages as the app does; ask as it does before each prompt."""
    folder = tempfile.TemporaryDirectory(prefix="llama-desktop-bench-")
    _folders.append(folder)  # gone at the end
    path = Path(folder.name) / "search.db"
    chats: dict[str, list[dict[str, Any]]] = {}
    for message in messages:
        chats.setdefault(message["conversation_id"], []).append(message)
    index = SearchIndex(path, version=INDEX_VERSION, analyse=analyse_message)
    ids: dict[tuple[str, int], str] = {}
    for chat_id, said in chats.items():
        docs = {message["id"]: number for number, message in enumerate(said, start=1)}
        ids |= {(chat_id, doc): message_id for message_id, doc in docs.items()}
        index.put_chat(
            chat_id,
            title=said[0]["title"],
            updated=said[-1]["created"],
            is_pinned=False,
            fingerprint=Fingerprint(0, 0),
            messages=[_indexed(message, docs) for message in said],
        )
    search = MessageSearch(SearchReader(path))
    model = _embedding_model()
    if model is not None:
        _embed(index, model)

    def find(question: str, limit: int) -> list[str]:
        candidates = search.look(read_prompt(question))
        vector = None if model is None else model.embed_query(question)
        hits = search.choose(candidates, limit, vector=vector)
        return [ids[hit.message.chat_id, hit.message.doc] for hit in hits]

    return find


@functools.cache
def _embedding_model() -> RunningEmbeddingModel | None:
    path = os.environ.get(_EMBEDDING_MODEL)
    if path is None:
        return None
    model = RunningEmbeddingModel(Path(path))
    atexit.register(model.close)
    return model


def _embed(index: SearchIndex, model: RunningEmbeddingModel) -> None:
    """Give every message its vector, as the app does in the background."""
    source = VectorSource(str(model.path), "", 0)
    index.run(lambda db: begin_vectors(db, source))
    for chat in index.run(list_chats_without):
        exchanges = index.run(lambda db, chat=chat: read_without(db, chat, 100_000))
        vectors = list(zip(exchanges, model.embed(exchanges), strict=True))
        index.run(lambda db, vectors=vectors: store_vectors(db, source, vectors))


def _indexed(message: dict[str, Any], docs: dict[str, int]) -> IndexedMessage:
    return IndexedMessage(
        doc=docs[message["id"]],
        parent_doc=docs[message["parent_id"]] if message["parent_id"] else None,
        role=message["role"],
        model=None,
        created=message["created"],
        day=day_terms(message["created"], datetime.UTC),
        content=message["content"],
    )


def main(evaluation: str, data: str, embedding_model: str | None = None) -> None:
    """Run the evaluation in every setting."""
    if embedding_model is not None:
        os.environ[_EMBEDDING_MODEL] = embedding_model
    for setting in _SETTINGS:
        sys.argv = [evaluation, data, "benchmarks.retrieval:build", *setting]
        try:
            runpy.run_path(evaluation, run_name="__main__")
        except SystemExit as end:
            if end.code:
                raise


if __name__ == "__main__":
    main(*sys.argv[1:])
