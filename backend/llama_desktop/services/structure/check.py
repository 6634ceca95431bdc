"""Checks the structure that answers are to have, before it is kept. Pure."""

from __future__ import annotations

from typing import Final

from llama_desktop.domain.chat import SamplingParameters
from llama_desktop.domain.errors import StructureInvalid
from llama_desktop.services.structure.grammar import GrammarReader
from llama_desktop.services.structure.json_schema import read_schema
from llama_desktop.services.structure.mistake import Mistake
from llama_desktop.services.structure.recursion import find_left_recursion

_MAX_BYTES: Final = 256 * 1024


def require_sound_structure(parameters: SamplingParameters) -> None:
    """Pass if the JSON schema or grammar, where there is one, can be followed.

    Raises:
        StructureInvalid: it has a mistake; says which and where.
    """
    schema, grammar = parameters.json_schema, parameters.grammar
    if schema is not None and grammar is not None:
        raise StructureInvalid("An answer follows a JSON schema or a grammar, not both.")
    if schema is not None:
        _require_size(schema, "json_schema", "JSON schema")
        try:
            read_schema(schema)
        except Mistake as mistake:
            raise _invalid("json_schema", "JSON schema", mistake) from mistake
    if grammar is not None:
        _require_size(grammar, "grammar", "grammar")
        try:
            rules = GrammarReader(grammar).read()
        except Mistake as mistake:
            raise _invalid("grammar", "grammar", mistake) from mistake
        if (name := find_left_recursion(rules)) is not None:
            raise StructureInvalid(
                f"The rule `{name}` of the grammar may begin with itself, which cannot be "
                "followed. Put something before the repetition.",
                field="grammar",
            )


def _require_size(text: str, field: str, what: str) -> None:
    if len(text.encode("utf-8", "replace")) > _MAX_BYTES:
        raise StructureInvalid(
            f"The {what} is too large; {_MAX_BYTES // 1024} KiB are possible.", field=field
        )


def _invalid(field: str, what: str, mistake: Mistake) -> StructureInvalid:
    return StructureInvalid(
        f"The {what} has a mistake at {mistake.where}: {mistake.what}.",
        field=field,
        where=mistake.where,
    )
