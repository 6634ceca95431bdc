"""The folders with models, and the models in them."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from msgspec.structs import replace

from llama_desktop.domain.errors import FolderUnusable
from llama_desktop.domain.models import ModelFile, ModelFolder, ModelLibrary
from llama_desktop.domain.settings import Settings
from llama_desktop.infrastructure.model_files import FolderScan, scan_folder
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.models.catalog import build_catalog
from llama_desktop.services.settings import SettingsService

logger = logging.getLogger(__name__)

Scan = Callable[[Path], FolderScan]


class ModelLibraryService:
    """Alone owns what was found. The folders themselves are a setting."""

    def __init__(self, settings: SettingsService, scan: Scan = scan_folder) -> None:
        self._settings = settings
        self._scan = scan
        self._scanning: asyncio.Task[None] | None = None
        self._library = ModelLibrary(folders=(), models=(), scanning=False)
        self.topic: Final = Topic[ModelLibrary]("models", self.library)

    async def __aenter__(self) -> Self:
        """Begin the first search."""
        self._begin_scan()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._scanning is not None:
            self._scanning.cancel()
            await asyncio.wait([self._scanning])

    def library(self) -> ModelLibrary:
        """Folders and models as known now."""
        return self._library

    async def list_models(self) -> tuple[ModelFile, ...]:
        """All models, once the search under way has ended."""
        return (await self._finished()).models

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
        self._begin_scan()
        return await self._finished()

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
        self._publish(replace(self._library, scanning=True))
        try:
            scans = [await asyncio.to_thread(self._scan, folder) for folder in folders]
            library = _build_library(folders, scans)
        except Exception:
            logger.exception("the search for models failed by a defect")
            library = replace(self._library, scanning=False)
        self._publish(library)

    def _publish(self, library: ModelLibrary) -> None:
        self._library = library
        self.topic.publish(library)


def _build_library(folders: tuple[Path, ...], scans: list[FolderScan]) -> ModelLibrary:
    # A file below two of the folders is one model.
    files = {found.path: found for scan in scans for found in scan.files}
    models = build_catalog(files.values())
    return ModelLibrary(
        folders=tuple(
            ModelFolder(
                path=folder,
                model_count=sum(model.path.is_relative_to(folder) for model in models),
                problem=_describe_problem(folder, scan),
            )
            for folder, scan in zip(folders, scans, strict=True)
        ),
        models=models,
        scanning=False,
    )


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
