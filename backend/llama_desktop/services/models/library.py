"""The folders with models, and the models in them."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from msgspec.structs import replace

from llama_desktop.domain.errors import FolderUnusable
from llama_desktop.domain.model_facts import ModelFacts
from llama_desktop.domain.models import ModelCache, ModelFile, ModelFolder, ModelLibrary
from llama_desktop.domain.settings import Settings
from llama_desktop.infrastructure.model_caches import list_usual_caches
from llama_desktop.infrastructure.model_files import FolderScan
from llama_desktop.infrastructure.model_headers import ModelHeaders
from llama_desktop.infrastructure.model_places import Scan, scan_place
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.models.caches import look_at_caches
from llama_desktop.services.models.catalog import build_catalog
from llama_desktop.services.settings import SettingsService

logger = logging.getLogger(__name__)

_TOLD_EVERY: Final = 25
"""Files between two words on how far a search is."""

Watch = Callable[[Sequence[Path], asyncio.Event], AsyncGenerator[None]]
"""See `folder_watch.watch_folders`."""


class ModelLibraryService:
    """Alone owns what was found. The folders themselves are a setting."""

    def __init__(
        self,
        settings: SettingsService,
        headers: ModelHeaders,
        scan: Scan = scan_place,
        watch: Watch | None = None,
    ) -> None:
        """Without `watch`, changes on disk are noticed when somebody asks for a search."""
        self._settings = settings
        self._headers = headers
        self._scan = scan
        self._watch = watch
        self._scanning: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._folders_changed = asyncio.Event()
        self._library = ModelLibrary(folders=(), models=(), scanning=False)
        self._facts: dict[Path, ModelFacts] = {}
        self.topic: Final = Topic[ModelLibrary]("models", self.library)

    async def __aenter__(self) -> Self:
        """Begin the first search."""
        self._begin_scan()
        if self._watch is not None:
            self._watching = asyncio.create_task(
                self._keep_watching(self._watch), name="watch the model folders"
            )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._folders_changed.set()
        tasks = [task for task in (self._scanning, self._watching) if task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def library(self) -> ModelLibrary:
        """Folders and models as known now."""
        return self._library

    async def list_models(self) -> tuple[ModelFile, ...]:
        """All models, once the search under way has ended."""
        return (await self._finished()).models

    def find_facts(self, path: Path | None) -> ModelFacts | None:
        """What the file of a model or of a projector says; None: it is not in the library."""
        return None if path is None else self._facts.get(path)

    def find_model(self, path: Path) -> ModelFile | None:
        """The model with this file; None: it is not in the library."""
        return next((model for model in self._library.models if model.path == path), None)

    async def find_caches(self) -> tuple[ModelCache, ...]:
        """The stores of other programs on this machine that hold models; nothing is changed."""
        added = self._settings.get().model_folders
        places = list_usual_caches(Path.home())
        return await asyncio.to_thread(look_at_caches, places, added)

    async def add_folder(self, path: Path) -> ModelLibrary:
        """Search one more folder; of a GGUF file the folder that it is in.

        Raises:
            FolderUnusable: it is no folder that can be read.
            StorageFailed: the setting cannot be written.
        """
        folder = await asyncio.to_thread(_require_folder, path)

        def decide(old: Settings) -> Settings:
            if folder in old.model_folders:
                return old
            return replace(old, model_folders=(*old.model_folders, folder))

        await self._settings.change(decide)
        return await self.rescan()

    async def remove_folder(self, path: Path) -> ModelLibrary:
        """Search a folder no more. Nothing on disk changes.

        Raises:
            FolderUnusable: it is none of the library's folders.
            StorageFailed: the setting cannot be written.
        """
        folder = _absolute(path)
        if folder not in self._settings.get().model_folders:
            raise FolderUnusable(f"{folder} is none of the folders that are searched for models.")

        def decide(old: Settings) -> Settings:
            kept = tuple(other for other in old.model_folders if other != folder)
            return replace(old, model_folders=kept)

        await self._settings.change(decide)
        return await self.rescan()

    async def rescan(self) -> ModelLibrary:
        """Search all folders again."""
        self.begin_rescan()
        return await self._finished()

    def begin_rescan(self) -> None:
        """Search all folders again, without waiting for the end."""
        self._folders_changed.set()
        self._begin_scan()

    async def _finished(self) -> ModelLibrary:
        while self._scanning is not None and not self._scanning.done():
            await asyncio.wait([self._scanning])  # another search may have taken its place
        return self._library

    def _begin_scan(self) -> None:
        """A search under way is given up: its folders may be out of date."""
        if self._scanning is not None:
            self._scanning.cancel()
        self._scanning = asyncio.create_task(self._search(), name="search for models")

    async def _search(self) -> None:
        folders = self._settings.get().model_folders
        self._publish(replace(self._library, scanning=True, read_count=0))
        tell = self._make_counter()
        try:
            scans = [
                await asyncio.to_thread(self._scan, folder, self._headers, tell)
                for folder in folders
            ]
            await asyncio.to_thread(self._headers.save)
            library, self._facts = _build_library(folders, scans)
        except Exception:
            logger.exception("the search for models failed by a defect")
            library = replace(self._library, scanning=False)
        self._publish(library)

    def _make_counter(self) -> Callable[[], None]:
        """Called in the thread that searches; publishes how far it is, now and then."""
        loop = asyncio.get_running_loop()
        numbers = itertools.count(1)

        def publish(task: asyncio.Task[None] | None, number: int) -> None:
            if task is self._scanning and self._library.scanning:
                self._publish(replace(self._library, read_count=number))

        task = asyncio.current_task()

        def tell() -> None:
            number = next(numbers)
            if number % _TOLD_EVERY == 0:
                loop.call_soon_threadsafe(publish, task, number)

        return tell

    async def _keep_watching(self, watch: Watch) -> None:
        """Search again after each change on disk; begin anew when the folders are others."""
        while True:
            self._folders_changed = asyncio.Event()
            folders = self._settings.get().model_folders
            async with aclosing(watch(folders, self._folders_changed)) as changes:
                async for _ in changes:
                    self._begin_scan()
            await self._folders_changed.wait()

    def _publish(self, library: ModelLibrary) -> None:
        self._library = library
        self.topic.publish(library)


def _build_library(
    folders: tuple[Path, ...], scans: list[FolderScan]
) -> tuple[ModelLibrary, dict[Path, ModelFacts]]:
    # A file below two of the folders is one model.
    files = {(found.path, found.label): found for scan in scans for found in scan.files}
    catalog = build_catalog(files.values())
    models = catalog.models
    library = ModelLibrary(
        folders=tuple(
            ModelFolder(
                path=folder,
                model_count=sum(model.path.is_relative_to(folder) for model in models),
                problem=_describe_problem(folder, scan),
            )
            for folder, scan in zip(folders, scans, strict=True)
        ),
        models=models,
        others=catalog.others,
        scanning=False,
    )
    return library, catalog.facts


def _describe_problem(folder: Path, scan: FolderScan) -> str | None:
    sentences: list[str] = []
    for place, reason in scan.unreadable:
        if place == folder:
            return f"This folder cannot be read: {reason}."
    if scan.unreadable:
        place, reason = scan.unreadable[0]
        more = len(scan.unreadable) - 1
        others = f" and {more} more" if more else ""
        sentences.append(f"Not everything could be searched: {place}{others} ({reason}).")
    if scan.unnamed_count:
        sentences.append(
            f"{scan.unnamed_count} entries were left out because their names are no valid text."
        )
    return " ".join(sentences) or None


def _absolute(path: Path) -> Path:
    try:
        return Path(os.path.normpath(path.expanduser().absolute()))
    except RuntimeError as error:
        raise FolderUnusable(f"{path}: there is no such user.") from error


def _require_folder(path: Path) -> Path:
    folder = _absolute(path)
    try:
        if folder.is_file() and folder.suffix.lower() == ".gguf":
            folder = folder.parent
        with os.scandir(folder):
            return folder
    except FileNotFoundError as error:
        raise FolderUnusable(f"There is no folder {folder}.") from error
    except NotADirectoryError as error:
        raise FolderUnusable(f"{folder} is a file, not a folder.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FolderUnusable(f"{folder} cannot be read: {reason}.") from error
