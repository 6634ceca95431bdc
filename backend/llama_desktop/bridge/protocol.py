"""Writes what follows from the tables: the page's types, the protocol's page, the state diagram.

`python -m llama_desktop.bridge.protocol` writes the files; with `--check` it only compares.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import inspect as shape

from llama_desktop.commands import COMMANDS, TOPICS
from llama_desktop.commands.command import Command
from llama_desktop.domain.errors import AppError
from llama_desktop.domain.events import AnswersEvent, ConversationsEvent, LogEvent
from llama_desktop.domain.failure import FailureAction
from llama_desktop.domain.llama import ServerState
from llama_desktop.domain.metrics import MetricsEvent
from llama_desktop.services.llama.diagnosis.table import build_failure_table
from llama_desktop.services.llama.transitions import TRANSITIONS

_ROOT: Final = Path(__file__).resolve().parents[3]
TYPESCRIPT: Final = _ROOT / "frontend" / "src" / "lib" / "backend" / "protocol.ts"
MARKDOWN: Final = _ROOT / "docs" / "PROTOCOL.md"
ARCHITECTURE: Final = _ROOT / "docs" / "ARCHITECTURE.md"
FAILURES: Final = _ROOT / "docs" / "FAILURES.md"

_DIAGRAM_BEGINS: Final = "<!-- generated from TRANSITIONS by `npm run protocol` -->\n"
_FAILURES_BEGIN: Final = "<!-- generated from CAUSE_WORDS by `npm run protocol` -->\n"
_PART_ENDS: Final = "<!-- end of generated part -->"

_HEAD: Final = "Generated from backend/llama_desktop/commands by `npm run protocol`."
_SCALARS: Final[dict[type, str]] = {
    shape.IntType: "number",
    shape.FloatType: "number",
    shape.StrType: "string",
    shape.BytesType: "string",
    shape.BoolType: "boolean",
    shape.NoneType: "null",
    shape.AnyType: "unknown",
}


_UNIONS: Final[dict[Any, str]] = {
    ServerState: "ServerState",
    FailureAction: "FailureAction",
    AnswersEvent: "AnswersEvent",
    ConversationsEvent: "ConversationsEvent",
    LogEvent: "LogEvent",
    MetricsEvent: "MetricsEvent",
}
"""Unions have no name of their own at run time."""
_NAMED_UNIONS: Final = tuple((shape.type_info(union), name) for union, name in _UNIONS.items())


class _Types:
    """Collects named types while it spells them.

    What the page sends is spelt apart from what it gets: there a field with a default may be
    left out, and the type is named `…Input`.
    """

    def __init__(self) -> None:
        self.declarations: dict[str, str] = {}
        self._sending = False

    def spell(self, annotation: Any) -> str:
        """The TypeScript of a Python annotation."""
        return self._spell(shape.type_info(annotation))

    def _spell(self, info: shape.Type) -> str:
        if type(info) in _SCALARS:
            return _SCALARS[type(info)]
        match info:
            case shape.CustomType(cls=cls) if issubclass(cls, Path):
                return "string"
            case shape.EnumType(cls=cls) if issubclass(cls, Enum):
                values = " | ".join(f"'{member.value}'" for member in cls)
                return self._named(cls.__name__, lambda: values)
            case shape.StructType(cls=cls):
                suffix = "Input" if self._sending else ""
                return self._named(cls.__name__ + suffix, lambda: self._fields(info))
            case shape.VarTupleType(item_type=item) | shape.ListType(item_type=item):
                inner = self._spell(item)
                return f"({inner})[]" if " | " in inner else f"{inner}[]"
            case shape.TupleType(item_types=items):
                return f"[{', '.join(self._spell(item) for item in items)}]"
            case shape.UnionType(types=types):
                name = next((name for one, name in _NAMED_UNIONS if one == info), None)
                return (
                    self._join(types)
                    if name is None
                    else self._named(name, lambda: self._join(types))
                )
            case shape.DictType(value_type=value):
                return f"Record<string, {self._spell(value)}>"
        raise TypeError(f"{info} has no spelling on the wire")

    def _join(self, types: Iterable[shape.Type]) -> str:
        return " | ".join(dict.fromkeys(self._spell(one) for one in types))

    def _named(self, name: str, spell: Callable[[], str]) -> str:
        if name not in self.declarations:
            self.declarations[name] = ""  # stands for itself while its fields are spelt
            self.declarations[name] = spell()
        return name

    def _fields(self, info: shape.StructType) -> str:
        lines = [] if info.tag is None else [f"\ttype: '{info.tag}';"]
        lines += [f"\t{self._field(field)};" for field in info.fields]
        return "{\n" + "\n".join(lines) + "\n}"

    def _field(self, field: shape.Field) -> str:
        optional = "?" if self._sending and not field.required else ""
        return f"{field.encode_name}{optional}: {self._spell(field.type)}"

    def arguments(self, kind: type[msgspec.Struct]) -> str:
        """The arguments of a command on one line; what has a default may be left out."""
        info = shape.type_info(kind)
        assert isinstance(info, shape.StructType)
        self._sending = True
        parts = [self._field(field) for field in info.fields]
        self._sending = False
        return "{ " + "; ".join(parts) + " }" if parts else "Record<string, never>"


def typescript() -> str:
    """The whole of protocol.ts."""
    types = _Types()
    commands = []
    for name, row in COMMANDS.items():
        value = "null" if row.value in (None, type(None)) else types.spell(row.value)
        commands.append(f"\t{name}: {{ args: {types.arguments(row.arguments)}; value: {value} }};")
    topics = [f"\t{name}: {types.spell(kind)};" for name, kind in TOPICS.items()]
    declared = [
        f"export interface {name} {body}"
        if body.startswith("{")
        else f"export type {name} = {body};"
        for name, body in sorted(types.declarations.items())
    ]
    return (
        "\n\n".join(
            [
                f"// {_HEAD}",
                "/** What may be asked, with its arguments and its answer. */\n"
                "export interface Commands {\n" + "\n".join(commands) + "\n}",
                "/** What may be listened to, with what it carries. */\n"
                "export interface Topics {\n" + "\n".join(topics) + "\n}",
                f"export type ErrorCode =\n{_error_codes()};",
                *declared,
            ]
        )
        + "\n"
    )


def _errors(kind: type[AppError] = AppError) -> list[type[AppError]]:
    found = [kind]
    for child in kind.__subclasses__():
        found += _errors(child)
    return found


def _error_codes() -> str:
    return "\n".join(f"\t| '{code}'" for code in sorted(error.code for error in _errors()))


def markdown() -> str:
    """The whole of PROTOCOL.md."""
    types = _Types()
    rows = "\n".join(_described(name, row, types) for name, row in COMMANDS.items())
    topics = "\n".join(f"| `{name}` | `{types.spell(kind)}` |" for name, kind in TOPICS.items())
    errors = "\n".join(
        f"| `{error.code}` | {error.status} | {(error.__doc__ or '').splitlines()[0]} |"
        for error in sorted(_errors(), key=lambda error: error.code)
    )
    values = "\n".join(
        f"### {name}\n\n```ts\n{body}\n```\n" for name, body in sorted(types.declarations.items())
    )
    return _PAGE.format(head=_HEAD, rows=rows, topics=topics, errors=errors, values=values)


def _described(name: str, row: Command, types: _Types) -> str:
    value = "null" if row.value in (None, type(None)) else types.spell(row.value)
    codes = ", ".join(f"`{error.code}`" for error in row.errors) or "none of its own"
    return (
        f"### {name}\n\n{row.summary}\n\n"
        f"- arguments: `{types.arguments(row.arguments)}`\n- value: `{value}`\n- errors: {codes}\n"
    )


_PAGE: Final = """# The protocol

