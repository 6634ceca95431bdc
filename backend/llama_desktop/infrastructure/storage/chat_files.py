"""Reads kept chats beside the thread that writes them.

A chat's file is only ever replaced whole, so whoever opens it reads one state of it, and the
fingerprint of the open file is that state's.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from llama_desktop.domain.chat import Conversation
from llama_desktop.infrastructure.storage.conversation_record import NewerFile, build_conversation
from llama_desktop.infrastructure.storage.database import DamagedFile
from llama_desktop.infrastructure.storage.migrations import CONVERSATION, Tables, migrate
from llama_desktop.infrastructure.storage.search_index import Fingerprint

_SUFFIX = ".json"


def scan_chats(folder: Path) -> dict[str, Fingerprint]:
    """The chats that are there, by id. What cannot be looked at is left out."""
    found: dict[str, Fingerprint] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(_SUFFIX):
                    status = entry.stat()
                    found[entry.name.removesuffix(_SUFFIX)] = Fingerprint(
                        status.st_size, status.st_mtime_ns
                    )
    except OSError:
        return found
    return found


def read_chat(folder: Path, conversation_id: str) -> tuple[Conversation, Fingerprint] | None:
    """A chat as it is kept now; None: there is none, or it cannot be understood."""
    try:
        with (folder / f"{conversation_id}{_SUFFIX}").open("rb") as file:
            status = os.fstat(file.fileno())
            tables = migrate(CONVERSATION, msgspec.json.decode(file.read(), type=Tables))
        messages = sorted((int(key), record) for key, record in tables.get("messages", {}).items())
        chat = tables["chat"]["1"]
        conversation = build_conversation(conversation_id, chat, messages)
    except (OSError, msgspec.DecodeError, RecursionError, ValueError, TypeError, KeyError):
        return None
    except (DamagedFile, NewerFile):
        return None  # told to the person by who keeps the chats
    return conversation, Fingerprint(status.st_size, status.st_mtime_ns)
