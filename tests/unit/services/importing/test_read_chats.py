"""Chats of other apps: what they write, and what nobody should."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.domain.chat import (
    Attachment,
    AttachmentKind,
    Conversation,
    ExportFormat,
    Message,
    MessageStatus,
    Role,
    SamplingParameters,
    TitleOrigin,
)
from llama_desktop.domain.errors import ImportRefused
from llama_desktop.services.export import ExportedChat, export_chats
from llama_desktop.services.importing.imported import MAX_MESSAGES
from llama_desktop.services.importing.own import OwnChat
from llama_desktop.services.importing.read import Refusal, read_chats


def _read(document: Any, name: str = "chats.json") -> list[Any]:
    return read_chats([(name, json.dumps(document).encode())])


def _only(document: Any, name: str = "chats.json") -> Conversation:
    [chat] = _read(document, name)
    assert isinstance(chat, OwnChat), chat
    return chat.conversation


def _said(conversation: Conversation) -> list[tuple[int | None, str, str]]:
    return [(m.parent_id, m.role.value, m.content) for m in conversation.messages]


def _zip(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def _node(parent: str | None, role: str, *parts: Any, at: float = 1.7e9, **more: Any) -> Any:
    content = {"content_type": "text", "parts": list(parts)}
    message = {"author": {"role": role}, "content": content, "create_time": at, "metadata": {}}
    return {"parent": parent, "children": [], "message": message | more}


CHATGPT = {
    "title": "Tides",
    "conversation_id": "abc",
    "create_time": 1.7e9,
    "update_time": 1.7e9 + 50,
    "current_node": "a2",
    "mapping": {
        "root": {"parent": None, "children": ["s"], "message": None},
        "s": _node("root", "system", ""),
        "q": _node("s", "user", "What <b>is</b> a tide?", at=1.7e9 + 1),
        "a1": _node("q", "assistant", "First.", at=1.7e9 + 2, metadata={"model_slug": "gpt-4o"}),
        "a2": _node("q", "assistant", "Second.", at=1.7e9 + 9, metadata={"model_slug": "gpt-4o"}),
        "q2": _node("a1", "user", "More", {"content_type": "image_asset_pointer"}, at=1.7e9 + 4),
        "call": _node("q2", "assistant", "search()", at=1.7e9 + 5, recipient="browser"),
        "tool": _node("call", "tool", "found", at=1.7e9 + 6),
        "a3": _node("tool", "assistant", "Here.", at=1.7e9 + 7),
    },
}


def test_chatgpt_with_its_branches_models_and_end() -> None:
    chat = _only([CHATGPT])
    assert _said(chat) == [
        (None, "user", "What <b>is</b> a tide?"),
        (1, "assistant", "First."),
        (2, "user", "More\n\n[Image]"),
        (3, "assistant", "Here."),
        (1, "assistant", "Second."),
    ]
    assert chat.leaf_id == 5
    assert chat.messages[1].model is not None
    assert chat.messages[1].model.name == "gpt-4o"
    assert (chat.title, chat.title_origin) == ("Tides", TitleOrigin.PERSON)
    assert (chat.created, chat.updated) == (1.7e9, 1.7e9 + 50)


def test_the_same_chat_has_the_same_id_again_also_out_of_the_archive() -> None:
    packed = _zip(**{"conversations.json": json.dumps([CHATGPT]).encode(), "user.json": b"{}"})
    [chat] = read_chats([("export.zip", packed)])
    assert chat.conversation == _only([CHATGPT])
    other = _only([CHATGPT | {"conversation_id": "other"}])
    assert other.id != chat.conversation.id


def test_llama_cpp() -> None:
    def node(number: int, parent: int | None, role: str, content: str, **more: Any) -> Any:
        at = 1_700_000_000_000 + number
        return {"id": number, "convId": "c", "type": "text", "timestamp": at, "role": role,
                "content": content, "parent": parent, "children": []} | more  # fmt: skip

    messages = [
        node(1, None, "system", "", type="root"),
        node(2, 1, "user", "Hi"),
        node(3, 2, "assistant", "A", thinking="Hm"),
        node(4, 2, "assistant", "<think>Well</think>B"),
    ]
    conv = {"id": "c", "name": "Greeting", "lastModified": 1_700_000_100_000, "currNode": 3}
    chat = _only({"conv": conv, "messages": messages})
    assert _said(chat) == [(None, "user", "Hi"), (1, "assistant", "A"), (1, "assistant", "B")]
    assert [m.reasoning for m in chat.messages] == ["", "Hm", "Well"]
    assert (chat.title, chat.leaf_id, chat.updated) == ("Greeting", 2, 1.7e9 + 100)


def test_open_webui() -> None:
    thought = (
        '<details type="reasoning" done="true"><summary>Thought</summary>\n> Hm\n</details>\nYes'
    )
    tree = {
        "a": {"id": "a", "parentId": None, "role": "user", "content": "Hi", "timestamp": 1.7e9},
        "b": {"id": "b", "parentId": "a", "role": "assistant", "content": thought, "model": "m"},
        "c": {"id": "c", "parentId": "a", "role": "assistant", "content": "No"},
    }
    inner = {"title": "T", "history": {"currentId": "b", "messages": tree}}
    chat = _only([{"id": "x", "title": "T", "chat": inner, "created_at": 1_700_000_000}])
    assert _said(chat) == [(None, "user", "Hi"), (1, "assistant", "Yes"), (1, "assistant", "No")]
    assert chat.messages[1].reasoning == "Hm"
    assert chat.leaf_id == 2


def test_jan_out_of_an_archive_of_its_folders() -> None:
    def line(role: str, text: str, at: float) -> Any:
        content = [{"type": "text", "text": {"value": text, "annotations": []}}]
        return {"id": text, "thread_id": "t", "role": role, "content": content, "created_at": at}

    lines = [line("assistant", "Hello", 1.7e9 + 1), line("user", "Hi", 1.7e9)]
    packed = _zip(
        threads__t__messages_jsonl=b"",
        **{
            "threads/t/messages.jsonl": "\n".join(map(json.dumps, lines)).encode(),
            "threads/t/thread.json": json.dumps(
                {"id": "t", "object": "thread", "title": "Greeting", "assistants": []}
            ).encode(),
        },
    )
    [chat] = read_chats([("jan.zip", packed)])
    assert _said(chat.conversation) == [(None, "user", "Hi"), (1, "assistant", "Hello")]
    assert chat.conversation.title == "Greeting"


def test_lm_studio_with_versions_and_steps() -> None:
    def said(role: str, text: str) -> Any:
        return {"type": "singleStep", "role": role, "content": [{"type": "text", "text": text}]}

    step = {"type": "contentBlock", "content": [{"type": "text", "text": "Two"}]}
    thought = step | {"content": [{"type": "text", "text": "Hm"}], "style": {"type": "thinking"}}
    answer = {"type": "multiStep", "role": "assistant", "steps": [thought, step],
              "senderInfo": {"senderName": "qwen3"}}  # fmt: skip
    chat = _only(
        {
            "name": "Count",
            "createdAt": 1_700_000_000_000,
            "systemPrompt": "Be brief.",
            "messages": [
                {"versions": [said("user", "Count")], "currentlySelected": 0},
                {"versions": [said("assistant", "One"), answer], "currentlySelected": 1},
                {"versions": [said("user", "On")], "currentlySelected": 0},
            ],
        }
    )
    assert _said(chat) == [
        (None, "user", "Count"),
        (1, "assistant", "One"),
        (1, "assistant", "Two"),
        (3, "user", "On"),
    ]
    assert (chat.messages[2].reasoning, chat.system_prompt) == ("Hm", "Be brief.")


def _own() -> tuple[Conversation, dict[str, str], dict[str, bytes]]:
    def file(name: str, kind: AttachmentKind) -> Attachment:
        return Attachment(id=name, name="f", kind=kind, media_type="x", size_bytes=3)

    files = (file("text-1", AttachmentKind.TEXT), file("image-1", AttachmentKind.IMAGE))
    conversation = Conversation(
        id="0abc-12",
        title="Mine",
        created=5.0,
        updated=9.5,
        system_prompt="Be kind.",
        parameters=SamplingParameters(temperature=0.5, stop=("x",)),
        title_origin=TitleOrigin.MODEL,
        is_pinned=True,
        leaf_id=4,
        messages=(
            Message(id=1, parent_id=None, role=Role.USER, content="Q", created=6.0,
                    status=MessageStatus.COMPLETE, attachments=files),
            Message(id=2, parent_id=1, role=Role.ASSISTANT, content="A", created=7.0,
                    status=MessageStatus.LENGTH, reasoning="R"),
            Message(id=4, parent_id=1, role=Role.ASSISTANT, content="B", created=8.0,
                    status=MessageStatus.STOPPED),
        ),
    )  # fmt: skip
    return conversation, {"text-1": "text"}, {"image-1": b"\x89PN"}


def test_our_own_export_comes_back_without_loss() -> None:
    conversation, texts, images = _own()
    file = export_chats([ExportedChat(conversation, texts, images)], ExportFormat.JSON)
    [chat] = read_chats([(file.name, file.text.encode())])
    assert chat.conversation == conversation
    assert chat.files == {"text-1": b"text", "image-1": b"\x89PN"}


def test_an_export_of_a_later_version_is_told_kindly() -> None:
    with pytest.raises(ImportRefused, match="Update the app"):
        _read({"format": "llama-desktop-conversations", "version": 99, "conversations": []})


def _chat_of(mapping: Any) -> Any:
    return [{"title": "Bad", "id": "b", "mapping": mapping}]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (_chat_of({"a": _node("b", "user", "x"), "b": _node("a", "user", "y")}), "circle"),
        (_chat_of({"a": _node("a", "user", "x")}), "circle"),
        (_chat_of({str(n): {} for n in range(MAX_MESSAGES + 1)}), "more than"),
        (_chat_of({}), "no messages"),
        (_chat_of({"a": _node(None, "user", "x" * 3_000_000)}), "long"),
        (
            {"format": "llama-desktop-conversations", "version": 1, "conversations": [{"id": 7}]},
            "not as this app",
        ),
    ],
    ids=["circle", "itself", "many", "empty", "long", "own"],
)
def test_a_chat_that_is_no_sound_tree_is_refused_and_says_why(document: Any, reason: str) -> None:
    [refused] = _read(document)
    assert isinstance(refused, Refusal)
    assert reason in refused.reason


def test_a_chat_as_deep_as_it_is_long_is_read() -> None:
    nodes = {
        str(n): _node(str(n - 1) if n else None, ("user", "assistant")[n % 2], "x")
        for n in range(5000)
    }
    assert len(_only(_chat_of(nodes)).messages) == 5000


def test_what_no_file_can_carry_is_cleaned() -> None:
    node = _node(None, "user", "a\ud800b\x00\x1b[31m")
    chat = _only([{"title": "T\n\u202e", "mapping": {"a": node}, "create_time": 1e300}])
    assert chat.messages[0].content == "a\ufffdb[31m"
    assert chat.title == "T"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", b""),
        ("a.json", b"\xff\xfe\x00"),
        ("a.json", b"[" * 1_000_000),
        ("a.json", b"<html></html>"),
        ("a.json", b"[1, 2]"),
        ("a.json", b'{"a": ' + b"9" * 10_000 + b"}"),
        ("a.jsonl", b'{"thread_id"'),
        ("a.zip", b"PK\x03\x04 and no more"),
        ("a.zip", _zip(**{"../../evil.txt": b"[]"})),
        ("a.zip", _zip(**{"conversations.json": b" " * 300_000_000})),
    ],
    ids=["empty", "binary", "deep", "html", "numbers", "digits", "cut", "broken", "slip", "bomb"],
)
def test_a_file_without_chats_is_refused_with_a_sentence(name: str, data: bytes) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_chats([(name, data)])
    assert refused.value.message.endswith(".")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_KNOWN = st.sampled_from(
    ["id", "title", "mapping", "parent", "message", "author", "role", "content", "parts", "chat",
     "history", "messages", "versions", "steps", "conv", "thread_id", "created_at", "format",
     "conversations", "create_time", "currentId", "currentlySelected", "type", "text", "object",
     "user", "assistant", "llama-desktop-conversations", "multiStep"]
)  # fmt: skip
_SHAPED = st.recursive(
    _KNOWN | _JSON,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KNOWN, inner, max_size=6),
    max_leaves=25,
)


@given(_SHAPED | st.lists(st.dictionaries(_KNOWN, _SHAPED, max_size=6), max_size=3))
def test_whatever_is_in_a_file_it_is_read_or_refused(document: Any) -> None:
    try:
        found = _read(document)
    except ImportRefused:
        return
    for chat in found:
        if isinstance(chat, OwnChat):
            ids = {None, *(message.id for message in chat.conversation.messages)}
            assert all(message.parent_id in ids for message in chat.conversation.messages)
            assert chat.conversation.leaf_id in ids
            chat.conversation.messages[0].content.encode()


@given(
    st.lists(st.tuples(st.integers(-1, 12), st.sampled_from(["user", "assistant", "tool"]))),
    st.integers(0, 12),
)
def test_any_tree_is_a_tree_and_anything_else_is_refused(
    nodes: list[tuple[int, str]], leaf: int
) -> None:
    mapping = {
        str(n): _node(str(parent) if parent >= 0 else None, role, f"{n}")
        for n, (parent, role) in enumerate(nodes)
    }
    [chat] = _read([{"mapping": mapping, "current_node": str(leaf), "id": "x"}])
    if isinstance(chat, OwnChat):
        seen: set[int | None] = {None}
        for message in chat.conversation.messages:
            assert message.parent_id in seen
            assert message.id not in seen
            seen.add(message.id)
        assert chat.conversation.leaf_id in seen - {None}
