"""The Python API object behind the page: asks one command of the table, answers one envelope."""

from __future__ import annotations

import logging

from msgspec import Struct

from llama_desktop.bridge.codec import Failure, Success, decode, encode, failure
from llama_desktop.commands import COMMANDS
from llama_desktop.domain.errors import AppError, InternalError, UnknownCommand
from llama_desktop.services.application import Application

logger = logging.getLogger(__name__)


class Answer(Struct, frozen=True):
    """An encoded envelope with its HTTP status."""

    status: int
    body: bytes


class Api:
    """The only way from the page to the application."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def invoke(self, name: str, arguments: bytes) -> Answer:
        """Run a command with its arguments in JSON (empty: none). Never raises an error of ours."""
        try:
            row = COMMANDS.get(name)
            if row is None:
                raise UnknownCommand(f"There is no command named {name[:100]!r}.")
            given = decode(arguments or b"{}", row.arguments)
            return Answer(200, encode(Success(await row.run(self._app, **row.named(given)))))
        except AppError as error:
            return refuse(error)
        except Exception:
            # The last line of defence: the page gets a sentence, the log gets the traceback.
            logger.exception("%s failed", name)
            return refuse(InternalError("Something went wrong inside the app. The log tells more."))


def refuse(error: AppError) -> Answer:
    """The answer for an error."""
    envelope: Failure = failure(error)
    return Answer(error.status, encode(envelope))
