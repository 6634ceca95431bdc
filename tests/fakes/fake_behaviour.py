"""How the fake llama-server is asked to misbehave: by what is written in its model file.

The environment cannot carry it (ours is scrubbed for the child) and the command line is ours. The
model file is a valid, empty GGUF of the llama architecture with one key more, so that whoever
looks at its header before a launch is content.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_KEY = "fake.behaviour"
_STRING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What the server does, beginning with its launch. The defaults are a good server's."""

    load_seconds: float = 0.0
    """`/health` says 503 for so long; with a number below 0: for ever."""
    listens: bool = True
    """Opens its port."""
    silent: bool = False
    """Prints nothing, not even where it listens."""
    deaf: bool = False
    """Ignores SIGTERM, SIGINT and the end of its standard input."""
    waits_for_word: bool = False
    """Leaves at a signal only when it is also told on its standard input, as a router does."""
    ends_seconds: float = 0.0
    """How long it takes to leave when it is told to."""
    stranger: bool = False
    """Is healthy, but knows neither our key nor our alias."""

    dies: str | None = None
    """`at_once`, `loading` (half way), `running` (`dies_seconds` after it was
    recognised as the one that was launched), `chatting`."""
    dies_seconds: float = 0.0
    exit_code: int = 1
    exit_signal: int | None = None
    """It dies of this signal instead of an exit code."""
    last_words: tuple[str, ...] = ()
    """Printed on stderr just before it dies."""

    forks: bool = False
    """Starts a child that stays when its parent goes, and prints its pid (`grandchild pid N`)."""
    log_lines: int = 0
    """So many lines more while it loads, as fast as it can."""
    log_lines_per_second: int = 0
    """So many lines for as long as it runs."""
    log_hex: str = ""
    """These bytes, printed as they are while it loads."""

    context_size: int = 4096
    slots: int = 2
    vision: bool = False
    prompt_seconds: float = 0.0
    """How long it reads a prompt, in four steps."""
    reasoning: tuple[str, ...] = ()
    answer: tuple[str, ...] = ("Hello", " from", " the", " fake", " server.")
    """The pieces of every answer."""
    repeats: int = 1
    """The answer's pieces come so many times."""
    piece_seconds: float = 0.0
    """Before each piece."""
    finish_reason: str = "stop"
    records: str = ""
    """A file that each request for an answer is added to, as a line of JSON."""
    stream_end: str = "done"
    """`done`; `without_done`, `without_finish` (the stream just ends); `error` (an error event
    midway); `drop` (the connection breaks); `comments` (nothing but comments, for ever);
    `garbage` (no JSON midway); `lone_surrogates` (in the JSON's escapes, then goes on)."""


def write_fake_model(path: Path, behaviour: Behaviour) -> Path:
    """Write a model file that makes the fake server behave so."""
    keys = {
        "general.architecture": "llama",
        "general.name": path.stem,
        _KEY: json.dumps(asdict(behaviour)),
    }
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, len(keys))
    body = b"".join(
        _string(key) + struct.pack("<I", _STRING) + _string(text) for key, text in keys.items()
    )
    path.write_bytes(head + body)
    return path


def read_behaviour(path: Path) -> Behaviour:
    """What a model file asks for; nothing special of a file that is not of our making."""
    try:
        content = path.read_bytes()
    except OSError:
        return Behaviour(
            dies="at_once", last_words=(f"E gguf_init_from_file: failed to open '{path}'",)
        )
    _, found, rest = content.partition(_string(_KEY) + struct.pack("<I", _STRING))
    if not found:
        return Behaviour()
    (length,) = struct.unpack_from("<Q", rest)
    fields: dict[str, Any] = json.loads(rest[8 : 8 + length])
    for name in ("last_words", "reasoning", "answer"):
        fields[name] = tuple(fields[name])  # JSON knows lists only
    return Behaviour(**fields)


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()
