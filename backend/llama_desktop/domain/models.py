"""The values of the model library."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from llama_desktop.domain.llama import ModelMemory, ServerConfig
from llama_desktop.domain.model_facts import Capability, ModelKind


class ModelFile(Struct, frozen=True, kw_only=True):
    """One model on disk; the parts of a split file are one model."""

    path: Path
    """The file to load: of a split model the first part."""
    name: str
    """As the file's header spells it where the file's name agrees; else from the file's name."""
    quantization: str | None
    """By the tensors, else from the file's name; None: neither tells."""
    size_bytes: int
    """Of all parts."""
    part_count: int = 1
    missing_parts: tuple[int, ...] = ()
    problem: str | None = None
    """A sentence when the file cannot be loaded; None: it looks sound."""
    mmproj_path: Path | None = None
    """The projector that lies beside it."""
    mmproj_bytes: int = 0
    title: str | None = None
    """The name in the file's header."""
    publisher: str | None = None
    architecture: str | None = None
    parameters: int = 0
    """0: not known."""
    active_parameters: int | None = None
    """Used for one token, where only some of its experts are."""
    context_length: int | None = None
    """Tokens that it was trained for."""
    layer_count: int = 0
    vocabulary_size: int = 0
    license: str | None = None
    base_model: str | None = None
    capabilities: tuple[Capability, ...] = ()
    has_chat_template: bool = False
    other_paths: tuple[Path, ...] = ()
    """The same file under other names."""


class OtherFile(Struct, frozen=True, kw_only=True):
    """A GGUF file that is no model by itself."""

    path: Path
    name: str
    kind: ModelKind
    size_bytes: int
    architecture: str | None = None
    """Of an adapter: that of the models which it fits."""


class ModelFolder(Struct, frozen=True, kw_only=True):
    """A folder that is searched for models."""

    path: Path
    model_count: int
    problem: str | None = None
    """A sentence when the folder cannot be read."""


class ModelLibrary(Struct, frozen=True, kw_only=True):
    """All folders and the models found in them, by name."""

    folders: tuple[ModelFolder, ...]
    models: tuple[ModelFile, ...]
    scanning: bool
    others: tuple[OtherFile, ...] = ()
    read_count: int = 0
    """Files looked at in the search under way."""


class CacheKind(StrEnum):
    """Whose store of models it is."""

    OLLAMA = "ollama"
    LM_STUDIO = "lm_studio"
    HUGGING_FACE = "hugging_face"


class ModelCache(Struct, frozen=True, kw_only=True):
    """Another program's models, which can be used where they are."""

    kind: CacheKind
    path: Path
    model_count: int
    size_bytes: int
    is_added: bool
    """It is among the folders already."""


class MemoryMeasurement(Struct, frozen=True, kw_only=True):
    """What a model took after it was loaded, beside what was predicted."""

    config: ServerConfig
    predicted_bytes: int
    measured_bytes: int
    """In RAM, by the server's process and its children."""
    predicted_gpu_bytes: int = 0
    measured_gpu_bytes: int | None = None
    predicted: ModelMemory | None = None
    """Of the same load as `told`; None: of a load that was not compared."""
    told: ModelMemory | None = None
    """As the engine itself says, in RAM and on GPUs together; None: it does not."""
    told_gpu: ModelMemory | None = None
    """What of that is on GPUs."""
    engine: str = ""
    """Its version: another engine takes another amount."""


class ModelRecord(Struct, frozen=True, kw_only=True):
    """What is kept of a model beside its file."""

    path: Path
    is_favourite: bool = False
    used_at: float | None = None
    """When it was loaded last, in seconds since the epoch."""
    config: ServerConfig | None = None
    """How it is loaded; None: as usual."""
    measurements: tuple[MemoryMeasurement, ...] = ()


class ModelRecords(Struct, frozen=True, kw_only=True):
    """Of all models of which anything is kept."""

    records: tuple[ModelRecord, ...]
