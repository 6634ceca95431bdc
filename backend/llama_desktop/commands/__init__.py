"""All that the page may ask and hear, on one screen."""

from __future__ import annotations

from typing import Any, Final

from llama_desktop.commands import (
    attachments,
    chat,
    conversations,
    doctor,
    downloads,
    llama,
    memory,
    models,
    settings,
    system,
    telemetry,
)
from llama_desktop.commands.command import Command, command, spread_command
from llama_desktop.domain.downloads import Downloads
from llama_desktop.domain.errors import (
    AddressRefused,
    AttachmentUnusable,
    Conflict,
    ConversationNotFound,
    DownloadNotFound,
    DownloadRefused,
    EngineNotFound,
    FolderUnusable,
    HubGated,
    HubModelNotFound,
    HubUnreachable,
    LinkRefused,
    MessageNotFound,
    MessageTooLong,
    ModelUnusable,
    NoWindow,
    Offline,
    ServerNotRunning,
    ServerStartAborted,
    ServerStartFailed,
    StorageFailed,
    StructureInvalid,
)
from llama_desktop.domain.events import AnswersEvent, ConversationsEvent, Leaving, LogEvent, Notices
from llama_desktop.domain.llama import ServerState
from llama_desktop.domain.memory import Facts, IndexState
from llama_desktop.domain.metrics import MetricsEvent
from llama_desktop.domain.models import ModelLibrary, ModelRecords
from llama_desktop.domain.settings import Settings

_ROWS: Final = (
    command(
        llama.start_llama_server,
        EngineNotFound,
        ModelUnusable,
        ServerStartFailed,
        ServerStartAborted,
    ),
    command(llama.stop_llama_server),
    command(llama.get_server_state),
    command(llama.get_engine, EngineNotFound),
    command(
        chat.send_message,
        ServerNotRunning,
        ConversationNotFound,
        MessageNotFound,
        MessageTooLong,
        AttachmentUnusable,
        StorageFailed,
    ),
    command(
        chat.answer_again, ServerNotRunning, ConversationNotFound, MessageNotFound, StorageFailed
    ),
    command(
        chat.continue_answer,
        ServerNotRunning,
        ConversationNotFound,
        MessageNotFound,
        Conflict,
        StorageFailed,
    ),
    command(chat.stop_answer, ConversationNotFound, MessageNotFound),
    command(chat.count_tokens),
    command(chat.get_prompt, ServerNotRunning, ConversationNotFound, MessageNotFound),
    command(chat.get_context_usage, ConversationNotFound),
    command(conversations.create_conversation, StorageFailed),
    command(conversations.get_conversation, ConversationNotFound),
    command(conversations.list_conversations),
    command(conversations.rename_conversation, ConversationNotFound, StorageFailed),
    command(
        conversations.update_conversation, ConversationNotFound, StructureInvalid, StorageFailed
    ),
    command(conversations.pin_conversation, ConversationNotFound, StorageFailed),
    command(conversations.delete_conversations, ConversationNotFound, StorageFailed),
    command(conversations.restore_conversations, ConversationNotFound, StorageFailed),
    command(conversations.list_trash),
    command(conversations.show_message, ConversationNotFound, MessageNotFound, StorageFailed),
    command(conversations.delete_message, ConversationNotFound, MessageNotFound, StorageFailed),
    command(conversations.restore_message, ConversationNotFound, MessageNotFound, StorageFailed),
    command(
        conversations.branch_conversation, ConversationNotFound, MessageNotFound, StorageFailed
    ),
    command(conversations.export_conversations, ConversationNotFound),
    command(attachments.add_attachment, AttachmentUnusable, StorageFailed),
    command(attachments.pick_attachments, AttachmentUnusable, NoWindow, StorageFailed),
    command(attachments.get_attachment, AttachmentUnusable),
    command(attachments.get_drafts),
    command(attachments.save_draft, MessageTooLong, StorageFailed),
    command(memory.search_messages),
    command(memory.list_answer_models),
    command(memory.rebuild_search_index),
    command(memory.use_passage, ConversationNotFound, MessageNotFound, StorageFailed),
    command(memory.leave_out_of_memory, ConversationNotFound, MessageNotFound, StorageFailed),
    command(memory.list_left_out),
    command(memory.save_fact, StorageFailed),
    command(memory.delete_fact, StorageFailed),
    command(models.list_models),
    command(models.get_model_library),
    command(models.add_model_folder, FolderUnusable, StorageFailed),
    command(models.remove_model_folder, FolderUnusable, StorageFailed),
    command(models.rescan_models),
    command(models.find_model_caches),
    command(models.estimate_fit),
    command(models.estimate_library),
    command(models.set_model_favourite, StorageFailed),
    command(models.remember_model_config, StorageFailed),
    command(downloads.search_hub, HubModelNotFound, HubGated, HubUnreachable, Offline),
    command(downloads.get_hub_model, HubModelNotFound, HubGated, HubUnreachable, Offline),
    command(
        downloads.start_download,
        HubModelNotFound,
        HubGated,
        HubUnreachable,
        Offline,
        DownloadRefused,
        StorageFailed,
    ),
    command(
        downloads.start_url_download,
        DownloadRefused,
        AddressRefused,
        HubModelNotFound,
        HubGated,
        HubUnreachable,
        Offline,
        StorageFailed,
    ),
    command(downloads.get_downloads),
    command(downloads.pause_download, DownloadNotFound, StorageFailed),
    command(downloads.resume_download, DownloadNotFound, StorageFailed),
    command(downloads.cancel_download, DownloadNotFound, StorageFailed),
    command(downloads.get_hub_access),
    command(downloads.save_hub_token, StorageFailed),
    command(downloads.delete_hub_token, StorageFailed),
    command(settings.get_settings),
    command(settings.get_default_settings),
    spread_command(settings.update_settings, StructureInvalid, MessageTooLong, StorageFailed),
    command(settings.reset_setting, StorageFailed),
    command(settings.save_preset, StructureInvalid, MessageTooLong, StorageFailed),
    command(settings.delete_preset, StorageFailed),
    command(telemetry.get_server_metrics),
    command(doctor.run_doctor),
    command(doctor.end_orphan, Conflict),
    command(system.get_app_info),
    command(system.open_external, LinkRefused),
    command(system.pick_folder, NoWindow),
    command(system.pick_llama_server, NoWindow),
    command(system.save_file, NoWindow, StorageFailed),
    command(system.show_window, NoWindow),
    command(system.close_window, NoWindow),
    command(system.retry_saving, StorageFailed),
    command(system.dismiss_notice),
)

COMMANDS: Final[dict[str, Command]] = {row.name: row for row in _ROWS}

TOPICS: Final[dict[str, Any]] = {
    "server_state": ServerState,
    "metrics": MetricsEvent,
    "log": LogEvent,
    "answers": AnswersEvent,
    "conversations": ConversationsEvent,
    "memory": IndexState,
    "facts": Facts,
    "models": ModelLibrary,
    "model_records": ModelRecords,
    "downloads": Downloads,
    "settings": Settings,
    "notices": Notices,
    "leaving": Leaving,
}
"""The type of what each topic carries, snapshot and changes alike."""
