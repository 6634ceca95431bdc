"""Our values to JSON and back: paths as strings, unions tagged by `type`."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any, TypeVar

import msgspec

from llama_desktop.domain.errors import AppError, BadRequest

T = TypeVar("T")


class Success(msgspec.Struct, frozen=True, tag="success"):
    """The envelope of a value."""

    value: Any


class Failure(msgspec.Struct, frozen=True, tag="failure"):
    """The envelope of an error."""

    code: str
    message: str
    details: dict[str, Any]


def failure(error: AppError) -> Failure:
    """An error as it goes over the wire."""
    return Failure(error.code, error.message, error.details)


def encode(value: object) -> bytes:
    """JSON, in UTF-8."""
    return _ENCODER.encode(value)


def decode(raw: bytes | str, kind: type[T]) -> T:
    """Read a value of a type.

    Raises:
        BadRequest: no JSON, or JSON of another shape; says where.
    """
    try:
        return msgspec.json.decode(raw, type=kind, dec_hook=_from_json)
    except msgspec.DecodeError as error:  # ValidationError is one of them
        raise BadRequest(f"The arguments do not fit: {error}.") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("The arguments are no readable JSON.") from error


def _to_json(value: object) -> object:
    if isinstance(value, PurePath):
        # A name that is no UTF-8 on disk must not make the whole answer unreadable.
        return str(value).encode("utf-8", "replace").decode()
    raise NotImplementedError(f"{type(value).__name__} has no form on the wire")


def _from_json(kind: type, value: object) -> object:
    if kind is not Path:
        raise NotImplementedError(f"{kind.__name__} has no form on the wire")
    if not isinstance(value, str):
        raise TypeError("Expected a path as a string")
    if "\0" in value:
        raise ValueError("A path contains no NUL")
    return Path(value)


_ENCODER = msgspec.json.Encoder(enc_hook=_to_json)
