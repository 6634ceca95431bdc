"""Conversations as files."""

from __future__ import annotations

import json

from llama_desktop.domain.chat import (
    AnswerError,
    AnswerModel,
    Attachment,
    AttachmentKind,
    Conversation,
    ExportFormat,
    Message,
    MessageStatus,
    Role,
)
from llama_desktop.services.export import ExportedChat, export_chats, list_attachments

FILE = Attachment(
    id="f1", name="a.py", kind=AttachmentKind.TEXT, media_type="text/plain", size_bytes=5
)
IMAGE = Attachment(
    id="f2",
    name="cat.png",
    kind=AttachmentKind.IMAGE,
    media_type="image/png",
    size_bytes=9,
    width=64,
    height=48,
)
GONE = Attachment(
    id="f3", name="gone.txt", kind=AttachmentKind.TEXT, media_type="text/plain", size_bytes=9
)


def _message(number: int, parent: int | None, content: str, **more: object) -> Message:
    role = Role.USER if content.startswith("Q") else Role.ASSISTANT
    values = {"status": MessageStatus.COMPLETE, "created": 1_700_000_000.0 + number, **more}
    return Message(id=number, parent_id=parent, role=role, content=content, **values)  # type: ignore[arg-type]


MODEL = AnswerModel(name="Tiny", file="tiny.gguf")
CHAT = Conversation(
    id="c",
    title='Plans: "A/B"',
    created=1_700_000_000.0,
    updated=1_700_000_100.0,
    system_prompt="Be ```kind```.",
    leaf_id=6,
    messages=(
        _message(1, None, "Q one", attachments=(FILE, IMAGE, GONE)),
        _message(2, 1, "A one, first", model=MODEL),
        _message(3, 1, "A one, second", model=MODEL, reasoning="Hm."),
        _message(4, 2, "Q two of the first"),
        _message(5, 3, "Q two"),
        _message(
            6,
            5,
            "A two",
            status=MessageStatus.FAILED,
            error=AnswerError(code="x", message="It broke."),
        ),
        _message(7, 5, "A two, deleted", is_deleted=True),
        _message(8, 7, "Q below the deleted"),
        _message(9, 4, "A below, one"),
        _message(10, 4, "A below, two"),
        _message(11, None, "Q one, edited"),
    ),
)
EXPECTED = """\
# Plans: "A/B"

*Begun 2023-11-14 22:13 UTC*

## System prompt

```
Be ```kind```.
```

## 1. You: version 1 of 2

*2023-11-14 22:13 UTC*

File: a.py
```
x = 1
```

Image: cat.png (64 by 48)

File: gone.txt (no longer kept)

Q one

## 2. Assistant (Tiny): version 2 of 2

*2023-11-14 22:13 UTC*

<details><summary>Thinking</summary>

Hm.

</details>

A one, second

## 3. You

*2023-11-14 22:13 UTC*

Q two

## 4. Assistant

*2023-11-14 22:13 UTC*

A two

*Failed. It broke.*

## Other versions

### Another version, from message 1 on

#### 1. You: version 2 of 2

*2023-11-14 22:13 UTC*

Q one, edited

### Another version, from message 2 on

#### 2. Assistant (Tiny): version 1 of 2

*2023-11-14 22:13 UTC*

A one, first

#### 3. You

*2023-11-14 22:13 UTC*

Q two of the first

#### 4. Assistant: version 2 of 2

*2023-11-14 22:13 UTC*

A below, two

### Another version, from message 4 on

#### 4. Assistant: version 1 of 2

*2023-11-14 22:13 UTC*

A below, one
"""


def test_markdown_has_the_shown_branch_first_and_every_other_version_after_it() -> None:
    file = export_chats([ExportedChat(CHAT, {"f1": "x = 1\n"})], ExportFormat.MARKDOWN)
    assert file.text == EXPECTED
    assert (file.name, file.media_type) == ("Plans A B.md", "text/markdown")


def test_json_has_everything_that_is_not_deleted() -> None:
    file = export_chats([ExportedChat(CHAT, {"f1": "x = 1\n"})], ExportFormat.JSON)
    document = json.loads(file.text)
    assert (document["format"], document["version"]) == ("llama-desktop-conversations", 1)
    [chat] = document["conversations"]
    assert [message["id"] for message in chat["messages"]] == [1, 2, 3, 4, 5, 6, 9, 10, 11]
    assert "deleted" not in file.text
    assert chat["leaf_id"] == 6
    assert chat["system_prompt"] == CHAT.system_prompt
    attachments = chat["messages"][0]["attachments"]
    assert [one.get("text") for one in attachments] == ["x = 1\n", None, None]
    assert file.name == "Plans A B.json"


def test_several_chats_are_one_file() -> None:
    chats = [ExportedChat(CHAT), ExportedChat(Conversation(id="d", title="", created=1, updated=1))]
    markdown = export_chats(chats, ExportFormat.MARKDOWN)
    assert markdown.name == "Plans A B and 1 more.md"
    assert "\n---\n\n# Conversation\n" in markdown.text
    assert len(json.loads(export_chats(chats, ExportFormat.JSON).text)["conversations"]) == 2


def test_files_of_deleted_messages_are_not_read() -> None:
    question = _message(1, None, "Q", attachments=(FILE, FILE))
    deleted = _message(2, None, "Q", attachments=(GONE,), is_deleted=True)
    chat = Conversation(id="c", title="", created=1, updated=1, messages=(question, deleted))
    assert list_attachments(chat) == (FILE,)


def test_a_chat_whose_shown_end_is_deleted_is_exported_from_what_is_left() -> None:
    messages = (_message(1, None, "Q"), _message(2, 1, "A", is_deleted=True))
    chat = Conversation(id="c", title="", created=1, updated=1, leaf_id=2, messages=messages)
    assert "## 1. You" in export_chats([ExportedChat(chat)], ExportFormat.MARKDOWN).text
    empty = Conversation(id="c", title="", created=1, updated=1)
    assert export_chats([ExportedChat(empty)], ExportFormat.MARKDOWN).name == "Conversation.md"


def test_a_very_deep_chat_is_exported() -> None:
    messages = tuple(
        _message(number, number - 1 or None, "Q" if number % 2 else "A")
        for number in range(1, 20_001)
    )
    chat = Conversation(id="c", title="", created=1e99, updated=1, leaf_id=1, messages=messages)
    text = export_chats([ExportedChat(chat)], ExportFormat.MARKDOWN).text
    assert "#### 20000. Assistant" in text
    assert "at an unknown time" in text
