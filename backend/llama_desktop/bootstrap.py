"""The composition root: the only place where services are built and tied together."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from llama_desktop.domain.doctor import DoctorLine
from llama_desktop.domain.errors import (
    AppError,
    BadRequest,
    EngineNotFound,
    ServerStartFailed,
    StorageFailed,
)
from llama_desktop.domain.events import LogAppended, LogEvent, LogSnapshot
from llama_desktop.domain.fit import LaunchAdvice
from llama_desktop.domain.llama import Running, ServerConfig, ServerState
from llama_desktop.domain.settings import AppInfo
from llama_desktop.domain.snapshots import KeptKind
from llama_desktop.infrastructure.desktop import Desktop
from llama_desktop.infrastructure.download.pace import Pace
from llama_desktop.infrastructure.folder_watch import watch_folders
from llama_desktop.infrastructure.hub import Hub, find_endpoint
from llama_desktop.infrastructure.hub_token import HubToken, find_keychain
from llama_desktop.infrastructure.llama.binary import EngineFinder
from llama_desktop.infrastructure.llama.devices import DeviceFinder
from llama_desktop.infrastructure.llama.engine_log import EngineLog
from llama_desktop.infrastructure.llama.environment import build_environment
from llama_desktop.infrastructure.llama.launcher import LlamaLauncher
from llama_desktop.infrastructure.llama.probe import Prober
from llama_desktop.infrastructure.llama.process import Launcher
from llama_desktop.infrastructure.llama.process_records import ProcessRecords
from llama_desktop.infrastructure.metrics.machine import MachineReader
from llama_desktop.infrastructure.metrics.power import is_on_battery
from llama_desktop.infrastructure.metrics.probe import Probe, SystemProbe
from llama_desktop.infrastructure.model_headers import ModelHeaders
from llama_desktop.infrastructure.net.web import Web
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.attachment_files import AttachmentFiles
from llama_desktop.infrastructure.storage.coming_files import ComingFiles
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository
from llama_desktop.infrastructure.storage.download_repository import DownloadRepository
from llama_desktop.infrastructure.storage.draft_repository import DraftRepository
from llama_desktop.infrastructure.storage.fact_repository import FactRepository
from llama_desktop.infrastructure.storage.model_record_repository import ModelRecordRepository
from llama_desktop.infrastructure.storage.settings_repository import SettingsRepository
from llama_desktop.infrastructure.storage.snapshot_folder import SnapshotFolder
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.infrastructure.system_trash import move_to_trash
from llama_desktop.services.application import Application
from llama_desktop.services.attachments import AttachmentService
from llama_desktop.services.branches import BranchService
from llama_desktop.services.chat.energy import EnergyMeter
from llama_desktop.services.chat.orchestrator import Orchestrator
from llama_desktop.services.chat.prompts import PromptService
from llama_desktop.services.chat.reading_ahead import ReadAhead, goes_back
from llama_desktop.services.chat.titles import TitleWriter
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
from llama_desktop.services.llama.diagnosis.diagnose import is_port_taken
from llama_desktop.services.llama.diagnostician import Diagnostician
from llama_desktop.services.llama.service import LlamaCppService
from llama_desktop.services.memory.choices import MemoryChoices
from llama_desktop.services.memory.embedder import Embedder
from llama_desktop.services.memory.embedding_model import EmbeddingModel
from llama_desktop.services.memory.facts import FactService
from llama_desktop.services.memory.forget import ForgetService
from llama_desktop.services.memory.idleness import Idleness
from llama_desktop.services.memory.model_check import require_embedding_model, require_reranker
from llama_desktop.services.memory.recall import USUAL_DEADLINE, RecallService
from llama_desktop.services.memory.reranker import Reranker
from llama_desktop.services.memory.service import MemoryService
from llama_desktop.services.memory.side_server import SideServer
from llama_desktop.services.models.deletion import ModelDeletionService
from llama_desktop.services.models.downloads import DownloadService
from llama_desktop.services.models.finder import FinderService
from llama_desktop.services.models.fit_service import FitService
from llama_desktop.services.models.hub_account import HubAccountService
from llama_desktop.services.models.hub_fit import HubFitService
from llama_desktop.services.models.library import ModelLibraryService
from llama_desktop.services.models.machine import MachineService, ReadsMachine
from llama_desktop.services.models.records import ModelRecordService
from llama_desktop.services.models.room import RoomService
from llama_desktop.services.notices import NoticeService
from llama_desktop.services.restoring import RestoreService
from llama_desktop.services.settings import SettingsService
from llama_desktop.services.snapshots import SnapshotService
from llama_desktop.services.telemetry import TelemetryService

logger = logging.getLogger(__name__)

ENGINE_LOG = "llama-server.log"


@asynccontextmanager
async def open_application(
    paths: AppPaths,
    *,
    desktop: Desktop,
    version: str,
    llama_server: Path | None = None,
    launcher: Launcher | None = None,
    probe: Probe | None = None,
    machine: ReadsMachine | None = None,
    recall_deadline: float = USUAL_DEADLINE,
) -> AsyncIterator[Application]:
    """The whole application, open; closed in reverse order, the server before the storage.

    `launcher`, `probe` and `machine` stand in for the real ones where given. `recall_deadline`: see
    `RecallService`.
    """
    async with AsyncExitStack() as stack:
        storage = StorageThread()
        stack.push_async_callback(storage.aclose)
        notices = NoticeService()
        leaving = LeavingService()
        await _finish_restoring(paths, storage, notices)
        settings = SettingsService(
            SettingsRepository(
                file=paths.settings_file, damaged=paths.damaged, backups=paths.backups
            ),
            storage,
            notices,
        )
        await settings.load()
        facts = FactService(
            FactRepository(file=paths.facts_file, damaged=paths.damaged), storage, notices
        )
        await facts.load()
        models = await stack.enter_async_context(
            ModelLibraryService(settings, ModelHeaders(paths.model_facts_file), watch=watch_folders)
        )
        model_records = ModelRecordService(
            ModelRecordRepository(file=paths.model_records_file, damaged=paths.damaged),
            storage,
            notices,
        )
        await model_records.load()
        hub_account, hub_finder, downloads, hub, web = await _open_downloads(
            stack, paths, storage=storage, notices=notices, settings=settings, models=models
        )
        log = EngineLog(paths.logs / ENGINE_LOG)
        stack.callback(log.close)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        finder = _build_finder(
            paths,
            llama_server,
            lambda: settings.get().llama_server_path,
            home=paths.engine_home,
        )

        async def advise(config: ServerConfig) -> LaunchAdvice:
            return await fit.advise(config)

        if launcher is None:
            launcher = LlamaLauncher(
                finder,
                log,
                engine_home=paths.engine_home,
                is_port_taken=is_port_taken,
                records=ProcessRecords(paths.processes),
                advise=advise,
            )
            # Asked now, a program of the person's own is known when the first model is loaded.
            looking = tasks.create_task(_look_for_engine(finder), name="look for the engine")
            stack.callback(looking.cancel)
        diagnostician = Diagnostician(
            data_folder=paths.data,
            models=lambda: models.library().models,
            last_sample=lambda: telemetry.last_sample,
            estimates=lambda: fit,
        )
        llama = await stack.enter_async_context(
            LlamaCppService(launcher, explain=diagnostician.explain)
        )
        stack.callback(llama.topic.subscribe(_rememberer(settings, tasks)))
        telemetry = await stack.enter_async_context(
            TelemetryService(llama.topic, probe or SystemProbe())
        )
        devices = DeviceFinder(finder, paths.engine_home)
        machine_service = MachineService(machine or MachineReader(), finder, devices)
        fit = await stack.enter_async_context(
            FitService(llama.topic, models, model_records, machine_service, settings.complete)
        )
        attachments = AttachmentService(
            AttachmentFiles(unsent=paths.attachments, chats=paths.chats), storage, notices, llama
        )
        embedding_server = await _open_side_server(
            stack, paths, finder, "embedding-server", check=require_embedding_model
        )
        reranker_server = await _open_side_server(
            stack, paths, finder, "reranker-server", check=require_reranker
        )
        embedding, reranker = EmbeddingModel(embedding_server), Reranker(reranker_server)
        memory = await stack.enter_async_context(
            MemoryService(
                chats=paths.chats, file=paths.search_file, embedding=embedding, reranker=reranker
            )
        )
        conversations = await stack.enter_async_context(
            ConversationService(
                ConversationRepository(
                    chats=paths.chats,
                    trash=paths.trash,
                    damaged=paths.damaged,
                    backups=paths.backups,
                ),
                storage,
                notices,
                settings.get,
            )
        )
        conversations.on_change = memory.index.note_change
        imports = await stack.enter_async_context(ImportService(conversations, attachments))
        drafts = await stack.enter_async_context(
            DraftService(
                DraftRepository(file=paths.drafts_file, damaged=paths.damaged),
                storage,
                notices,
                conversations,
                attachments,
                settings.get,
            )
        )
        recall = RecallService(
            memory, conversations, facts, settings, llama, deadline=recall_deadline
        )

        async def does_go_back(running: Running) -> bool:
            built_in = running.config.built_in_engine
            traits = await machine_service.find_traits(is_built_in=built_in)
            return goes_back(traits, models.find_facts(running.config.model_path))

        orchestrator = await stack.enter_async_context(
            Orchestrator(
                conversations,
                llama,
                attachments,
                recall=recall,
                titles=TitleWriter(
                    conversations,
                    llama,
                    attachments,
                    is_wanted=lambda: settings.get().title_by_model,
                ),
                read_ahead=ReadAhead(
                    conversations,
                    llama,
                    attachments,
                    recall,
                    is_wanted=lambda: settings.get().read_ahead and not is_on_battery(),
                    goes_back=does_go_back,
                ),
                energy=EnergyMeter(telemetry.ask_gpus, lambda: telemetry.history),
                on_sent=drafts.forget_sent,
            )
        )
        idleness = Idleness(orchestrator.topic, llama.topic)
        stack.callback(idleness.close)
        await stack.enter_async_context(
            Embedder(
                memory.index,
                embedding,
                reranker,
                idleness,
                settings.topic,
                embedding_server=embedding_server,
                reranker_server=reranker_server,
            )
        )
        if (last := settings.get().last_config) is not None and settings.get().load_last_model:
            again = _load_last_model(llama, last, notices)
            loading = tasks.create_task(again, name="load the last model")
            stack.callback(loading.cancel)
        info = _info(paths, version=version, has_window=desktop.has_window)
        deletion = ModelDeletionService(models, settings, lambda: llama.state, move_to_trash)
        room = await stack.enter_async_context(RoomService(downloads, deletion, models))
        snapshots = await stack.enter_async_context(
            SnapshotService(
                SnapshotFolder(
                    data=paths.data,
                    snapshots=paths.snapshots,
                    files=(
                        paths.settings_file,
                        paths.drafts_file,
                        paths.facts_file,
                        paths.model_records_file,
                    ),
                ),
            )
        )
        yield Application(
            info=info,
            desktop=desktop,
            llama=llama,
            orchestrator=orchestrator,
            prompts=PromptService(conversations, llama, attachments),
            conversations=conversations,
            branches=BranchService(conversations, attachments),
            exports=ExportService(conversations, attachments),
            imports=imports,
            snapshots=snapshots,
            restoring=RestoreService(
                snapshots,
                conversations,
                orchestrator,
                drafts,
                {
                    KeptKind.SETTINGS: (paths.settings_file.name, settings),
                    KeptKind.FACTS: (paths.facts_file.name, facts),
                    KeptKind.MODEL_CHOICES: (paths.model_records_file.name, model_records),
                },
                data=paths.data,
                on_settings=models.begin_rescan,
            ),
            attachments=attachments,
            drafts=drafts,
            memory=memory,
            memory_choices=MemoryChoices(conversations),
            facts=facts,
            forgetting=ForgetService(
                conversations,
                orchestrator,
                facts,
                memory,
                snapshots,
                drafts_file=paths.drafts_file.name,
                facts_file=paths.facts_file.name,
            ),
            erasing=EraseService(
                conversations,
                orchestrator,
                drafts,
                attachments,
                facts,
                snapshots,
                memory,
                damaged=paths.damaged,
                is_importing=imports.is_running,
            ),
            models=models,
            model_records=model_records,
            model_deletion=deletion,
            fit=fit,
            downloads=downloads,
            finder=hub_finder,
            hub_account=hub_account,
            hub_fit=HubFitService(hub_finder, hub, web, fit.read_machine),
            room=room,
            engine_finder=finder,
            first_run=FirstRunService(finder, machine_service),
            settings=settings,
            telemetry=telemetry,
            diagnostics=DiagnosticsService(
                info,
                state=lambda: llama.state,
                log=lambda: log.lines,
                history=lambda: telemetry.history,
            ),
            doctor=DoctorService(
                paths, finder, devices, version=version, look_at_window=_look_at_window
            ),
            notices=notices,
            leaving=leaving,
            topics={
                "server_state": llama.topic,
                "metrics": telemetry.metrics,
                "log": _log_topic(log),
                "answers": orchestrator.topic,
                "conversations": conversations.topic,
                "imports": imports.topic,
                "memory": memory.index.topic,
                "facts": facts.topic,
                "models": models.topic,
                "model_records": model_records.topic,
                "downloads": downloads.topic,
                "settings": settings.topic,
                "notices": notices.topic,
                "leaving": leaving.topic,
            },
        )


async def _finish_restoring(
    paths: AppPaths, storage: StorageThread, notices: NoticeService
) -> None:
    """Go on with going back to a snapshot, where the app died in the middle of it."""
    failed = await storage.run(ComingFiles(paths.data).finish)
    if failed is not None:
        notices.add(
            "restore_unfinished",
            f"Going back to a snapshot was not finished. {failed.message} The newest snapshot has "
            "everything as it was before.",
        )


async def _open_side_server(
    stack: AsyncExitStack,
    paths: AppPaths,
    finder: EngineFinder,
    name: str,
    *,
    check: Callable[[Path], None],
) -> SideServer:
    """A handle on one more llama-server, with a log of its own; nothing is started yet."""
    log = EngineLog(paths.logs / f"{name}.log")
    stack.callback(log.close)
    launcher = LlamaLauncher(
        finder,
        log,
        engine_home=paths.engine_home,
        is_port_taken=is_port_taken,
        records=ProcessRecords(paths.processes),
        advise=_leave_the_gpus,
    )
    service = await stack.enter_async_context(LlamaCppService(launcher))
    return await stack.enter_async_context(SideServer(service, check=check))


async def _leave_the_gpus(_config: ServerConfig) -> LaunchAdvice:
    """What memory they have is the chat model's."""
    return LaunchAdvice(without_gpus=True)


