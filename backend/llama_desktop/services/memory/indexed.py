"""What of a conversation is searched. Pure."""

from __future__ import annotations

from llama_desktop.domain.chat import UNFINISHED, Conversation, Message
from llama_desktop.infrastructure.storage.search_index import Analysed, IndexedMessage
from llama_desktop.services.memory.analyse import ANALYSER_VERSION, take_apart
from llama_desktop.services.memory.days import day_terms
from llama_desktop.services.memory.irregular import BASE_FORMS
from llama_desktop.services.memory.stop_words import STOP_WORDS

INDEX_VERSION = f"{ANALYSER_VERSION}-{len(BASE_FORMS)}-{len(STOP_WORDS)}"


def analyse_message(text: str) -> Analysed:
    """A message's text as the index keeps it."""
    terms, words = take_apart(text)
    return Analysed(terms=terms, words=words)


def select_messages(conversation: Conversation) -> list[IndexedMessage]:
    """All that was said in any branch, parents first: no thinking, no files, nothing unfinished.

    What is deleted is gone with all below it; what says nothing is skipped over.
    """
    selected: list[IndexedMessage] = []
    above: dict[int | None, int | None] = {None: None}
    for message in conversation.messages:  # a parent comes before its children
        if message.parent_id not in above or message.is_deleted:
            continue
        if not _says_something(message):
            above[message.id] = above[message.parent_id]
            continue
        above[message.id] = message.id
        selected.append(
            IndexedMessage(
                doc=message.id,
                parent_doc=above[message.parent_id],
                role=message.role.value,
                model=message.model.name if message.model else None,
                created=message.created,
                day=day_terms(message.created),
                content=message.content,
            )
        )
    return selected


def _says_something(message: Message) -> bool:
    return message.status not in UNFINISHED and bool(message.content.strip())
