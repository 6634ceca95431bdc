"""Deletes models, into the system's trash or for good; only what is the person's own to delete."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from llama_desktop.domain.downloads import ModelRoom
from llama_desktop.domain.errors import (
    AppError,
    DeleteFailed,
    DeleteRefused,
    ModelInUse,
    ModelNotFound,
    TrashFailed,
)
from llama_desktop.domain.llama import Failed, ServerState, Stopped
from llama_desktop.domain.models import CacheKind, ModelFile
from llama_desktop.infrastructure.disk_room import find_device, measure_freed
from llama_desktop.infrastructure.model_caches import find_owner
from llama_desktop.services.models.library import ModelLibraryService
from llama_desktop.services.models.model_names import read_name
from llama_desktop.services.settings import SettingsService

logger = logging.getLogger(__name__)

_OWNERS = {
    CacheKind.OLLAMA: "Ollama's store",
    CacheKind.LM_STUDIO: "LM Studio's folder",
    CacheKind.HUGGING_FACE: "the Hugging Face cache",
}


class _Question(Struct, frozen=True):
    """What decides whether a model may be deleted, as it is at this moment."""

    folders: tuple[Path, ...]
    models: tuple[ModelFile, ...]
    loaded: Collection[Path]
    chosen: Collection[Path | None]
    """What the search uses."""


class ModelDeletionService:
    """Owns nothing: the library says what there is, the disk is asked again each time."""

    def __init__(
        self,
        library: ModelLibraryService,
        settings: SettingsService,
        server_state: Callable[[], ServerState],
        trash: Callable[[Path], None],
        erase: Callable[[Path], None] = Path.unlink,
    ) -> None:
        """`trash` moves one file to the system's trash or raises OSError; see `move_to_trash`."""
        self._library = library
        self._settings = settings
        self._server_state = server_state
        self._trash = trash
        self._erase = erase

    async def delete(self, path: Path, *, for_good: bool = False) -> int:
        """Move all files of a model to the trash; answers the bytes that they take.

        Its projector goes with it unless another model uses it. `for_good`: past the trash, so
        that the disk has the room at once.

        Raises:
            ModelNotFound: it is not in the library, or not on disk any more.
            ModelInUse: it is loaded, or the search uses it.
            DeleteRefused: it lies outside the library's folders or in another program's store.
            TrashFailed, DeleteFailed: a file stays.
        """
        model = self._library.find_model(path)
        if model is None:
            raise ModelNotFound(f"No model in the library has the file {path}.")
        try:
            return await asyncio.to_thread(self._delete, self._ask(), model, for_good=for_good)
        finally:
            await self._library.rescan()

    async def find_room(self, folder: Path) -> tuple[ModelRoom, ...]:
        """The models that may be deleted, and what that frees on the disk of a folder."""
        models = self._library.library().models
        return await asyncio.to_thread(_find_room, self._ask(), models, folder)

    def _ask(self) -> _Question:
        settings = self._settings.get()
        return _Question(
            folders=settings.model_folders,
            models=self._library.library().models,
            loaded=self._server_paths(),
            chosen=(settings.embedding_model_path, settings.reranker_model_path),
        )

    def _delete(self, asked: _Question, model: ModelFile, *, for_good: bool) -> int:
        files = _list_to_remove(asked, model)
        size = _measure(files)
        places = [place for places in files.values() for place in sorted(places)]
        self._remove(model, places, for_good=for_good)
        return size

    def _remove(self, model: ModelFile, places: Sequence[Path], *, for_good: bool) -> None:
        for number, place in enumerate(places):
            try:
                (self._erase if for_good else self._trash)(place)
            except OSError as error:
                reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
                if for_good:
                    done = f"{number} of {len(places)} files of {model.name} are deleted already."
                    words = done if number else "Nothing was deleted."
                    raise DeleteFailed(f"{place} cannot be deleted: {reason}. {words}") from error
                moved = (
                    f"{number} of {len(places)} files of {model.name} are in the trash already."
                    if number
                    else "Nothing was deleted."
                )
                raise TrashFailed(
                    f"{place} cannot be moved to the system's trash: {reason}. {moved}"
                ) from error
            logger.info("%s: %s", "deleted" if for_good else "moved to the trash", place)

    def _server_paths(self) -> set[Path]:
        """The files that the server has open, or will open or close in a moment."""
        state = self._server_state()
        if isinstance(state, Stopped | Failed):
            return set()
        config = state.config
        paths = (config.model_path, config.mmproj_path, config.lora_path, config.draft_model_path)
        return {path for path in paths if path is not None}


