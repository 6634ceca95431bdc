"""Reads a grammar (GBNF) as llama-server does, to find mistakes before anything is asked. Pure."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from llama_desktop.services.structure.mistake import Mistake

ROOT: Final = "root"
_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
_REPEAT: Final = re.compile(r"\{[ \t]*(\d{1,9})[ \t]*(,[ \t]*(\d{1,9})?[ \t]*)?\}")
_TOKEN: Final = re.compile(r"!?<[^<>\n]+>")
_ESCAPE: Final = re.compile(r'\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[tnr\\"\[\]])')
_MOST_REPEATS: Final = 2000
_DEEPEST: Final = 50


class Item(Struct, frozen=True):
    """One element of a sequence, as far as it matters for recursion."""

    rule: str | None = None
    group: tuple[Sequence, ...] = ()
    may_be_empty: bool = False


Sequence = tuple[Item, ...]
Rules = dict[str, tuple[Sequence, ...]]


class GrammarReader:
    """Reads one grammar. Every method leaves off behind what it has read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._rules: Rules = {}
        self._used: dict[str, int] = {}

    def read(self) -> Rules:
        """The rules.

        Raises:
            Mistake: where it stops being a grammar.
        """
        self._space(newlines=True)
        while self._at < len(self._text):
            self._rule()
        if ROOT not in self._rules:
            raise Mistake.at(self._text, 0, f"there is no rule `{ROOT}`")
        for name, place in self._used.items():
            if name not in self._rules:
                raise Mistake.at(self._text, place, f"there is no rule `{name}`")
        return self._rules

    def _rule(self) -> None:
        name = self._name("a rule's name")
        self._space()
        if not self._text.startswith("::=", self._at):
            raise self._expected("`::=`")
        self._at += 3
        self._space(newlines=True)
        self._rules[name] = self._alternates(depth=0)
        if self._at < len(self._text) and self._text[self._at] not in "\r\n":
            raise self._expected("the end of the rule")
        self._space(newlines=True)

    def _alternates(self, depth: int) -> tuple[Sequence, ...]:
        if depth > _DEEPEST:
            raise Mistake.at(self._text, self._at, "groups are nested too deeply")
        sequences = [self._sequence(depth)]
        while self._text.startswith("|", self._at):
            self._at += 1
            self._space(newlines=True)
            sequences.append(self._sequence(depth))
        return tuple(sequences)

    def _sequence(self, depth: int) -> Sequence:
        items: list[Item] = []
        can_repeat = False
        while self._at < len(self._text):
            place = self._at
            if (least := self._repeat()) is not None:
                if not can_repeat:
                    raise Mistake.at(self._text, place, "there is nothing to repeat")
                last = items.pop()
                items.append(Item(last.rule, last.group, last.may_be_empty or least == 0))
            elif (item := self._item(depth)) is not None:
                items.append(item)
            else:
                break
            can_repeat = least is None
            self._space(newlines=depth > 0)
        return tuple(items)

    def _item(self, depth: int) -> Item | None:
        match self._text[self._at]:
            case '"':
                return Item(may_be_empty=not self._quoted('"'))
            case "[":
                self._at += self._text.startswith("[^", self._at)
                self._quoted("]")
                return Item()
            case "(":
                self._at += 1
                self._space(newlines=True)
                group = self._alternates(depth + 1)
                if not self._text.startswith(")", self._at):
                    raise self._expected("`)`")
                self._at += 1
                return Item(group=group)
            case ".":
                self._at += 1
                return Item()
            case "<" | "!":
                return self._token()
        if _NAME.match(self._text, self._at) is None:
            return None
        place = self._at
        name = self._name("a rule's name")
        self._used.setdefault(name, place)
        return Item(rule=name)

    def _token(self) -> Item:
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            raise self._expected("a token in `<` and `>`")
        self._at = found.end()
        return Item()

    def _quoted(self, end: str) -> str:
        """What stands between here and `end`; the place is at the opening character."""
        begin = self._at
        self._at += 1
        while self._at < len(self._text) and self._text[self._at] != end:
            if self._text[self._at] == "\\":
                escape = _ESCAPE.match(self._text, self._at)
                if escape is None:
                    raise Mistake.at(self._text, self._at, "this escape is not known")
                self._at = escape.end()
            else:
                self._at += 1
        if not self._text.startswith(end, self._at):
            raise Mistake.at(self._text, begin, f"this is never closed by `{end}`")
        self._at += 1
        return self._text[begin + 1 : self._at - 1]

    def _repeat(self) -> int | None:
        """The least number of times that the last item comes; None: no repetition stands here."""
        character = self._text[self._at]
        if character in "*?+":
            self._at += 1
            return 1 if character == "+" else 0
        if character != "{":
            return None
        found = _REPEAT.match(self._text, self._at)
        if found is None:
            raise self._expected("`{n}`, `{n,}` or `{n,m}`")
        numbers = [int(number) for number in found.group(1, 3) if number]
        if max(numbers) > _MOST_REPEATS:
            raise Mistake.at(self._text, self._at, f"at most {_MOST_REPEATS} times are possible")
        if numbers != sorted(numbers):
            # llama-server does not refuse this: it dies of it.
            raise Mistake.at(self._text, self._at, "the larger number comes last")
        self._at = found.end()
        return int(found[1])

    def _name(self, what: str) -> str:
        found = _NAME.match(self._text, self._at)
        if found is None:
            raise self._expected(what)
        self._at = found.end()
        return found[0]

    def _space(self, *, newlines: bool = False) -> None:
        spaces = " \t\r\n" if newlines else " \t"
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif self._text[self._at] in spaces:
                self._at += 1
            else:
                return

    def _expected(self, what: str) -> Mistake:
        return Mistake.at(self._text, self._at, f"{what} is expected here")
