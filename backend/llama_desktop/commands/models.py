"""Commands on the model library."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.domain.fit import LibraryFit, MemoryEstimate
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.models import ModelCache, ModelFile, ModelLibrary
from llama_desktop.services.application import Application


async def list_models(app: Application) -> tuple[ModelFile, ...]:
    """All models in all folders, once the search under way has ended."""
    return await app.models.list_models()


async def get_model_library(app: Application) -> ModelLibrary:
    """Folders and models as known now."""
    return app.models.library()


async def add_model_folder(app: Application, *, path: Path) -> ModelLibrary:
    """Search one more folder for models, with all that is below it."""
    return await app.models.add_folder(path)


async def remove_model_folder(app: Application, *, path: Path) -> ModelLibrary:
    """Search a folder no more. Nothing on disk changes."""
    return await app.models.remove_folder(path)


async def rescan_models(app: Application) -> ModelLibrary:
    """Search all folders again."""
    return await app.models.rescan()


async def delete_model(app: Application, *, path: Path, for_good: bool = False) -> int:
    """Move all files of a model to the system's trash, or delete them; answers their bytes."""
    return await app.model_deletion.delete(path, for_good=for_good)


async def find_model_caches(app: Application) -> tuple[ModelCache, ...]:
    """Other programs' models on this machine: Ollama's, LM Studio's, the Hugging Face cache."""
    return await app.models.find_caches()


async def estimate_fit(app: Application, *, config: ServerConfig) -> MemoryEstimate:
    """What loading a model like this would take; the loaded model counts as ejected."""
    return await app.fit.estimate(config)


async def estimate_library(app: Application) -> LibraryFit:
    """What the machine has free, and of every model whether it fits."""
    return await app.fit.estimate_library()


async def set_model_favourite(app: Application, *, path: Path, is_favourite: bool) -> None:
    """Mark a model, or take the mark away."""
    await app.model_records.set_favourite(path, is_favourite=is_favourite)


async def remember_model_config(
    app: Application, *, path: Path, config: ServerConfig | None
) -> None:
    """Load a model like this from now on; `null`: as usual again."""
    await app.model_records.remember_config(path, config)
