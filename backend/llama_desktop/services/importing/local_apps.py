"""Chats of llama.cpp's web page, Open WebUI, Jan and LM Studio. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from llama_desktop.domain.chat import Role
from llama_desktop.services.importing import loose
from llama_desktop.services.importing.imported import ImportedChat, ImportedMessage

_ROLES: Final = {"user": Role.USER, "assistant": Role.ASSISTANT}
_SUMMARY: Final = re.compile(r"\A\s*<summary>[^<]*</summary>")


def is_llama_cpp(chat: Mapping[str, Any]) -> bool:
    """Whether this is a chat of llama.cpp's web page."""
    return isinstance(chat.get("conv"), dict) and isinstance(chat.get("messages"), list)


def read_llama_cpp(chat: Mapping[str, Any]) -> ImportedChat:
    """`conv` and `messages`; times are milliseconds, the root is a message of its own."""
    conv = loose.mapping(chat["conv"])
    nodes = [loose.mapping(node) for node in chat["messages"]]
    systems = [loose.text(node.get("content")) for node in nodes if node.get("role") == "system"]
    return ImportedChat(
        source="llama.cpp",
        key=loose.text(conv.get("id")),
        title=loose.text(conv.get("name")),
        created=min(
            (time for node in nodes if (time := loose.time(node.get("timestamp"))) > 0), default=0.0
        ),
        updated=loose.time(conv.get("lastModified")),
        messages=list(_read_llama_cpp(nodes)),
        leaf_key=loose.key(conv.get("currNode")),
        system_prompt=next((system for system in systems if system.strip()), ""),
    )


def _read_llama_cpp(nodes: Iterable[Mapping[str, Any]]) -> Iterator[ImportedMessage]:
    for index, node in enumerate(nodes):
        is_said = node.get("type") in (None, "text")
        content, thinking = _split_thinking(loose.text(node.get("content")))
        told = loose.text(node.get("thinking")) or loose.text(node.get("reasoningContent"))
        yield ImportedMessage(
            key=loose.key(node.get("id")) or f"message {index}",
            parent_key=loose.key(node.get("parent")),
            role=_ROLES.get(loose.text(node.get("role"))) if is_said else None,
            content=content,
            reasoning=told or thinking,
            created=loose.time(node.get("timestamp")),
            model=loose.text(node.get("model")),
        )


def is_open_webui(chat: Mapping[str, Any]) -> bool:
    """Whether this is a chat of Open WebUI."""
    inner = loose.mapping(chat.get("chat"))
    return isinstance(inner.get("history"), dict) or isinstance(inner.get("messages"), list)


def read_open_webui(chat: Mapping[str, Any]) -> ImportedChat:
    """`chat.history` is the tree; older files have `chat.messages`, one after the other."""
    inner = loose.mapping(chat["chat"])
    history = loose.mapping(inner.get("history"))
    nodes = [loose.mapping(one) for one in loose.mapping(history.get("messages")).values()]
    is_tree = bool(nodes)
    if not is_tree:
        nodes = [loose.mapping(one) for one in loose.items(inner.get("messages"))]
    messages: list[ImportedMessage] = []
    for index, node in enumerate(nodes):
        content, thinking = _split_thinking(loose.joined_parts(node.get("content")))
        before = messages[-1].key if messages else None
        messages.append(
            ImportedMessage(
                key=loose.key(node.get("id")) or f"message {index}",
                parent_key=loose.key(node.get("parentId")) if is_tree else before,
                role=_ROLES.get(loose.text(node.get("role"))),
                content=content,
                reasoning=thinking,
                created=loose.time(node.get("timestamp")),
                model=loose.text(node.get("model")),
            )
        )
    return ImportedChat(
        source="open-webui",
        key=loose.text(chat.get("id")) or _digest(messages),
        title=loose.text(chat.get("title")) or loose.text(inner.get("title")),
        created=loose.time(chat.get("created_at") or inner.get("timestamp")),
        updated=loose.time(chat.get("updated_at")),
        messages=messages,
        leaf_key=loose.key(history.get("currentId")),
        system_prompt=loose.text(loose.mapping(inner.get("params")).get("system")),
    )


def is_lm_studio(chat: Mapping[str, Any]) -> bool:
    """Whether this is a chat of LM Studio."""
    messages = loose.items(chat.get("messages"))
    return bool(messages) and all("versions" in loose.mapping(one) for one in messages)


