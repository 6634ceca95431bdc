"""Looks over a JSON schema for what llama-server could not make a grammar of. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from llama_desktop.services.structure.mistake import Mistake

_TYPES: Final = ("string", "number", "integer", "boolean", "null", "array", "object")
_SCHEMAS: Final = ("items", "additionalProperties", "not", "contains", "propertyNames")
_LISTS: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPS: Final = ("properties", "$defs", "definitions")
_COUNTS: Final = ("minLength", "maxLength", "minItems", "maxItems")
_DEEPEST: Final = 100


def read_schema(text: str) -> Any:
    """The schema.

    Raises:
        Mistake: no JSON, or no schema that could be followed.
    """
    try:
        schema = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise Mistake(error.msg, f"line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise Mistake("it is nested too deeply", "the beginning") from error
    if not isinstance(schema, dict):
        raise Mistake("a schema is an object in `{` and `}`", "the beginning")
    _check(schema, schema, "#", 0)
    return schema


def _check(schema: object, whole: dict[str, Any], where: str, depth: int) -> None:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        raise Mistake("here a schema is expected, in `{` and `}`", where)
    if depth > _DEEPEST:
        raise Mistake("it is nested too deeply", where)
    _check_own(schema, whole, where)
    for path, part in _inner(schema, where):
        _check(part, whole, path, depth + 1)


def _inner(schema: dict[str, Any], where: str) -> Iterator[tuple[str, object]]:
    """The schemas in a schema, each with its path."""
    for key, value in schema.items():
        path = f"{where}/{key}"
        if key in _MAPS:
            _require(value, dict, "an object", path)
            yield from ((f"{path}/{name}", part) for name, part in value.items())
        elif key in _LISTS or (key == "items" and isinstance(value, list)):
            _require(value, list, "a list", path)
            yield from ((f"{path}/{number}", part) for number, part in enumerate(value))
        elif key in _SCHEMAS:
            yield path, value


def _check_own(schema: dict[str, Any], whole: dict[str, Any], where: str) -> None:
    """What a schema says of itself, without those inside it."""
    types = schema.get("type", [])
    for name in types if isinstance(types, list) else [types]:
        if name not in _TYPES:
            raise Mistake(f"{json.dumps(name)} is no type; there are {', '.join(_TYPES)}", where)
    if "enum" in schema:
        _require(schema["enum"], list, "a list", f"{where}/enum")
        if not schema["enum"]:
            raise Mistake("the list has no value to choose", f"{where}/enum")
    if "required" in schema:
        _require(schema["required"], list, "a list", f"{where}/required")
        if not all(isinstance(name, str) for name in schema["required"]):
            raise Mistake("the list has names of properties", f"{where}/required")
    for key in _COUNTS:
        if key in schema and (type(schema[key]) is not int or schema[key] < 0):
            raise Mistake("here a whole number from 0 on is expected", f"{where}/{key}")
    if "$ref" in schema:
        _check_reference(schema["$ref"], whole, f"{where}/$ref")


def _check_reference(reference: object, whole: dict[str, Any], where: str) -> None:
    if not isinstance(reference, str) or not reference.startswith("#"):
        raise Mistake("only what is in the same schema can be referred to, by `#/…`", where)
    target: object = whole
    for part in reference.removeprefix("#").strip("/").split("/"):
        if part:
            name = part.replace("~1", "/").replace("~0", "~")
            target = target.get(name) if isinstance(target, dict) else None
    if target is None:
        raise Mistake(f"{reference} leads nowhere", where)


def _require(value: object, kind: type, words: str, where: str) -> None:
    if not isinstance(value, kind):
        raise Mistake(f"here {words} is expected", where)


def _refuse_constant(name: str) -> None:
    raise Mistake(f"{name} is no JSON", "the beginning")