async def _open_downloads(
    stack: AsyncExitStack,
    paths: AppPaths,
    *,
    storage: StorageThread,
    notices: NoticeService,
    settings: SettingsService,
    models: ModelLibraryService,
) -> tuple[HubAccountService, FinderService, DownloadService, Hub, Web]:
    """All that reaches the network, and only when the person wants something from there."""
    try:
        endpoint = find_endpoint()
    except BadRequest as error:
        endpoint = find_endpoint({})
        notices.add("hub_endpoint_wrong", f"{error.message} {endpoint.host} is asked instead.")
    account = HubAccountService(
        endpoint, lambda: HubToken(paths.hub_token_file, keychain=find_keychain())
    )
    web = await stack.enter_async_context(Web(endpoint=endpoint, token=account.token))
    hub = Hub(web, endpoint)
    downloads = await stack.enter_async_context(
        DownloadService(
            DownloadRepository(file=paths.downloads_file, damaged=paths.damaged),
            storage,
            notices,
            settings,
            models,
            web=web,
            hub=hub,
            usual_folder=paths.models,
            pace=Pace(),
        )
    )
    return account, FinderService(hub, web, downloads), downloads, hub, web


def build_doctor(paths: AppPaths, *, version: str, llama_server: Path | None) -> DoctorService:
    """The doctor alone, for a look beside an app that may run: it changes nothing by itself."""
    settings = SettingsRepository(
        file=paths.settings_file, damaged=paths.damaged, backups=paths.backups
    )
    # Before the first start there is no folder of ours that a program could be run in.
    home = paths.engine_home if paths.engine_home.is_dir() else Path(tempfile.gettempdir())
    finder = _build_finder(
        paths, llama_server, lambda: settings.peek().llama_server_path, home=home
    )
    return DoctorService(
        paths,
        finder,
        DeviceFinder(finder, home),
        version=version,
        look_at_window=_look_at_window,
    )


