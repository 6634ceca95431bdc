"""How well the memory's search finds again what was said.

`build` is what an evaluation of retrieval plugs in. It takes messages (dicts with `id`,
`conversation_id`, `parent_id`, `role`, `content`, `title`, `created`) and gives a function from
a question and a number to the ids of what is found:

    python path/to/evaluation.py path/to/data.json benchmarks.retrieval:build
    python -m benchmarks.retrieval path/to/evaluation.py path/to/data.json

The second runs the first in every setting. Neither evaluation nor data are part of the project.
"""

from __future__ import annotations

import datetime
import runpy
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llama_desktop.infrastructure.storage.search_index import (
    Fingerprint,
    IndexedMessage,
    SearchIndex,
)
from llama_desktop.infrastructure.storage.search_reader import SearchReader
from llama_desktop.services.memory.days import day_terms
from llama_desktop.services.memory.indexed import INDEX_VERSION, analyse_message
from llama_desktop.services.memory.query import read_prompt
from llama_desktop.services.memory.search import MessageSearch

_SETTINGS = ((), ("--typos", "0.3"), ("--plain",), ("--plain", "--typos", "0.3"))
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

    def find(question: str, limit: int) -> list[str]:
        hits = search.find(read_prompt(question), limit)
        return [ids[hit.message.chat_id, hit.message.doc] for hit in hits]

    return find


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


def main(evaluation: str, data: str) -> None:
    """Run the evaluation in every setting."""
    for setting in _SETTINGS:
        sys.argv = [evaluation, data, "benchmarks.retrieval:build", *setting]
        try:
            runpy.run_path(evaluation, run_name="__main__")
        except SystemExit as end:
            if end.code:
                raise


if __name__ == "__main__":
    main(*sys.argv[1:])