{head}

Another program reaches a running app through the JSON line that `llama-desktop --headless` prints:
`{{"url": "http://127.0.0.1:PORT/#token=…", "port": PORT, "token": "…", "pid": PID}}`.

Ask by `POST /api/invoke/COMMAND` with the arguments as a JSON object and the header
`Authorization: Bearer TOKEN`. The answer is `{{"type": "success", "value": …}}`, or
`{{"type": "failure", "code": …, "message": …, "details": …}}` with a fitting status.

Listen by the WebSocket `/api/events` with the subprotocols `ld.v1` and `t.TOKEN`. Send
`{{"listen": ["answers"]}}` or `{{"unlisten": ["answers"]}}`. Frames are
`[[topic, sequence, payload], …]`; sequence 0 is the snapshot of the topic, which may come again
when a listener was too slow.
An argument with a `?` may be left out. Times are seconds since the epoch.

## Commands

{rows}
## Topics

| topic | carries |
|---|---|
{topics}

## Errors

Any command may also fail with `bad_request`, `unknown_command` or `internal_error`.

| code | status | meaning |
|---|---|---|
{errors}

## Values

{values}"""


def architecture() -> str:
    """ARCHITECTURE.md with its state diagram as the table of transitions has it."""
    arrows = "\n".join(
        f"    {old.__name__} --> {new.__name__}"
        for old, followers in TRANSITIONS.items()
        for new in sorted(followers, key=lambda state: state.__name__)
    )
    diagram = f"```mermaid\nstateDiagram-v2\n    [*] --> Stopped\n{arrows}\n```\n"
    return _with_part(ARCHITECTURE, _DIAGRAM_BEGINS, diagram)


def failures() -> str:
    """FAILURES.md with its table as the diagnosis has it."""
    return _with_part(FAILURES, _FAILURES_BEGIN, build_failure_table())


def _with_part(path: Path, mark: str, part: str) -> str:
    head, begins, rest = path.read_text(encoding="utf-8").partition(mark)
    _, ends, tail = rest.partition(_PART_ENDS)
    return head + begins + part + ends + tail


def main(arguments: list[str]) -> int:
    """Write the files, or say which one is out of date."""
    stale = []
    files = (
        (TYPESCRIPT, typescript()),
        (MARKDOWN, markdown()),
        (ARCHITECTURE, architecture()),
        (FAILURES, failures()),
    )
    for path, text in files:
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    for path in stale:
        word = "is out of date" if "--check" in arguments else "written"
        sys.stdout.write(f"{path.relative_to(_ROOT)} {word}\n")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
