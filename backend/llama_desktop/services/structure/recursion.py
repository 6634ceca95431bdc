"""Finds rules of a grammar that begin with themselves: llama-server cannot follow them. Pure."""

from __future__ import annotations

from llama_desktop.services.structure.grammar import Item, Rules, Sequence


def find_left_recursion(rules: Rules) -> str | None:
    """The name of a rule that may begin with itself, if there is one."""
    empty = _find_empty(rules)
    begins = {name: _beginnings(sequences, empty) for name, sequences in rules.items()}
    for name in rules:
        reached: set[str] = set()
        waiting = list(begins[name])
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting += begins[one]
        if name in reached:
            return name
    return None


def _find_empty(rules: Rules) -> set[str]:
    """The rules that may match nothing."""
    empty: set[str] = set()
    while True:
        found = {name for name, sequences in rules.items() if _may_be_empty(sequences, empty)}
        if found == empty:
            return empty
        empty = found


def _may_be_empty(sequences: tuple[Sequence, ...], empty: set[str]) -> bool:
    return any(all(_is_empty(item, empty) for item in sequence) for sequence in sequences)


def _is_empty(item: Item, empty: set[str]) -> bool:
    if item.may_be_empty or item.rule in empty:
        return True
    return bool(item.group) and _may_be_empty(item.group, empty)


def _beginnings(sequences: tuple[Sequence, ...], empty: set[str]) -> set[str]:
    """The rules that these sequences may begin with."""
    found: set[str] = set()
    for sequence in sequences:
        for item in sequence:
            if item.rule is not None:
                found.add(item.rule)
            found |= _beginnings(item.group, empty)
            if not _is_empty(item, empty):
                break
    return found
