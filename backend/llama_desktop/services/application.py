"""The running application as the commands see it: one handle for each service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from llama_desktop.domain.settings import AppInfo
    from llama_desktop.infrastructure.desktop import Desktop
    from llama_desktop.infrastructure.llama.binary import EngineFinder
    from llama_desktop.services.attachments import AttachmentService
    from llama_desktop.services.branches import BranchService
    from llama_desktop.services.chat.orchestrator import Orchestrator
    from llama_desktop.services.chat.prompts import PromptService
    from llama_desktop.services.conversations import ConversationService
    from llama_desktop.services.diagnostics import DiagnosticsService
    from llama_desktop.services.doctor.service import DoctorService
    from llama_desktop.services.drafts import DraftService
    from llama_desktop.services.erasing import EraseService
    from llama_desktop.services.event_hub import Topic
    from llama_desktop.services.export_service import ExportService
    from llama_desktop.services.first_run import FirstRunService
    from llama_desktop.services.importing.service import ImportService
    from llama_desktop.services.leaving import LeavingService
    from llama_desktop.services.llama.service import LlamaCppService
    from llama_desktop.services.memory.choices import MemoryChoices
    from llama_desktop.services.memory.facts import FactService
    from llama_desktop.services.memory.forget import ForgetService
    from llama_desktop.services.memory.service import MemoryService
    from llama_desktop.services.models.deletion import ModelDeletionService
    from llama_desktop.services.models.downloads import DownloadService
    from llama_desktop.services.models.finder import FinderService
    from llama_desktop.services.models.fit_service import FitService
    from llama_desktop.services.models.hub_account import HubAccountService
    from llama_desktop.services.models.hub_fit import HubFitService
    from llama_desktop.services.models.library import ModelLibraryService
    from llama_desktop.services.models.records import ModelRecordService
    from llama_desktop.services.models.room import RoomService
    from llama_desktop.services.notices import NoticeService
    from llama_desktop.services.restoring import RestoreService
    from llama_desktop.services.settings import SettingsService
    from llama_desktop.services.snapshots import SnapshotService
    from llama_desktop.services.telemetry import TelemetryService


class Application(Struct, frozen=True):
    """Built once by `bootstrap.open_application`; every command is given it."""

    info: AppInfo
    desktop: Desktop
    llama: LlamaCppService
    orchestrator: Orchestrator
    prompts: PromptService
    conversations: ConversationService
    branches: BranchService
    exports: ExportService
    imports: ImportService
    snapshots: SnapshotService
    restoring: RestoreService
    attachments: AttachmentService
    drafts: DraftService
    memory: MemoryService
    memory_choices: MemoryChoices
    facts: FactService
    forgetting: ForgetService
    erasing: EraseService
    models: ModelLibraryService
    model_records: ModelRecordService
    model_deletion: ModelDeletionService
    fit: FitService
    downloads: DownloadService
    finder: FinderService
    hub_account: HubAccountService
    hub_fit: HubFitService
    room: RoomService
    engine_finder: EngineFinder
    first_run: FirstRunService
    settings: SettingsService
    telemetry: TelemetryService
    diagnostics: DiagnosticsService
    doctor: DoctorService
    notices: NoticeService
    leaving: LeavingService
    topics: dict[str, Topic[Any]]
    """By name on the wire; the names are those of `commands.TOPICS`."""