def _look_at_window() -> DoctorLine:
    from llama_desktop.bridge.toolkit_check import check_toolkit  # asked for by hardly any start

    return check_toolkit()


def _build_finder(
    paths: AppPaths,
    llama_server: Path | None,
    from_settings: Callable[[], Path | None],
    *,
    home: Path,
) -> EngineFinder:
    environment = build_environment(
        os.environ, api_key=None, config_home=home, is_our_executable=False
    )
    return EngineFinder(
        from_command_line=llama_server,
        from_settings=from_settings,
        engines_folder=paths.engines,
        prober=Prober(environment, home),
    )


async def _look_for_engine(finder: EngineFinder) -> None:
    try:
        found = await finder.find_server()
    except EngineNotFound as error:
        logger.warning("%s", error.message)  # told to the person when a model is loaded
    else:
        logger.info("engine: %s (%s)", found.engine.path, found.engine.source)


async def _load_last_model(
    llama: LlamaCppService, config: ServerConfig, notices: NoticeService
) -> None:
    try:
        await llama.start(config)
    except ServerStartFailed as error:
        logger.warning("%s", error.message)  # told by the state of the server
    except AppError as error:
        notices.add("last_model_not_loaded", f"The last model was not loaded. {error.message}")


def _info(paths: AppPaths, *, version: str, has_window: bool) -> AppInfo:
    return AppInfo(
        version=version,
        data_folder=paths.data,
        log_folder=paths.logs,
        platform=sys.platform,
        has_window=has_window,
    )


def _rememberer(
    settings: SettingsService, tasks: asyncio.TaskGroup
) -> Callable[[ServerState, int], None]:
    """Keeps what was loaded last, so that a later start can offer it again."""

    async def remember(config: ServerConfig) -> None:
        try:
            await settings.remember_config(config)
        except StorageFailed as error:
            logger.warning("the loaded model is not remembered: %s", error.message)

    def on_state(state: ServerState, _sequence: int) -> None:
        if isinstance(state, Running):
            tasks.create_task(remember(state.config), name="remember the config")

    return on_state


def _log_topic(log: EngineLog) -> Topic[LogEvent]:
    """The engine's log as a topic."""
    topic = Topic[LogEvent]("log", lambda: LogSnapshot(lines=log.lines))
    log.on_lines = lambda lines: topic.publish(LogAppended(lines=lines))
    return topic
