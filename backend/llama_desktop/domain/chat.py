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
    thinking: bool | None = None
    """Whether a model that can think first does so; None: as its template has it."""
    thinking_budget: int | None = None
    """Tokens of thinking after which it is ended; None: no limit."""
    json_schema: str | None = None
    """The answer is JSON of this schema (JSON text). Not together with `grammar`."""
    grammar: str | None = None
    """The answer follows this grammar (GBNF)."""


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
    energy_joules: float | None = None
    """Taken by the GPUs that the server uses while it was made, whatever else ran on them."""
    is_energy_about: bool = False
    """It is made of samples of the power; else the GPUs counted it."""


class AnswerError(Struct, frozen=True, kw_only=True):
    """Why an answer failed or was cut short."""

    code: str
    message: str


class AttachmentKind(StrEnum):
    """What a file is to the model."""

    TEXT = "text"
    IMAGE = "image"


class Attachment(Struct, frozen=True, kw_only=True):
    """A file that goes with a question; its content is kept beside the conversation."""

    id: str
    name: str
    kind: AttachmentKind
    media_type: str
    size_bytes: int
    token_count: int | None = None
    """Of a text, by the loaded model when it was added; None: not counted."""
    width: int | None = None
    """Of an image, in pixels."""
    height: int | None = None


class Passage(Struct, frozen=True, kw_only=True):
    """An older message that was found for a question, as it was given to the model; or a fact."""

    conversation_id: str
    """Where it is from; "": a fact that is from no chat."""
    conversation_title: str
    """As it was then."""
    message_id: int
    fact_id: str = ""
    """Of a fact that the person pinned; "": it is an older message."""
    role: Role
    created: float
    day: str
    """The day it was written, as the model was told: `2026-03-02`."""
    text: str
    """The part that fits, on one line."""
    before: str = ""
    """The message right before it, where it is too short to be understood alone."""
    matches: tuple[tuple[int, int], ...] = ()
    """Where in the text what was asked for stands: start and end, in UTF-16 units."""


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
    attachments: tuple[Attachment, ...] = ()
    recalled: tuple[Passage, ...] = ()
    """Of a question: what the model is given with it from other places, oldest first. The first one
    has the number 1."""
    searched_chats: int | None = None
    """Of a question: in how many other chats something was looked for to go with it. None: in none,
    or not in all that there were."""
    passages_off: tuple[int, ...] = ()
    """Of a question: the numbers of the passages that are switched off. No request has them."""
    passages_left_out: tuple[int, ...] = ()
    """Of an answer: the passages of its question that were off when it was asked for."""
    is_left_out: bool = False
    """Never recalled; it is found by the search all the same."""
    is_deleted: bool = False
    """Marked, and no longer shown or sent; it and all below it can be restored."""


class Overflow(StrEnum):
    """What gives way when a conversation no longer fits the context window."""

    OLDEST = "oldest"
    """The oldest turns."""
    MIDDLE = "middle"
    """Turns after the first one."""
    NOTHING = "nothing"
    """Nothing: the answer fails and says so."""


class TitleOrigin(StrEnum):
    """Who gave a conversation its title."""

    PERSON = "person"
    FIRST_WORDS = "first_words"
    """Of the first question; stands in until there is a better one."""
    MODEL = "model"


class Conversation(Struct, frozen=True, kw_only=True):
    """A kept chat with all its messages."""

    id: str
    title: str
    created: float
    updated: float
    title_origin: TitleOrigin = TitleOrigin.PERSON
    """Not known: the person, whose title is never replaced."""
    system_prompt: str = ""
    parameters: SamplingParameters = field(default_factory=SamplingParameters)
    overflow: Overflow = Overflow.OLDEST
    is_pinned: bool = False
    memory: bool | None = None
    """Whether older messages are looked up for its questions; None: as the settings have it."""
    is_left_out: bool = False
    """Nothing of it is ever recalled; it is found by the search all the same."""
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
    is_pinned: bool = False
    is_left_out: bool = False
    """Nothing of it is ever recalled."""
    left_out_message_ids: tuple[int, ...] = ()
    """Messages that are never recalled."""
    leaf_id: int | None = None


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


class ShownBranch(Struct, frozen=True, kw_only=True):
    """Which branch of a conversation is shown."""

    leaf_id: int | None
    """Its last message; None: nothing is shown."""


class Draft(Struct, frozen=True, kw_only=True):
    """What was written and not sent."""

    conversation_id: str | None
    """None: of the next new chat."""
    content: str
    attachments: tuple[Attachment, ...] = ()
    updated: float


class Preset(Struct, frozen=True, kw_only=True):
    """Chat settings under a name."""

    id: str
    name: str
    system_prompt: str = ""
    parameters: SamplingParameters = field(default_factory=SamplingParameters)
    overflow: Overflow = Overflow.OLDEST


class TokenCount(Struct, frozen=True, kw_only=True):
    """How many tokens a text is."""

    tokens: int
    is_exact: bool
    """Counted by the loaded model; else estimated."""


class PromptOrigin(StrEnum):
    """Where a part of a prompt comes from."""

    TEMPLATE = "template"
    SYSTEM = "system"
    FILE = "file"
    MEMORY = "memory"
    USER = "user"
    ASSISTANT = "assistant"


class PromptPart(Struct, frozen=True, kw_only=True):
    """A stretch of the exact prompt."""

    origin: PromptOrigin
    text: str
    token_count: int
    message_id: int | None = None


class PromptView(Struct, frozen=True, kw_only=True):
    """The exact prompt of a turn, as the loaded model's template makes it."""

    model_name: str
    parts: tuple[PromptPart, ...]
    token_count: int
    """Of the whole; the parts may add up to a little more, as a cut can split a token."""
    omitted_message_ids: tuple[int, ...] = ()


class ContextUsage(Struct, frozen=True, kw_only=True):
    """What the shown branch takes of the context window, in tokens counted by the server."""

    window: int
    system: int
    files: int
    turns: int
    """Questions and answers but the last answer, with what was recalled and the template adds."""
    answer: int
    """The last answer."""
    total: int


class ExportFormat(StrEnum):
    """How conversations are written out."""

    MARKDOWN = "markdown"
    JSON = "json"


class ExportedFile(Struct, frozen=True, kw_only=True):
    """A file for the person to keep."""

    name: str
    media_type: str
    text: str


class AttachmentContent(Struct, frozen=True, kw_only=True):
    """An attachment with what is in it."""

    attachment: Attachment
    text: str | None = None
    """Of a text."""
    data: bytes | None = None
    """Of an image; base64 on the wire."""
