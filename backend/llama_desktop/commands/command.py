"""What a row of the command table is."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

from llama_desktop.domain.errors import AppError


class Command(Struct, frozen=True):
    """One thing that the page may ask, with the errors that it must be ready for."""

    run: Callable[..., Awaitable[Any]]
    errors: tuple[type[AppError], ...]
    arguments: type[msgspec.Struct]
    value: Any
    spread: str | None = None
    """The one parameter whose fields are the arguments; None: the parameters themselves are."""

    @property
    def name(self) -> str:
        """The name on the wire."""
        return self.run.__name__

    def named(self, given: msgspec.Struct) -> dict[str, Any]:
        """The arguments as `run` takes them."""
        if self.spread is not None:
            return {self.spread: given}
        return {field: getattr(given, field) for field in given.__struct_fields__}

    @property
    def summary(self) -> str:
        """The docstring, for the protocol's page."""
        return inspect.getdoc(self.run) or ""


def command(run: Callable[..., Awaitable[Any]], *errors: type[AppError]) -> Command:
    """Read a row off a command's signature: keyword-only parameters are the arguments."""
    hints = get_type_hints(run)
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for parameter in inspect.signature(run).parameters.values():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            continue
        annotation = hints[parameter.name]
        if parameter.default is inspect.Parameter.empty:
            fields.append((parameter.name, annotation))
        else:
            fields.append((parameter.name, annotation, parameter.default))
    arguments = msgspec.defstruct(
        f"{run.__name__}_arguments", fields, kw_only=True, forbid_unknown_fields=True, frozen=True
    )
    return Command(run=run, errors=errors, arguments=arguments, value=hints["return"])


def spread_command(run: Callable[..., Awaitable[Any]], *errors: type[AppError]) -> Command:
    """The same for a command with one parameter, a struct whose fields are the arguments."""
    hints = get_type_hints(run)
    _, parameter = inspect.signature(run).parameters
    return Command(
        run=run,
        errors=errors,
        arguments=hints[parameter],
        value=hints["return"],
        spread=parameter,
    )
