"""Commands on kept chats."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from llama_desktop.domain.chat import (
    Conversation,
    ConversationSummary,
    ExportedFile,
    ExportFormat,
    Overflow,
    SamplingParameters,
    ShownBranch,
)
from llama_desktop.domain.erasing import Erasable
from llama_desktop.domain.snapshots import Restored, Snapshot
from llama_desktop.services.application import Application


async def create_conversation(
    app: Application,
    *,
    title: str | None = None,
    system_prompt: str | None = None,
    parameters: SamplingParameters | None = None,
    overflow: Overflow | None = None,
) -> Conversation:
    """Begin a chat. Without a title it gets one from its first message.

    What is null is as the settings have it for new chats.
    """
    return await app.conversations.create(
        title=title, system_prompt=system_prompt, parameters=parameters, overflow=overflow
    )


async def get_conversation(app: Application, *, conversation_id: str) -> Conversation:
    """A chat with all its messages."""
    return await app.conversations.get(conversation_id)


async def list_conversations(app: Application) -> tuple[ConversationSummary, ...]:
    """All chats, last changed first."""
    return await app.conversations.list()


async def rename_conversation(
    app: Application, *, conversation_id: str, title: str
) -> ConversationSummary:
    """Give a chat another title."""
    return await app.conversations.rename(conversation_id, title)


async def update_conversation(
    app: Application,
    *,
    conversation_id: str,
    system_prompt: str,
    parameters: SamplingParameters,
    overflow: Overflow = Overflow.OLDEST,
    memory: bool | UnsetType | None = UNSET,
) -> Conversation:
    """Change what the next answers of a chat are asked with.

    `memory`: whether older messages are looked up for its questions; null: as the settings have
    it; absent: as it is.
    """
    return await app.conversations.update(
        conversation_id,
        system_prompt=system_prompt,
        parameters=parameters,
        overflow=overflow,
        memory=memory,
    )


async def pin_conversation(
    app: Application, *, conversation_id: str, is_pinned: bool
) -> ConversationSummary:
    """Keep a chat at the top of the list, or no longer."""
    return await app.conversations.pin(conversation_id, is_pinned=is_pinned)


async def delete_conversations(app: Application, *, conversation_ids: tuple[str, ...]) -> None:
    """Move chats to the trash; answers under way are stopped first."""
    await app.orchestrator.delete_conversations(conversation_ids)


async def restore_conversations(
    app: Application, *, conversation_ids: tuple[str, ...]
) -> tuple[ConversationSummary, ...]:
    """Take chats back out of the trash."""
    return await app.conversations.restore(conversation_ids)


async def list_trash(app: Application) -> tuple[ConversationSummary, ...]:
    """The chats in the trash, last deleted first."""
    return await app.conversations.list_trash()


async def show_message(app: Application, *, conversation_id: str, message_id: int) -> ShownBranch:
    """Show the branch that this message is in, down to where it was last left."""
    return await app.branches.show(conversation_id, message_id)


async def delete_message(app: Application, *, conversation_id: str, message_id: int) -> ShownBranch:
    """Delete one version of a message with all below it; its other versions stay."""
    return await app.orchestrator.delete_message(conversation_id, message_id)


async def restore_message(
    app: Application, *, conversation_id: str, message_id: int
) -> ShownBranch:
    """Undo `delete_message`, and show the message again."""
    return await app.branches.restore(conversation_id, message_id)


async def branch_conversation(
    app: Application, *, conversation_id: str, message_id: int
) -> Conversation:
    """Begin a new chat with a copy of the branch up to and with this message."""
    return await app.branches.copy(conversation_id, message_id)


async def import_conversations(app: Application, *, name: str, data: bytes) -> None:
    """Take in the chats of a file, in the background; the topic `imports` tells how it goes.

    `data` is base64 on the wire: JSON, lines of JSON, or a zip archive of them.
    """
    app.imports.begin(((name, data),))


async def pick_import(app: Application) -> bool:
    """Ask for files by the native dialog, and take in their chats; false: none was chosen."""
    return await app.imports.begin_with(await app.desktop.pick_files())


async def list_snapshots(app: Application) -> tuple[Snapshot, ...]:
    """How everything was on earlier days, newest first."""
    return await app.snapshots.list()


async def make_snapshot(app: Application) -> Snapshot:
    """Keep how everything is now."""
    return await app.snapshots.make()


async def restore_snapshot(app: Application, *, snapshot_id: str) -> Restored:
    """Make everything as it was in a snapshot; how it is now becomes a snapshot first.

    Chats, settings, presets, drafts, remembered facts, and what was chosen for models. Chats begun
    since stay, and what is written in them.
    """
    return await app.restoring.restore(snapshot_id)


async def count_all_data(app: Application) -> Erasable:
    """What `delete_all_data` would take away."""
    return await app.erasing.count()


async def delete_all_data(app: Application) -> None:
    """Delete all chats for good, with trash, drafts, files, facts, index and snapshots.

    Settings and models stay. There is no way back.
    """
    await app.erasing.erase()


async def export_conversations(
    app: Application, *, conversation_ids: tuple[str, ...], export_format: ExportFormat
) -> ExportedFile:
    """Write chats out as one file, with all their branches."""
    return await app.exports.export(conversation_ids, export_format)
