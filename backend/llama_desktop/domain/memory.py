"""What is found again of what was said before."""

from __future__ import annotations

from msgspec import Struct

from llama_desktop.domain.chat import Role


class SearchFilter(Struct, frozen=True, kw_only=True):
    """Which messages are looked at. Whatever is absent rules nothing out."""

    role: Role | None = None
    model: str | None = None
    """The name of the model that answered; questions have none."""
    after: float | None = None
    """Seconds since 1970; written then or later."""
    is_pinned: bool = False
    """Only in pinned chats."""
    has_code: bool = False
    """Only messages with a block of code."""


class SearchHit(Struct, frozen=True, kw_only=True):
    """A message that was found, in whichever branch of its conversation it is."""

    conversation_id: str
    conversation_title: str
    message_id: int
    role: Role
    model: str | None
    """The name of the model that answered; null: a question."""
    created: float
    snippet: str
    """The part of the message that fits best, on one line."""
    matches: tuple[tuple[int, int], ...]
    """Where in the snippet what was asked for stands: start and end, in UTF-16 units."""
    score: float
    """For comparing the hits of one search."""
    likeness: float = 0.0
    """How close in meaning it is: 0, also where that is not known, to 1."""


class EmbeddingState(Struct, frozen=True, kw_only=True):
    """How far the meaning of messages has been made out."""

    model: str
    """The file's name."""
    messages_done: int
    messages_total: int
    is_ready: bool
    """Its server runs; else it is started when somebody searches."""
    problem: str | None = None
    """Why it does not get on; the search then knows words alone."""


class RerankerState(Struct, frozen=True, kw_only=True):
    """The model that looks again at the best of what was found."""

    model: str
    is_ready: bool
    problem: str | None = None


class IndexState(Struct, frozen=True, kw_only=True):
    """How far the search index has come."""

    message_count: int
    """Messages that can be found."""
    chats_done: int
    """Of the catching up that is under way, or was the last."""
    chats_total: int
    is_catching_up: bool
    size_bytes: int
    """Of the index on the disk."""
    embedding: EmbeddingState | None = None
    """None: no embedding model is chosen."""
    reranker: RerankerState | None = None


class Fact(Struct, frozen=True, kw_only=True):
    """Something the person wants the models to know, whatever is asked."""

    id: str
    text: str
    """One line."""
    created: float
    """Seconds since the epoch; facts stand in this order."""
    conversation_id: str | None = None
    """The chat that it was taken from."""
    message_id: int | None = None


class Facts(Struct, frozen=True, kw_only=True):
    """All pinned facts, oldest first."""

    facts: tuple[Fact, ...]


class LeftOut(Struct, frozen=True, kw_only=True):
    """A chat or a message that is never recalled."""

    conversation_id: str
    conversation_title: str
    message_id: int | None = None
    """None: the whole chat."""
    role: Role | None = None
    text: str = ""
    """How the message begins, on one line."""


class Forgettable(Struct, frozen=True, kw_only=True):
    """What goes for good when a span of time is forgotten."""

    message_count: int
    """In chats that are not in the trash; deleted ones not counted, though they go, too."""
    chat_count: int
    """Chats that lose something."""
    whole_chat_count: int
    """Of these, those that go whole."""
    trashed_chat_count: int
    """Chats in the trash; these go whole."""
    fact_count: int
    """Pinned facts of that time; they go only if it is asked for."""
