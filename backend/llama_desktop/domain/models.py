"""The values of the model library."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct


class ModelFile(Struct, frozen=True, kw_only=True):
    """One model on disk; the parts of a split file are one model."""

    path: Path
    """The file to load: of a split model the first part."""
    name: str
    """From the file's name, quantisation and part numbers left out."""
    quantization: str | None
    """From the file's name; None: it does not tell."""
    size_bytes: int
    """Of all parts."""
    part_count: int = 1
    missing_parts: tuple[int, ...] = ()
    problem: str | None = None
    """A sentence when the file cannot be loaded; None: it looks sound."""
    mmproj_path: Path | None = None
    """The vision projector that lies beside it."""


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
