"""A conversation as Markdown: the shown branch, then every other version. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from llama_desktop.domain.chat import (
    Attachment,
    AttachmentKind,
    Conversation,
    Message,
    MessageStatus,
    Role,
)
from llama_desktop.services.attachment_text import render_attachment
from llama_desktop.services.conversation_tree import walk_branch

_ENDS = {
    MessageStatus.STOPPED: "Stopped.",
    MessageStatus.LENGTH: "Ended at the token limit.",
    MessageStatus.CUT_SHORT: "Cut short.",
    MessageStatus.FAILED: "Failed.",
    MessageStatus.WAITING: "Not finished.",
    MessageStatus.ANSWERING: "Not finished.",
}


def render_markdown(conversation: Conversation, texts: Mapping[str, str]) -> str:
    """The whole conversation; `texts` has those of its files by their ids.

    Messages are numbered along their branch: another version has the number of what it replaces.
    """
    tree = _Tree(conversation)
    shown = walk_branch(conversation, conversation.leaf_id)
    blocks = [f"# {conversation.title or 'Conversation'}", f"*Begun {_time(conversation.created)}*"]
    if conversation.system_prompt.strip():
        blocks += ["## System prompt", _fenced(conversation.system_prompt)]
    for number, message in enumerate(shown, start=1):
        blocks += _render(message, f"## {number}. {tree.head(message)}", texts)
    versions = list(tree.other_branches(shown))
    if versions:
        blocks.append("## Other versions")
    for number, branch in versions:
        blocks.append(f"### Another version, from message {number} on")
        for place, message in enumerate(branch, start=number):
            blocks += _render(message, f"#### {place}. {tree.head(message)}", texts)
    return "\n\n".join(blocks) + "\n"


class _Tree:
    """Who hangs on whom."""

    def __init__(self, conversation: Conversation) -> None:
        self._children: dict[int | None, list[Message]] = defaultdict(list)
        for message in conversation.messages:
            self._children[message.parent_id].append(message)

    def head(self, message: Message) -> str:
        """Who speaks, and which version of how many this is."""
        siblings = [one for one in self._children[message.parent_id] if one.role is message.role]
        who = "You" if message.role is Role.USER else "Assistant"
        if message.model is not None:
            who = f"{who} ({_inline(message.model.name)})"
        if len(siblings) == 1:
            return who
        return f"{who}: version {siblings.index(message) + 1} of {len(siblings)}"

    def other_branches(self, shown: tuple[Message, ...]) -> Iterator[tuple[int, list[Message]]]:
        """Each as the number of its first message, and its messages down to the newest end."""
        forks = [
            (number, other)
            for number, message in enumerate(shown, start=1)
            for other in self._children[message.parent_id]
            if other is not message
        ]
        # Below the end of the shown branch, where it does not reach down to a leaf.
        if shown:
            forks += [(len(shown) + 1, child) for child in self._children[shown[-1].id]]
        forks.reverse()
        while forks:
            number, message = forks.pop()
            branch = [message]
            later: list[tuple[int, Message]] = []
            while children := self._children[branch[-1].id]:
                *others, newest = children
                later += [(number + len(branch), other) for other in others]
                branch.append(newest)
            yield number, branch
            forks += reversed(later)


def _render(message: Message, heading: str, texts: Mapping[str, str]) -> Iterator[str]:
    yield heading
    yield f"*{_time(message.created)}*"
    for attachment in message.attachments:
        yield _render_file(attachment, texts.get(attachment.id))
    if message.reasoning.strip():
        yield f"<details><summary>Thinking</summary>\n\n{message.reasoning.strip()}\n\n</details>"
    if message.content.strip():
        yield message.content.strip("\n")
    if message.status in _ENDS:
        reason = f" {message.error.message}" if message.error is not None else ""
        yield f"*{_ENDS[message.status]}{reason}*"


def _render_file(attachment: Attachment, text: str | None) -> str:
    if text is not None:
        return render_attachment(attachment.name, text).rstrip("\n")
    if attachment.kind is AttachmentKind.IMAGE:
        has_size = attachment.width is not None and attachment.height is not None
        size = f" ({attachment.width} by {attachment.height})" if has_size else ""
        return f"Image: {attachment.name}{size}"
    return f"File: {attachment.name} (no longer kept)"


def _fenced(text: str) -> str:
    return render_attachment("", text).partition("\n")[2].rstrip("\n")


def _inline(text: str) -> str:
    return " ".join(text.split())


def _time(seconds: float) -> str:
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return "at an unknown time"
    return f"{moment:%Y-%m-%d %H:%M} UTC"
