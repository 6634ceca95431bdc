"""The values of a chat: a conversation is a tree of messages, a turn a question and its answer."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field


class Role(StrEnum):
    """Who speaks."""

    USER = "user"
    ASSISTANT = "assistant"


class MessageStatus(StrEnum):
    """How a message stands; a question is always complete."""

    WAITING = "waiting"
    """The turn waits for a free slot."""
    ANSWERING = "answering"
    """The turn is under way."""
    COMPLETE = "complete"
    STOPPED = "stopped"
    """The person stopped it."""
    LENGTH = "length"
    """The context window or the token limit is used up."""
    CUT_SHORT = "cut_short"
    """The server, the connection or the app went away in the middle."""
    FAILED = "failed"
    """The server refused, or reported an error."""


UNFINISHED = frozenset({MessageStatus.WAITING, MessageStatus.ANSWERING})


class SamplingParameters(Struct, frozen=True, kw_only=True):
    """How an answer is sampled. `None`: the server's own default."""

    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()


class AnswerModel(Struct, frozen=True, kw_only=True):
    """Which model gave an answer."""

    name: str
    file: str
    """The file's name without its folder."""


class AnswerStats(Struct, frozen=True, kw_only=True):
    """Measured figures of one answer. `None`: not available."""

    prompt_tokens: int | None = None
    """Tokens of the whole prompt, those from the cache included."""
    cached_tokens: int | None = None
    """Tokens of the prompt that the server had in its cache."""
    generated_tokens: int | None = None
    prompt_tokens_per_second: float | None = None
    tokens_per_second: float | None = None
    first_token_seconds: float | None = None
    """From `send_message` to the first delta, as seen by the app."""
    reasoning_seconds: float | None = None
    """From the first reasoning delta to the first content delta."""
    total_seconds: float | None = None
    """From `send_message` to the end."""


class AnswerError(Struct, frozen=True, kw_only=True):
    """Why an answer failed or was cut short."""

    code: str
    message: str


class Message(Struct, frozen=True, kw_only=True):
    """One entry of the tree. Never overwritten: an edit is a sibling."""

    id: int
    """Counts up from 1 in its conversation, never used twice."""
    parent_id: int | None
    role: Role
    content: str
    status: MessageStatus
    created: float
    """Seconds since the epoch."""
    reasoning: str = ""
    model: AnswerModel | None = None
    stats: AnswerStats | None = None
    finish_reason: str | None = None
    """llama-server's own word: `stop`, `length`, …"""
    parameters: SamplingParameters | None = None
    """What the answer was asked with."""
    error: AnswerError | None = None
    omitted_message_ids: tuple[int, ...] = ()
    """Of an answer: earlier messages of its branch that did not fit the context window."""


class Conversation(Struct, frozen=True, kw_only=True):
    """A kept chat with all its messages."""

    id: str
    title: str
    created: float
    updated: float
    system_prompt: str = ""
    parameters: SamplingParameters = field(default_factory=SamplingParameters)
    leaf_id: int | None = None
    """The last message of the branch that is shown."""
    messages: tuple[Message, ...] = ()


class ConversationSummary(Struct, frozen=True, kw_only=True):
    """A conversation as the list shows it."""

    id: str
    title: str
    created: float
    updated: float
    message_count: int


class TurnPhase(StrEnum):
    """What a turn under way is doing."""

    WAITING = "waiting"
    READING = "reading"
    REASONING = "reasoning"
    ANSWERING = "answering"


class PromptProgress(Struct, frozen=True, kw_only=True):
    """How far the server has read the prompt."""

    total_tokens: int
    cached_tokens: int
    processed_tokens: int
    """Cached ones included."""
    seconds: float


class TurnIds(Struct, frozen=True, kw_only=True):
    """What `send_message` answers."""

    user_message_id: int
    answer_message_id: int
