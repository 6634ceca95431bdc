"""The chats in the files that a person picked, whichever app wrote them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from llama_desktop.domain.errors import ImportRefused, MessageTooLong
from llama_desktop.services.conversation_title import shorten_title
from llama_desktop.services.importing import loose
from llama_desktop.services.importing.chatgpt import is_chatgpt, read_chatgpt
from llama_desktop.services.importing.documents import read_documents
from llama_desktop.services.importing.imported import (
    ChatRefused,
    ImportedChat,
    build_conversation,
)
from llama_desktop.services.importing.local_apps import (
    is_jan_message,
    is_jan_thread,
    is_llama_cpp,
    is_lm_studio,
    is_open_webui,
    read_jan,
    read_llama_cpp,
    read_lm_studio,
    read_open_webui,
)
from llama_desktop.services.importing.own import OwnChat, is_own, read_own, require_known_version

Chat = Mapping[str, Any]

_READERS: Final[tuple[tuple[Callable[[Chat], bool], Callable[[Chat], ImportedChat]], ...]] = (
    (is_chatgpt, read_chatgpt),
    (is_llama_cpp, read_llama_cpp),
    (is_open_webui, read_open_webui),
    (is_lm_studio, read_lm_studio),
)


class Refusal(Struct, frozen=True):
    """A chat that is not taken."""

    title: str
    reason: str
    """A sentence."""


def read_chats(files: Sequence[tuple[str, bytes]]) -> list[OwnChat | Refusal]:
    """Everything that is a chat in these files, by name and content.

    Raises:
        ImportRefused: a file cannot be read, or there is no chat in any of them.
    """
    found: list[OwnChat | Refusal] = []
    lines: list[Chat] = []
    threads: dict[str, Chat] = {}
    for name, data in files:
        for document in read_documents(name, data):
            for chat in _spread(document):
                if is_jan_message(chat):
                    lines.append(chat)
                elif is_jan_thread(chat):
                    threads[loose.text(chat.get("id"))] = chat
                else:
                    found += _read(chat)
    found += (_build(chat) for chat in read_jan(lines, threads))
    if not found:
        raise ImportRefused(
            "There are no chats in it that this app can read. It reads its own JSON, and the "
            "exports of ChatGPT, llama.cpp's web page, Open WebUI, Jan and LM Studio."
        )
    return found


def _spread(document: Any) -> Iterator[Chat]:
    """The objects of a document: it is one, or a list of them."""
    for one in loose.items(document) or (document,):
        if isinstance(one, dict):
            yield one


def _read(chat: Chat) -> Iterable[OwnChat | Refusal]:
    if is_own(chat):
        yield from _read_own(chat)
        return
    for is_of_it, read in _READERS:
        if is_of_it(chat):
            yield _build(read(chat))
            return


def _read_own(document: Chat) -> Iterator[OwnChat | Refusal]:
    try:
        require_known_version(document)
    except ChatRefused as error:
        raise ImportRefused(str(error)) from error
    for raw in loose.items(document.get("conversations")):
        try:
            yield read_own(raw)
        except ChatRefused as error:
            yield _refuse(loose.text(loose.mapping(raw).get("title")), str(error))
        except MessageTooLong as error:
            yield _refuse(loose.text(loose.mapping(raw).get("title")), error.message)


def _build(chat: ImportedChat) -> OwnChat | Refusal:
    try:
        return OwnChat(build_conversation(chat))
    except ChatRefused as error:
        return _refuse(chat.title, str(error))
    except MessageTooLong as error:
        return _refuse(chat.title, error.message)


def _refuse(title: str, reason: str) -> Refusal:
    return Refusal(shorten_title(title), reason)
