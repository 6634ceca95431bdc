"""A conversation's tree of messages: walks, and how it grows. Pure; nothing is ever taken away."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from llama_desktop.domain.chat import (
    UNFINISHED,
    AnswerError,
    Attachment,
    Conversation,
    Message,
    MessageStatus,
    Passage,
    Role,
    SamplingParameters,
    TitleOrigin,
)
from llama_desktop.domain.errors import BadRequest, Conflict, MessageNotFound
from llama_desktop.services.conversation_title import derive_title

APP_ENDED: Final = AnswerError(
    code="app_ended",
    message="The app ended while this answer was being written. What had been saved is kept.",
)


def require_message(conversation: Conversation, message_id: int) -> Message:
    """The message with this id.

    Raises:
        MessageNotFound: there is none.
    """
    for message in conversation.messages:
        if message.id == message_id:
            return message
    raise MessageNotFound("This message does not exist.", message_id=message_id)


def require_shown_message(conversation: Conversation, message_id: int) -> Message:
    """The message with this id, if neither it nor one above it is deleted.

    Raises:
        MessageNotFound: there is none, or it is deleted.
    """
    message = require_message(conversation, message_id)
    if any(above.is_deleted for above in walk_branch(conversation, message_id)):
        raise MessageNotFound("This message is deleted.", message_id=message_id)
    return message


def walk_branch(conversation: Conversation, leaf_id: int | None) -> tuple[Message, ...]:
    """The messages from the root to a leaf, deleted ones included."""
    by_id = {message.id: message for message in conversation.messages}
    branch: list[Message] = []
    while leaf_id is not None:
        message = by_id[leaf_id]
        branch.append(message)
        leaf_id = message.parent_id
    return tuple(reversed(branch))


def append_question(
    conversation: Conversation,
    content: str,
    *,
    parent_id: int | UnsetType | None,
    now: float,
    attachments: tuple[Attachment, ...] = (),
    recalled: tuple[Passage, ...] = (),
    searched_chats: int | None = None,
) -> Conversation:
    """With one more question: under `parent_id`, or at the end of the shown branch if unset.

    Raises:
        MessageNotFound: no such parent.
        Conflict: the answer above it is still being written.
    """
    if parent_id is UNSET:
        parent_id = conversation.leaf_id
    assert not isinstance(parent_id, UnsetType)
    if parent_id is not None:
        parent = require_shown_message(conversation, parent_id)
        if parent.status in UNFINISHED:
            raise Conflict(
                "The answer before this question is still under way. Wait for its end or stop it."
            )
    question = Message(
        id=_next_id(conversation),
        parent_id=parent_id,
        role=Role.USER,
        content=content,
        status=MessageStatus.COMPLETE,
        created=now,
        attachments=attachments,
        recalled=recalled,
        searched_chats=searched_chats,
    )
    if not conversation.messages and not conversation.title:
        subject = content if content.strip() or not attachments else attachments[0].name
        conversation = replace(
            conversation, title=derive_title(subject), title_origin=TitleOrigin.FIRST_WORDS
        )
    return _append(conversation, question, now)


def append_answer(
    conversation: Conversation,
    question_id: int,
    *,
    status: MessageStatus,
    now: float,
    parameters: SamplingParameters | None = None,
) -> Conversation:
    """With one more answer, still empty, to a question; asked with the conversation's parameters
    if it has none of its own.

    Raises:
        MessageNotFound: no such question.
        BadRequest: it is no question.
    """
    question = require_shown_message(conversation, question_id)
    if question.role is not Role.USER:
        raise BadRequest("Only a question can be answered.")
    answer = Message(
        id=_next_id(conversation),
        parent_id=question_id,
        role=Role.ASSISTANT,
        content="",
        status=status,
        created=now,
        parameters=conversation.parameters if parameters is None else parameters,
        passages_left_out=question.passages_off,
    )
    return _append(conversation, answer, now)


def put_message(conversation: Conversation, message: Message) -> Conversation:
    """With a later state of a message that it has; whether it is deleted stays as it is."""
    is_deleted = require_message(conversation, message.id).is_deleted
    if message.is_deleted is not is_deleted:
        message = replace(message, is_deleted=is_deleted)
    return replace(
        conversation,
        messages=tuple(
            message if other.id == message.id else other for other in conversation.messages
        ),
    )


def find_question_id(conversation: Conversation, message_id: int) -> int:
    """The question that an answer answers; of a question itself.

    Raises:
        MessageNotFound: no such message.
        BadRequest: the answer stands alone, as none that the app made does.
    """
    message = require_message(conversation, message_id)
    if message.role is Role.USER:
        return message.id
    if message.parent_id is None:
        raise BadRequest("This answer has no question.")
    return message.parent_id


def begin_again(
    conversation: Conversation, message_id: int, *, status: MessageStatus, now: float
) -> Conversation:
    """With an answer that is to be continued, shown and under way again.

    Raises:
        MessageNotFound: no such answer.
        BadRequest: it is no answer.
        Conflict: it cannot be continued; says why.
    """
    answer = require_shown_message(conversation, message_id)
    if answer.role is not Role.ASSISTANT:
        raise BadRequest("Only an answer can be continued.")
    if reason := _why_not_continued(conversation, answer):
        raise Conflict(reason)
    again = replace(answer, status=status, error=None, finish_reason=None)
    return replace(put_message(conversation, again), leaf_id=message_id, updated=now)


def _why_not_continued(conversation: Conversation, answer: Message) -> str | None:
    if answer.status in UNFINISHED:
        return "This answer is still under way."
    if answer.status is MessageStatus.COMPLETE:
        return "This answer is complete."
    if any(m.parent_id == answer.id and not m.is_deleted for m in conversation.messages):
        return "The chat has gone on from this answer. Branch from it to go another way."
    parameters = answer.parameters
    if parameters is not None and (parameters.json_schema or parameters.grammar):
        return "An answer in a fixed structure cannot be continued. Answer again instead."
    return None


def cut_short(message: Message) -> Message:
    """The message as it is when nobody is writing it any more."""
    if message.status not in UNFINISHED:
        return message
    return replace(message, status=MessageStatus.CUT_SHORT, error=APP_ENDED)


def cut_short_all(conversation: Conversation) -> Conversation:
    """With every unfinished answer ended."""
    return replace(
        conversation, messages=tuple(cut_short(message) for message in conversation.messages)
    )


def _append(conversation: Conversation, message: Message, now: float) -> Conversation:
    return replace(
        conversation,
        messages=(*conversation.messages, message),
        leaf_id=message.id,
        updated=now,
    )


def _next_id(conversation: Conversation) -> int:
    return max((message.id for message in conversation.messages), default=0) + 1
