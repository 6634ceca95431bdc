"""ChatGPT's export: `conversations.json`, each chat a `mapping` of nodes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llama_desktop.domain.chat import Role
from llama_desktop.services.importing import loose
from llama_desktop.services.importing.imported import ImportedChat, ImportedMessage

_ROLES: Final = {"user": Role.USER, "assistant": Role.ASSISTANT}


def is_chatgpt(chat: Mapping[str, Any]) -> bool:
    """Whether this is a chat of ChatGPT's."""
    return isinstance(chat.get("mapping"), dict)


def read_chatgpt(chat: Mapping[str, Any]) -> ImportedChat:
    """One chat with all its branches; what tools said and hidden messages only hold it together."""
    nodes = loose.mapping(chat["mapping"])
    return ImportedChat(
        source="chatgpt",
        key=loose.text(chat.get("conversation_id")) or loose.text(chat.get("id")) or _digest(nodes),
        title=loose.text(chat.get("title")),
        created=loose.time(chat.get("create_time")),
        updated=loose.time(chat.get("update_time")),
        messages=[_read_node(key, loose.mapping(node)) for key, node in nodes.items()],
        leaf_key=loose.key(chat.get("current_node")),
    )


def _digest(nodes: Mapping[str, Any]) -> str:
    return "\0".join(sorted(nodes)[:100])


def _read_node(key: str, node: Mapping[str, Any]) -> ImportedMessage:
    message = loose.mapping(node.get("message"))
    metadata = loose.mapping(message.get("metadata"))
    role = _ROLES.get(loose.text(loose.mapping(message.get("author")).get("role")))
    is_for_tool = loose.text(message.get("recipient")) not in ("", "all")
    if metadata.get("is_visually_hidden_from_conversation") is True or is_for_tool:
        role = None
    content, reasoning = _read_content(loose.mapping(message.get("content")))
    return ImportedMessage(
        key=key,
        parent_key=loose.key(node.get("parent")),
        role=role,
        content=content,
        reasoning=reasoning,
        created=loose.time(message.get("create_time")),
        model=loose.text(metadata.get("model_slug")) if role is Role.ASSISTANT else "",
    )


def _read_content(content: Mapping[str, Any]) -> tuple[str, str]:
    """Text and thinking."""
    match content.get("content_type"):
        case "text" | "multimodal_text":
            parts = (_read_part(part) for part in loose.items(content.get("parts")))
            return "\n\n".join(part for part in parts if part), ""
        case "code":
            return f"```\n{loose.text(content.get('text'))}\n```", ""
        case "thoughts":
            thoughts = map(loose.mapping, loose.items(content.get("thoughts")))
            return "", "\n\n".join(loose.text(one.get("content")) for one in thoughts)
    return "", ""


def _read_part(part: Any) -> str:
    if isinstance(part, str):
        return part
    kind = loose.text(loose.mapping(part).get("content_type"))
    if kind == "audio_transcription":
        return loose.text(loose.mapping(part).get("text"))
    return "[Image]" if kind == "image_asset_pointer" else ""
