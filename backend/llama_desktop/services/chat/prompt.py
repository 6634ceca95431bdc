"""Makes the model's prompt of a branch of a conversation. Pure.

What goes in: the system prompt, the questions of the branch with what was recalled for them and
their files, and their answers, without the model's thinking. An answer that failed or is empty is
left out; its question stays, and questions that then follow each other are joined, because many
chat templates demand that roles alternate. An answer that is to be continued stands at the end,
with its thinking: the server goes on from its last token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from llama_desktop.domain.chat import (
    Attachment,
    AttachmentKind,
    Message,
    MessageStatus,
    Overflow,
    PromptOrigin,
    Role,
)
from llama_desktop.infrastructure.llama.chat_request import ChatImage, ChatMessage
from llama_desktop.services.attachment_text import render_attachment
from llama_desktop.services.memory.recalled_text import render_recalled

_MESSAGE_OVERHEAD: Final = 32
_TEMPLATE_OVERHEAD: Final = 256
_IMAGE_TOKENS: Final = 4096
"""More than the projectors that are in use make of one image."""
_BREAK: Final = "\n\n"

Files = Mapping[str, str | bytes]
"""What is in the files of a branch, by the attachment's id."""


class Segment(Struct, frozen=True):
    """A stretch of a message, and where it comes from."""

    origin: PromptOrigin
    text: str
    message_id: int | None = None


class PromptMessage(Struct, frozen=True):
    """A message as it is sent, made of its segments."""

    role: str
    segments: tuple[Segment, ...]
    images: tuple[ChatImage, ...] = ()
    reasoning: str = ""

    def as_sent(self) -> ChatMessage:
        """For the server."""
        return ChatMessage(
            role=self.role,
            content="".join(segment.text for segment in self.segments),
            images=self.images,
            reasoning=self.reasoning,
        )


class Prompt(Struct, frozen=True):
    """What the model is given, and what of the branch is not in it."""

    parts: tuple[PromptMessage, ...]
    omitted_message_ids: tuple[int, ...] = ()

    @property
    def messages(self) -> tuple[ChatMessage, ...]:
        """As they are sent."""
        return tuple(part.as_sent() for part in self.parts)


class PromptSource(Struct, frozen=True, kw_only=True):
    """All that a prompt is made of. The last message of the branch is the question."""

    branch: Sequence[Message]
    system_prompt: str = ""
    overflow: Overflow = Overflow.OLDEST
    files: Files = field(default_factory=dict)
    can_see: bool = False
    """Whether the model takes images."""
    so_far: Message | None = None
    """The answer that is to be continued."""

    @property
    def turns(self) -> list[list[Message]]:
        """See `split_turns`."""
        return split_turns(self.branch)


def build_prompt(source: PromptSource, *, omitted_turns: int = 0) -> Prompt:
    """The prompt without so many turns. The last question is always in it.

    A turn is a question with the answer that follows it on this branch. Which turns go first is
    the source's `overflow`.
    """
    turns = source.turns
    gone = _gone_turns(len(turns), omitted_turns, source.overflow)
    kept = [message for number, turn in enumerate(turns) if number not in gone for message in turn]
    parts = _alternate(kept, source)
    if source.system_prompt.strip():
        system = Segment(PromptOrigin.SYSTEM, source.system_prompt)
        parts.insert(0, PromptMessage("system", (system,)))
    if source.so_far is not None and (source.so_far.content or source.so_far.reasoning):
        parts.append(_continued(source.so_far))
    return Prompt(
        parts=tuple(parts),
        omitted_message_ids=tuple(message.id for number in gone for message in turns[number]),
    )


def split_turns(branch: Sequence[Message]) -> list[list[Message]]:
    """The turns of a branch, oldest first; the last one ends with the question to be answered."""
    turns: list[list[Message]] = []
    for message in branch:
        if message.role is Role.USER or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def count_omitted(source: PromptSource, omitted_message_ids: Sequence[int]) -> int:
    """How many turns a prompt of this source goes without to leave out these messages.

    0 where it would leave out others, or other ones first.
    """
    turns, omitted = source.turns, set(omitted_message_ids)
    count = sum(all(message.id in omitted for message in turn) for turn in turns[:-1])
    gone = _gone_turns(len(turns), count, source.overflow)
    return count if {m.id for number in gone for m in turns[number]} == omitted else 0


def count_omitted_before(source: PromptSource) -> int:
    """How many turns the branch's last answer went without."""
    answers = [message for message in source.branch if message.role is Role.ASSISTANT]
    return count_omitted(source, answers[-1].omitted_message_ids) if answers else 0


def find_unseen_image(source: PromptSource) -> Attachment | None:
    """An image in the last question that the model cannot see."""
    if source.can_see or not source.branch:
        return None
    images = (file for file in source.branch[-1].attachments if file.kind is AttachmentKind.IMAGE)
    return next(images, None)


def estimate_tokens(messages: Sequence[ChatMessage]) -> int:
    """More tokens than these messages can have: a token is at least one byte of text.

    A template may add more of its own than is allowed for here; then the server refuses.
    """
    return _TEMPLATE_OVERHEAD + sum(
        len(message.content.encode())
        + len(message.reasoning.encode())
        + len(message.images) * _IMAGE_TOKENS
        + _MESSAGE_OVERHEAD
        for message in messages
    )


def _gone_turns(turns: int, omitted: int, overflow: Overflow) -> range:
    if overflow is Overflow.MIDDLE and 0 < omitted < turns - 1:
        return range(1, 1 + omitted)
    return range(min(omitted, max(turns - 1, 0)))


def _alternate(messages: Sequence[Message], source: PromptSource) -> list[PromptMessage]:
    sent: list[PromptMessage] = []
    for message in messages:
        if not _is_sent(message):
            continue
        role, segments = message.role.value, _segments(message, source)
        images = _images(message, source)
        if sent and sent[-1].role == role:
            before = sent.pop()
            glue = Segment(PromptOrigin.TEMPLATE, _BREAK)
            segments = (*before.segments, glue, *segments)
            images = (*before.images, *images)
        sent.append(PromptMessage(role, segments, images))
    return sent


def _segments(message: Message, source: PromptSource) -> tuple[Segment, ...]:
    if message.role is Role.ASSISTANT:
        return (Segment(PromptOrigin.ASSISTANT, message.content, message.id),)
    files = []
    if block := render_recalled(message.recalled, off=message.passages_off):
        files.append(Segment(PromptOrigin.MEMORY, block, message.id))
    for attachment in message.attachments:
        content = source.files[attachment.id]
        if isinstance(content, str):
            text = render_attachment(attachment.name, content)
        elif not source.can_see:
            # An earlier model saw it; that there was one still makes the answers understandable.
            text = f"[Image: {attachment.name}]{_BREAK}"
        else:
            continue
        files.append(Segment(PromptOrigin.FILE, text, message.id))
    return (*files, Segment(PromptOrigin.USER, message.content, message.id))


def _images(message: Message, source: PromptSource) -> tuple[ChatImage, ...]:
    if not source.can_see:
        return ()
    contents = ((file, source.files[file.id]) for file in message.attachments)
    return tuple(
        ChatImage(file.media_type, content)
        for file, content in contents
        if isinstance(content, bytes)
    )


def _continued(answer: Message) -> PromptMessage:
    segment = Segment(PromptOrigin.ASSISTANT, answer.content, answer.id)
    return PromptMessage("assistant", (segment,), reasoning=answer.reasoning)


def _is_sent(message: Message) -> bool:
    if message.role is Role.USER:
        return True
    return message.status is not MessageStatus.FAILED and bool(message.content.strip())
