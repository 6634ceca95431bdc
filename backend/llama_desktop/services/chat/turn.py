"""One answer as it grows: takes the engine's events, tells the listeners, gives its present."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from msgspec.structs import replace

from llama_desktop.domain.chat import (
    AnswerError,
    AnswerModel,
    AnswerStats,
    Message,
    MessageStatus,
    PromptProgress,
    TurnPhase,
)
from llama_desktop.domain.events import (
    AnswersEvent,
    ContentDelta,
    ReasoningDelta,
    TurnFailed,
    TurnFinished,
    TurnPhaseChanged,
    TurnProgress,
    TurnStarted,
    TurnUnderWay,
)
from llama_desktop.infrastructure.llama.stream import (
    AnswerEnded,
    ChatStreamEvent,
    ContentPiece,
    PromptProgressed,
    ReasoningPiece,
)
from llama_desktop.services.chat.answer_figures import add_up, with_end, with_energy, with_progress
from llama_desktop.services.chat.energy import EnergyUse

_STATUS = {"length": MessageStatus.LENGTH}
"""Which end a finish reason means; every other one: the answer is complete."""


class Turn:
    """Alone owns the present of one answer. Its events count from 1.

    Every turn begins as waiting, if only for a moment; that it goes on is told by an event of its
    own. Later changes of the phase are told by the first delta of each kind.
    """

    def __init__(
        self,
        *,
        conversation_id: str,
        question: Message,
        answer: Message,
        asked: float,
        publish: Callable[[AnswersEvent], None],
    ) -> None:
        """`asked`: when `send_message` was called, by `perf_counter`.

        An answer that has text already is continued: what comes is added to it, and its figures
        are added up.
        """
        self.conversation_id = conversation_id
        self.message_id = answer.id
        self._question = question
        self._message = replace(answer, error=None, finish_reason=None)
        has_text = bool(answer.content or answer.reasoning)
        self._before = answer.stats or (AnswerStats() if has_text else None)
        self._asked = asked
        self._publish = publish
        self._phase = TurnPhase.WAITING
        self._progress: PromptProgress | None = None
        self._reasoning: list[str] = [answer.reasoning]
        self._content: list[str] = [answer.content]
        self._pieces = 0
        self._told_tokens: int | None = None
        self._told_speed: float | None = None
        self._sequence = 0
        self._first_reasoning: float | None = None
        self._first_content: float | None = None
        self._ended: AnswerEnded | None = None
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether it has an end state."""
        return self._is_over

    @property
    def has_text(self) -> bool:
        """Whether the model has said anything in this turn."""
        return self._pieces > 0

    def message(self) -> Message:
        """The answer with its text so far."""
        # Joined once: the pieces before need not be joined again the next time.
        self._content = ["".join(self._content)]
        self._reasoning = ["".join(self._reasoning)]
        return replace(self._message, content=self._content[0], reasoning=self._reasoning[0])

    def under_way(self) -> TurnUnderWay:
        """The turn as the snapshot shows it."""
        return TurnUnderWay(
            conversation_id=self.conversation_id,
            message_id=self.message_id,
            sequence=self._sequence,
            phase=self._phase,
            message=self.message(),
            progress=self._progress,
        )

    def start(self) -> None:
        """Tell that the question is kept and the answer begins."""
        self._publish(
            TurnStarted(
                conversation_id=self.conversation_id,
                message_id=self.message_id,
                sequence=self._next(),
                user_message=self._question,
                message=self._message,
            )
        )

    def wait(self) -> None:
        """All slots are taken."""
        self._message = replace(self._message, status=MessageStatus.WAITING)

    def go_on(self, model: AnswerModel) -> None:
        """A slot of this model is free."""
        self._message = replace(self._message, status=MessageStatus.ANSWERING, model=model)
        self._phase = TurnPhase.READING
        self._publish(
            TurnPhaseChanged(
                conversation_id=self.conversation_id,
                message_id=self.message_id,
                sequence=self._next(),
                phase=self._phase,
            )
        )

    def omit(self, message_ids: tuple[int, ...]) -> None:
        """These earlier messages do not fit the context window."""
        self._message = replace(self._message, omitted_message_ids=message_ids)

    def take(self, event: ChatStreamEvent) -> None:
        """One event of the engine. Nothing needless happens before a delta is published."""
        match event:
            case ContentPiece(text, tokens, speed):
                self._content.append(text)
                self._tell(ContentDelta, text, tokens, speed)
                if self._first_content is None:
                    self._first_content = perf_counter()
                    self._phase = TurnPhase.ANSWERING
            case ReasoningPiece(text, tokens, speed):
                self._reasoning.append(text)
                self._tell(ReasoningDelta, text, tokens, speed)
                if self._first_reasoning is None:
                    self._first_reasoning = perf_counter()
                    self._phase = TurnPhase.REASONING
            case PromptProgressed(progress):
                self._progress = progress
                self._publish(
                    TurnProgress(
                        conversation_id=self.conversation_id,
                        message_id=self.message_id,
                        sequence=self._next(),
                        progress=progress,
                    )
                )
            case AnswerEnded():
                self._ended = event
                self.end(_STATUS.get(event.finish_reason, MessageStatus.COMPLETE))

    def end(self, status: MessageStatus, error: AnswerError | None = None) -> None:
        """Give the answer its end state and its figures. The first end counts."""
        if self._is_over:
            return
        self._is_over = True
        self._message = replace(
            self.message(),
            status=status,
            error=error,
            finish_reason=self._ended.finish_reason if self._ended else None,
            stats=self._measure(),
        )

    def take_energy(self, use: EnergyUse) -> None:
        """What it took, known only once it has its end."""
        if self._message.stats is not None:
            stats = with_energy(self._message.stats, self._before, use)
            self._message = replace(self._message, stats=stats)

    def publish_end(self) -> None:
        """Tell the end. After it is saved, so that who hears of it also finds it."""
        event = TurnFinished if self._message.error is None else TurnFailed
        self._publish(
            event(
                conversation_id=self.conversation_id,
                message_id=self.message_id,
                sequence=self._next(),
                message=self.message(),
            )
        )

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence

    def _tell(
        self,
        delta: type[ContentDelta | ReasoningDelta],
        text: str,
        tokens: int | None,
        speed: float | None,
    ) -> None:
        self._pieces += 1
        self._told_tokens = tokens
        self._told_speed = speed
        self._publish(
            delta(
                conversation_id=self.conversation_id,
                message_id=self.message_id,
                sequence=self._next(),
                text=text,
                generated_tokens=self._generated(),
                tokens_per_second=speed,
            )
        )

    def _generated(self) -> int:
        """Tokens so far: the server's own count where it tells one, else the pieces."""
        before = self._before.generated_tokens if self._before else None
        return (before or 0) + (self._told_tokens or self._pieces)

    def _measure(self) -> AnswerStats:
        now = perf_counter()
        firsts = [time for time in (self._first_reasoning, self._first_content) if time]
        reasoning_seconds = None
        if self._first_reasoning is not None:
            reasoning_seconds = (self._first_content or now) - self._first_reasoning
        stats = AnswerStats(
            first_token_seconds=min(firsts) - self._asked if firsts else None,
            reasoning_seconds=reasoning_seconds,
            total_seconds=now - self._asked,
        )
        if self._ended is not None:
            stats = with_end(stats, self._ended)
        else:
            # An answer that was stopped still knows what the server told on the way.
            tokens = self._told_tokens if self.has_text else 0
            stats = with_progress(
                replace(stats, generated_tokens=tokens, tokens_per_second=self._told_speed),
                self._progress,
            )
        return add_up(self._before, stats) if self._before else stats
