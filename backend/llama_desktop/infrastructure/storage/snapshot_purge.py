"""Takes what the person wants forgotten out of a kept conversation's file. Blocking."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec

from llama_desktop.domain.chat import TitleOrigin
from llama_desktop.infrastructure.storage.atomic_file import write_atomically
from llama_desktop.infrastructure.storage.attachment_files import files_of, remove_files

Messages = Mapping[str, Collection[int]]
"""By conversation, the ids of messages."""


def purge_file(path: Path, *, conversation_ids: Collection[str], messages: Messages) -> bool:
    """Take these out of one file, and passages recalled from them. Whether anything was there.

    A message that is forgotten stays as an empty, deleted one: others hang on it. A file that
    cannot be understood is removed where it is one of the conversations meant.

    Raises:
        OSError: the file cannot be changed.
    """
    if path.stem in conversation_ids:
        path.unlink()
        remove_files(path.stem, path.parent)
        return True
    gone = frozenset(messages.get(path.stem, ()))
    content = path.read_bytes()
    if not gone and not any(one.encode() in content for one in (*conversation_ids, *messages)):
        return False
    try:
        tables = msgspec.json.decode(content, type=dict[str, dict[str, Any]])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if gone:
            path.unlink()
        return bool(gone)
    has_blanked = _blank_messages(tables, gone, path)
    has_dropped = _drop_passages(tables, conversation_ids, messages)
    if has_blanked or has_dropped:
        write_atomically(path, msgspec.json.format(msgspec.json.encode(tables), indent=1))
    return has_blanked or has_dropped


def _blank_messages(tables: Mapping[str, Any], gone: Collection[int], path: Path) -> bool:
    found = [record for key, record in tables.get("messages", {}).items() if int(key) in gone]
    for record in found:
        _remove_attachments(path, record)
        _blank(record)
    for chat in tables.get("chat", {}).values() if found else ():
        if chat.get("title_origin", TitleOrigin.PERSON) != TitleOrigin.PERSON:
            chat["title"] = ""  # it was made of what is forgotten
    return bool(found)


def _drop_passages(
    tables: Mapping[str, Any], conversation_ids: Collection[str], messages: Messages
) -> bool:
    has_dropped = False
    for record in tables.get("messages", {}).values():
        passages = record.get("recalled", ())
        left = [one for one in passages if not _is_from(one, conversation_ids, messages)]
        if len(left) != len(passages):
            record["recalled"] = left
            has_dropped = True
    return has_dropped


def _is_from(
    passage: Mapping[str, Any], conversation_ids: Collection[str], messages: Messages
) -> bool:
    source = passage.get("conversation_id", "")
    return source in conversation_ids or passage.get("message_id") in messages.get(source, ())


def _blank(record: dict[str, Any]) -> None:
    record |= {
        "content": "",
        "reasoning": "",
        "attachments": [],
        "recalled": [],
        "is_deleted": True,
    }


def _remove_attachments(path: Path, record: Mapping[str, Any]) -> None:
    folder = files_of(path.parent, path.stem)
    for attachment in record.get("attachments", ()):
        for name in (attachment["id"], f"{attachment['id']}.json"):
            (folder / name).unlink(missing_ok=True)
