"""Commands on what was said in all chats."""

from __future__ import annotations

from llama_desktop.domain.memory import SearchHit
from llama_desktop.services.application import Application


async def search_messages(
    app: Application, *, query: str, limit: int = 30
) -> tuple[SearchHit, ...]:
    """Search all chats, best first; mistyped words and unfinished last ones are understood.

    "Words in quotes" stand together; a -word is not there. At most 100 hits.
    """
    return await app.memory.search(query, limit=limit)


async def rebuild_search_index(app: Application) -> None:
    """Make the search index anew from all chats. How far that is stands on the topic `memory`."""
    app.memory.index.make_anew()
