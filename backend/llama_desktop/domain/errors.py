"""Every error that a person can do something about, as one tree.

AppError
├── BadRequest                 bad_request            400
│   ├── UnknownCommand         unknown_command        404
│   └── UnknownTopic           unknown_topic          400
├── NotFound                   not_found              404
│   ├── ConversationNotFound   conversation_not_found
│   ├── MessageNotFound        message_not_found
│   ├── DownloadNotFound       download_not_found
│   ├── HubModelNotFound       hub_model_not_found
│   └── ModelNotFound          model_not_found
├── Conflict                   conflict               409
│   ├── ServerStartAborted     server_start_aborted   loading was cancelled
│   ├── ServerNotRunning       server_not_running
│   └── ModelInUse             model_in_use           eject it first
├── ServerStartFailed          server_start_failed    422  carries a ServerFailure
├── EngineNotFound             engine_not_found       422
├── ModelUnusable              model_unusable         422
├── FolderUnusable             folder_unusable        422
├── DeleteRefused              delete_refused         422  another program's file, or nobody's
├── MessageTooLong             message_too_long       413
├── AttachmentUnusable         attachment_unusable    422
├── ImportRefused              import_refused         422  no file of chats, or a hostile one
├── StructureInvalid           structure_invalid      422  a JSON schema or grammar with a mistake
├── LinkRefused                link_refused           422
├── DownloadRefused            download_refused       422  no file to fetch, or a false one
│   ├── AddressRefused         address_refused        a server that is not asked
│   └── ContentWrong           content_wrong          its SHA-256 is not the published one
├── HubGated                   hub_gated              403  wants an agreement, a token, or both
├── HubUnreachable             hub_unreachable        502  the server answers nonsense or an error
│   └── Offline                offline                no connection to it
├── EngineRequestFailed        engine_request_failed  502
│   ├── ContextOverflow        context_overflow
│   └── StreamCut              stream_cut
├── StorageFailed              storage_failed         507  full disk, read-only folder
│   └── DataFolderLocked       data_folder_locked
├── TrashFailed                trash_failed           507  the system's trash takes no file
├── DeleteFailed               delete_failed          507  a file that was to go stays
├── NoWindow                   no_window              501
└── InternalError              internal_error         500  a defect of ours, logged whole

The `code` is for programs, the message is for people: a sentence that says what to do.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar


class AppError(Exception):
    """A failure with a code for programs and a sentence for people."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "app_error"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = details


class BadRequest(AppError):
    """The arguments do not fit the command."""

    status = 400


class UnknownCommand(BadRequest):
    """No such command."""

    status = 404


class UnknownTopic(BadRequest):
    """No such topic."""


class NotFound(AppError):
    """What was asked for does not exist (any more)."""

    status = 404


class ConversationNotFound(NotFound):
    """No conversation has this id."""


class MessageNotFound(NotFound):
    """No message of the conversation has this id."""


class DownloadNotFound(NotFound):
    """No download has this id."""


class HubModelNotFound(NotFound):
    """The Hub has no such model, or not this file of it."""


class ModelNotFound(NotFound):
    """The library has no such model (any more)."""


class Conflict(AppError):
    """Cannot be done in the present state."""

    status = 409


class ServerStartAborted(Conflict):
    """Loading was cancelled by Stop, by another start or by the end of the app."""


class ServerNotRunning(Conflict):
    """No model is loaded."""


class ModelInUse(Conflict):
    """The model is loaded, or chosen for something that needs it."""


class ServerStartFailed(AppError):
    """The server ended before it was healthy; `details["failure"]` is a ServerFailure."""

    status = 422


class EngineNotFound(AppError):
    """No usable llama-server; `details["candidates"]` names each with its reason."""

    status = 422


class ModelUnusable(AppError):
    """The model file is missing, unreadable, incomplete or no GGUF."""

    status = 422


class FolderUnusable(AppError):
    """The folder is missing, unreadable or no folder."""

    status = 422


class DeleteRefused(AppError):
    """The file is not the person's to delete here: outside the folders, or another program's."""

    status = 422


class MessageTooLong(AppError):
    """The message is larger than a message may be."""

    status = 413


class AttachmentUnusable(AppError):
    """The file is too large, no text and no image, or gone."""

    status = 422


class ImportRefused(AppError):
    """A file that chats were to come from cannot be read, or has none."""

    status = 422


class StructureInvalid(AppError):
    """The JSON schema or grammar that an answer is to follow has a mistake."""

    status = 422


class LinkRefused(AppError):
    """Only http, https and mailto links are opened."""

    status = 422


class DownloadRefused(AppError):
    """It is no file that we fetch, or the server does not send what it promised."""

    status = 422


class AddressRefused(DownloadRefused):
    """The address leads to a server that is not asked: not https, private, or not allowed."""


class ContentWrong(DownloadRefused):
    """The content is not what was published; it was deleted."""


class HubGated(AppError):
    """The Hub wants an agreement, a token, or both."""

    status = 403


class HubUnreachable(AppError):
    """A server answers nonsense or an error."""

    status = 502


class Offline(HubUnreachable):
    """There is no connection to the server."""


class EngineRequestFailed(AppError):
    """The server refused a request or answered nonsense."""

    status = 502


class ContextOverflow(EngineRequestFailed):
    """The prompt does not fit the context window even with everything optional left out."""


class StreamCut(EngineRequestFailed):
    """The answer's stream ended before its end."""


class StorageFailed(AppError):
    """Nothing could be written: the disk is full or the folder is read-only."""

    status = 507


class DataFolderLocked(StorageFailed):
    """Another instance of the app has the data folder."""


class TrashFailed(AppError):
    """The system's trash did not take a file."""

    status = 507


class DeleteFailed(AppError):
    """A file could not be deleted for good."""

    status = 507


class NoWindow(AppError):
    """Only a native window can do this; the page offers the web's way."""

    status = 501


class InternalError(AppError):
    """A defect of ours."""