def _list_to_remove(asked: _Question, model: ModelFile) -> dict[Path, set[Path]]:
    """All files that go with a model, or why none may; see `delete`."""
    held = _resolve_all(asked.loaded)
    files = _locate(_list_files(model))
    if held & files.keys():
        raise ModelInUse(f"{model.name} is loaded. Eject it, then delete it.")
    if _resolve_all(asked.chosen) & files.keys():
        raise ModelInUse(
            f"The search uses {model.name}. Choose another model for it in the settings of "
            "the memory, then delete this one."
        )
    others = {one.mmproj_path for one in asked.models if one.path != model.path}
    if model.mmproj_path is not None and model.mmproj_path not in others:
        projector = _locate((model.mmproj_path,))
        if not held & projector.keys():
            files |= projector
    _require_own(files, asked.folders)
    return files


def _find_room(
    asked: _Question, models: Sequence[ModelFile], folder: Path
) -> tuple[ModelRoom, ...]:
    found = []
    device = find_device(folder)
    for model in models:
        try:
            freed = measure_freed(_list_to_remove(asked, model), device)
        except (AppError, OSError):  # it may not be deleted, or is gone
            continue
        if freed > 0:
            found.append(ModelRoom(path=model.path, name=model.name, freed_bytes=freed))
    return tuple(found)


def _list_files(model: ModelFile) -> Iterator[Path]:
    """All parts of a model, and the other names of the same files."""
    parts = tuple(_list_parts(model.path))
    yield from parts
    for twin in model.other_paths:
        yield from (
            other for other in _list_parts(twin) if any(_is_same(other, part) for part in parts)
        )


def _list_parts(path: Path) -> Iterator[Path]:
    """The file itself, or all parts of what it is a part of."""
    name = read_name(path.name)
    if name.part_count == 1:
        yield path
        return
    for other in sorted(path.parent.iterdir()):
        told = read_name(other.name)
        is_alike = (told.stem, told.part_count) == (name.stem, name.part_count)
        if is_alike and other.suffix == path.suffix:
            yield other


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _locate(paths: Iterator[Path] | Sequence[Path]) -> dict[Path, set[Path]]:
    """Each file by its real path, with all places to remove: the file and the links to it."""
    places: dict[Path, set[Path]] = {}
    try:
        for path in paths:
            real = path.resolve(strict=True)
            places.setdefault(real, {real}).add(path.parent.resolve(strict=True) / path.name)
    except (OSError, RuntimeError) as error:  # links in a circle are a RuntimeError
        raise ModelNotFound(f"A file of this model is not there any more: {error}.") from error
    return places


def _resolve_all(paths: Collection[Path | None]) -> set[Path]:
    """Real paths, also of what is not there."""
    return {path.resolve() for path in paths if path is not None}


def _require_own(files: dict[Path, set[Path]], folders: Sequence[Path]) -> None:
    known = _resolve_all(folders)
    for place in (place for places in files.values() for place in places):
        owner = find_owner(place)
        if owner is not None:
            raise DeleteRefused(
                f"{place} is in {_OWNERS[owner]}, which keeps account of its files. "
                "Remove the model there."
            )
        if not any(place.is_relative_to(folder) for folder in known):
            raise DeleteRefused(
                f"{place} is outside the library's folders. Delete it where it is, or add its "
                "folder first."
            )


def _measure(files: dict[Path, set[Path]]) -> int:
    """Bytes on disk; a file under several names counts once."""
    statuses = [real.stat() for real in files]
    sizes = {(one.st_dev, one.st_ino or number): one.st_size for number, one in enumerate(statuses)}
    return sum(sizes.values())
