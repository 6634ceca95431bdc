"""The news on the topics: what a listener gets first (a snapshot) and then (each change)."""

from __future__ import annotations

from msgspec import Struct

from llama_desktop.domain.chat import (
    ConversationSummary,
    Message,
    PromptProgress,
    TurnPhase,
)
from llama_desktop.domain.llama import LogLine

# --- answers


class TurnUnderWay(Struct, frozen=True, kw_only=True):
    """A turn as far as it has come. `sequence` is that of the last event it contains."""

    conversation_id: str
    message_id: int
    sequence: int
    phase: TurnPhase
    message: Message
    """The answer with its text so far."""
    progress: PromptProgress | None = None


class EndedTurn(Struct, frozen=True, kw_only=True):
    """An answer that was made since the app began."""

    conversation_id: str
    ended: float
    """Seconds since the epoch."""


class AnswersSnapshot(Struct, frozen=True, kw_only=True, tag="snapshot"):
    """Every turn under way, and those that ended last."""

    turns: tuple[TurnUnderWay, ...]
    ended: tuple[EndedTurn, ...] = ()
    """Newest first; one for each conversation."""


class TurnStarted(Struct, frozen=True, kw_only=True, tag="started"):
    """A question was kept, and its answer begins empty."""

    conversation_id: str
    message_id: int
    sequence: int
    user_message: Message
    message: Message


class TurnPhaseChanged(Struct, frozen=True, kw_only=True, tag="phase"):
    """The turn waits for a slot, or goes on."""

    conversation_id: str
    message_id: int
    sequence: int
    phase: TurnPhase


class TurnProgress(Struct, frozen=True, kw_only=True, tag="progress"):
    """The server reads the prompt."""

    conversation_id: str
    message_id: int
    sequence: int
    progress: PromptProgress


class ReasoningDelta(Struct, frozen=True, kw_only=True, tag="reasoning_delta"):
    """A piece of the model's thinking."""

    conversation_id: str
    message_id: int
    sequence: int
    text: str
    generated_tokens: int
    """Of the answer so far; where the server does not count along, a close lower bound."""
    tokens_per_second: float | None = None
    """So far, as the server measures it."""


class ContentDelta(Struct, frozen=True, kw_only=True, tag="content_delta"):
    """A piece of the answer."""

    conversation_id: str
    message_id: int
    sequence: int
    text: str
    generated_tokens: int
    """Of the answer so far; where the server does not count along, a close lower bound."""
    tokens_per_second: float | None = None
    """So far, as the server measures it."""


class TurnFinished(Struct, frozen=True, kw_only=True, tag="finished"):
    """The answer is kept, however it ended but by an error."""

    conversation_id: str
    message_id: int
    sequence: int
    message: Message


class TurnFailed(Struct, frozen=True, kw_only=True, tag="failed"):
    """The answer ended by an error (`message.error`); what there is of it is kept."""

    conversation_id: str
    message_id: int
    sequence: int
    message: Message


TurnEvent = (
    TurnStarted
    | TurnPhaseChanged
    | TurnProgress
    | ReasoningDelta
    | ContentDelta
    | TurnFinished
    | TurnFailed
)
AnswersEvent = AnswersSnapshot | TurnEvent

# --- conversations


class ConversationsSnapshot(Struct, frozen=True, kw_only=True, tag="snapshot"):
    """All conversations, last changed first."""

    conversations: tuple[ConversationSummary, ...]


class ConversationSaved(Struct, frozen=True, kw_only=True, tag="saved"):
    """A conversation is new, changed, or back from the trash."""

    conversation: ConversationSummary


class ConversationRemoved(Struct, frozen=True, kw_only=True, tag="removed"):
    """A conversation went to the trash."""

    conversation_id: str


ConversationsEvent = ConversationsSnapshot | ConversationSaved | ConversationRemoved

# --- log


class LogSnapshot(Struct, frozen=True, kw_only=True, tag="snapshot"):
    """The lines still in the ring, oldest first."""

    lines: tuple[LogLine, ...]


class LogAppended(Struct, frozen=True, kw_only=True, tag="appended"):
    """New lines."""

    lines: tuple[LogLine, ...]


LogEvent = LogSnapshot | LogAppended

# --- notices


class Leaving(Struct, frozen=True):
    """Whether the window is about to be closed."""

    is_leaving: bool


class Notice(Struct, frozen=True, kw_only=True):
    """Something the whole app must tell: shown until it is dismissed or mended."""

    id: str
    code: str
    """For the page's words: `conversation_damaged`, `storage_failed`, …"""
    message: str
    """A sentence: what happened, what is safe, what to do."""
    title: str | None = None
    """What stands before it in bold, where it has one."""
    can_dismiss: bool = True
    can_retry: bool = False
    """`retry_saving` may mend it."""


class Notices(Struct, frozen=True, kw_only=True):
    """All notices that stand, oldest first."""

    notices: tuple[Notice, ...]