def read_lm_studio(chat: Mapping[str, Any]) -> ImportedChat:
    """Each message has `versions`; what comes after hangs on the selected one."""
    messages: list[ImportedMessage] = []
    parent: str | None = None
    created = loose.time(chat.get("createdAt"))
    for number, message in enumerate(chat["messages"]):
        versions = loose.items(loose.mapping(message).get("versions"))
        chosen = loose.number(loose.mapping(message).get("currentlySelected"))
        for place, version in enumerate(map(loose.mapping, versions)):
            messages.append(_read_version(version, f"{number}.{place}", parent, created))
        if versions:
            parent = f"{number}.{chosen if 0 <= chosen < len(versions) else 0}"
    return ImportedChat(
        source="lm-studio",
        key=f"{created} {loose.text(chat.get('name'))} {_digest(messages[:1])}",
        title=loose.text(chat.get("name")),
        created=created,
        updated=max(
            loose.time(chat.get("userLastMessagedAt")),
            loose.time(chat.get("assistantLastMessagedAt")),
        ),
        messages=messages,
        leaf_key=parent,
        system_prompt=loose.text(chat.get("systemPrompt")),
    )


def _read_version(
    version: Mapping[str, Any], key: str, parent: str | None, created: float
) -> ImportedMessage:
    said = [loose.joined_parts(version.get("content"))]
    thought: list[str] = []
    for step in map(loose.mapping, loose.items(version.get("steps"))):
        style = loose.mapping(step.get("style")).get("type")
        (thought if style == "thinking" else said).append(loose.joined_parts(step.get("content")))
    content, thinking = _split_thinking("\n\n".join(one for one in said if one))
    return ImportedMessage(
        key=key,
        parent_key=parent,
        role=_ROLES.get(loose.text(version.get("role"))),
        content=content,
        reasoning="\n\n".join(one for one in thought if one) or thinking,
        created=created,
        model=loose.text(loose.mapping(version.get("senderInfo")).get("senderName")),
    )


def is_jan_message(line: Mapping[str, Any]) -> bool:
    """Whether this is a line of Jan's `messages.jsonl`."""
    return isinstance(line.get("thread_id"), str) and "role" in line


def is_jan_thread(document: Mapping[str, Any]) -> bool:
    """Whether this is Jan's `thread.json`."""
    return document.get("object") == "thread" or {"id", "assistants"} <= document.keys()


def read_jan(
    lines: Iterable[Mapping[str, Any]], threads: Mapping[str, Mapping[str, Any]]
) -> Iterator[ImportedChat]:
    """The threads of these messages, each one after the other; `threads` knows their titles."""
    by_thread: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        by_thread.setdefault(line["thread_id"], []).append(line)
    for thread_id, found in by_thread.items():
        thread = threads.get(thread_id, {})
        messages: list[ImportedMessage] = []
        for index, line in enumerate(
            sorted(found, key=lambda one: loose.time(one.get("created_at")))
        ):
            content, thinking = _split_thinking(loose.joined_parts(line.get("content")))
            messages.append(
                ImportedMessage(
                    key=f"{index} {loose.text(line.get('id'))}",
                    parent_key=messages[-1].key if messages else None,
                    role=_ROLES.get(loose.text(line.get("role"))),
                    content=content,
                    reasoning=thinking or _jan_reasoning(line),
                    created=loose.time(line.get("created_at")),
                )
            )
        yield ImportedChat(
            source="jan",
            key=thread_id,
            title=loose.text(thread.get("title")) or loose.text(thread.get("summary")),
            created=loose.time(thread.get("created")) or messages[0].created,
            updated=loose.time(thread.get("updated")) or messages[-1].created,
            messages=messages,
        )


def _jan_reasoning(line: Mapping[str, Any]) -> str:
    parts = map(loose.mapping, loose.items(line.get("content")))
    found = (loose.mapping(one.get("text")) for one in parts if one.get("type") == "reasoning")
    return "\n\n".join(loose.text(one.get("value")) for one in found)


def _split_thinking(content: str) -> tuple[str, str]:
    """What was said, and what was thought before it, where both are in one text."""
    for opening, closing in (('<details type="reasoning"', "</details>"), ("<think>", "</think>")):
        start = content.find(opening)
        inside = content.find(">", start) + 1
        end = content.find(closing, inside)
        if start >= 0 and inside and end >= 0:
            thought = _SUMMARY.sub("", content[inside:end])
            thought = re.sub(r"^> ?", "", thought, flags=re.MULTILINE).strip()
            return (content[:start] + content[end + len(closing) :]).strip(), thought
    return content, ""


def _digest(messages: Iterable[ImportedMessage]) -> str:
    digest = hashlib.sha256()
    for message in messages:
        digest.update(f"{message.role} {message.content}\0".encode("utf-8", "replace"))
    return digest.hexdigest()
