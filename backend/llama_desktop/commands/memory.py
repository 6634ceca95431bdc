"""Commands on what was said in all chats."""

from __future__ import annotations

from llama_desktop.domain.chat import ConversationSummary, Message
from llama_desktop.domain.memory import Fact, Forgettable, LeftOut, SearchFilter, SearchHit
from llama_desktop.services.application import Application


async def search_messages(
    app: Application,
    *,
    query: str,
    limit: int = 30,
    only: SearchFilter | None = None,
    by_meaning: bool = True,
) -> tuple[SearchHit, ...]:
    """Search all chats, best first; mistyped words and unfinished last ones are understood.

    "Words in quotes" stand together; a -word is not there. `only`: which messages are looked at.
    `by_meaning`: also by an embedding model and a re-ranker, where they are chosen and in time.
    At most 100 hits.
    """
    return await app.memory.search(
        query, limit=limit, only=only or SearchFilter(), by_meaning=by_meaning
    )


async def list_answer_models(app: Application) -> tuple[str, ...]:
    """The names of the models whose answers can be found, in alphabetical order."""
    return await app.memory.list_models()


async def rebuild_search_index(app: Application) -> None:
    """Make the search index anew from all chats. How far that is stands on the topic `memory`."""
    app.memory.index.make_anew()


async def use_passage(
    app: Application, *, conversation_id: str, message_id: int, number: int, is_used: bool
) -> Message:
    """Switch a passage that was recalled for a question on or off, from the next answer on.

    `number`: its place in the question's `recalled`, from 1. Answers the question as it is now.
    """
    return await app.memory_choices.use_passage(
        conversation_id, message_id, number, is_used=is_used
    )


async def leave_out_of_memory(
    app: Application, *, conversation_id: str, message_id: int | None = None, is_left_out: bool
) -> ConversationSummary:
    """Never recall a chat, or one message of it; the search finds it all the same. Or undo that."""
    return await app.memory_choices.leave_out(conversation_id, message_id, is_left_out=is_left_out)


async def list_left_out(app: Application) -> tuple[LeftOut, ...]:
    """The chats and messages that are never recalled."""
    return await app.memory_choices.list_left_out()


async def save_fact(app: Application, *, fact: Fact) -> Fact:
    """Remember a fact, or change the one with this id. All of them stand on the topic `facts`."""
    return await app.facts.save(fact)


async def delete_fact(app: Application, *, fact_id: str) -> None:
    """Forget a fact; one that is gone already is fine."""
    await app.facts.forget((fact_id,))


async def count_forgettable(
    app: Application, *, since: float | None = None, until: float | None = None
) -> Forgettable:
    """What `forget` would take away: what was said from `since` on and before `until`."""
    return await app.forgetting.count(since, until)


async def forget(
    app: Application,
    *,
    since: float | None = None,
    until: float | None = None,
    with_facts: bool = False,
) -> None:
    """Take away for good what was said in a span of time; without limits, everything.

    Out of the chats' files, the trash and the index; there is no way back.
    """
    await app.forgetting.forget(since, until, with_facts=with_facts)
