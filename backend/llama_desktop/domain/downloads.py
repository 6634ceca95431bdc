"""The values of downloads and of what the Hugging Face Hub offers."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from llama_desktop.domain.fit import Verdict

# --- what the Hub offers


class HubModel(Struct, frozen=True, kw_only=True):
    """One repository with GGUF files, as a search finds it."""

    repo: str
    """`owner/name`."""
    downloads: int
    """Of the last 30 days, as the Hub counts them."""
    likes: int
    is_gated: bool
    """Its files are given only to who has agreed to its terms."""
    has_vision: bool
    parameter_count: int | None = None
    """None: the Hub does not tell."""
    may_fit: bool | None = None
    """Whether a small file of it would fit here; None: too little is known."""


class HubFile(Struct, frozen=True, kw_only=True):
    """One file of a repository."""

    path: str
    """Below the repository's root, with `/`."""
    size_bytes: int
    sha256: str | None
    """Of the content, in hexadecimal; None: the Hub does not publish it."""


class HubQuantization(Struct, frozen=True, kw_only=True):
    """The files that make up one model: one, or all parts of a split one."""

    name: str
    """As `Q4_K_M`; where the names do not tell, the file's name. Unique in its repository."""
    size_bytes: int
    files: tuple[HubFile, ...]
    missing_parts: tuple[int, ...] = ()


class HubRepo(Struct, frozen=True, kw_only=True):
    """A repository with what can be downloaded from it."""

    repo: str
    commit: str
    """What the list was read at, and what a download is pinned to."""
    is_gated: bool
    downloads: int
    likes: int
    license: str | None
    parameter_count: int | None
    context_length: int | None
    architecture: str | None
    has_vision: bool
    quantizations: tuple[HubQuantization, ...]
    """By size."""
    projectors: tuple[HubFile, ...]
    """Vision parts (mmproj), the one that is offered first."""


class QuantizationFit(Struct, frozen=True, kw_only=True):
    """Whether one of a repository's models would fit, estimated before it is here."""

    name: str
    verdict: Verdict
    layer_count: int = 0
    gpu_layers: int = 0
    expert_layers_in_ram: int = 0
    needed_bytes: int = 0
    available_bytes: int = 0
    """Free now: on the GPUs where all of it fits there, else there and in RAM together."""


class HubFit(Struct, frozen=True, kw_only=True):
    """Of each model of a repository whether it fits."""

    context_size: int
    """Tokens that were reckoned with."""
    fits: tuple[QuantizationFit, ...]


class TokenPlace(StrEnum):
    """Where the Hub's access token is kept."""

    NONE = "none"
    KEYCHAIN = "keychain"
    FILE = "file"
    """In the data folder, readable by its user alone: the system has no keychain."""
    ENVIRONMENT = "environment"
    """The person set HF_TOKEN."""


class HubAccess(Struct, frozen=True, kw_only=True):
    """How the Hub is reached. Never holds the token itself."""

    endpoint: str
    token_place: TokenPlace
    has_keychain: bool


# --- downloads


class PlannedFile(Struct, frozen=True, kw_only=True):
    """One file to fetch."""

    url: str
    target: Path
    size_bytes: int
    sha256: str | None


class DownloadPlan(Struct, frozen=True, kw_only=True):
    """What a download fetches: decided once, kept until it is whole."""

    id: str
    title: str
    quantization: str | None
    repo: str | None
    """None: from an address of the person's own."""
    files: tuple[PlannedFile, ...]
    """The file to load comes last, so that it appears when everything else is there."""
    folder: Path
    """The model folder that it goes to."""

    @property
    def size_bytes(self) -> int:
        """Of all files."""
        return sum(file.size_bytes for file in self.files)


class Queued(Struct, frozen=True, kw_only=True, tag="queued"):
    """Waits for others to end."""


class Fetching(Struct, frozen=True, kw_only=True, tag="fetching"):
    """Bytes come, or are waited for."""

    bytes_per_second: float | None = None
    """Measured over the last seconds; None: not yet."""
    seconds_left: float | None = None
    trouble: str | None = None
    """A sentence while a connection is tried again."""


class Checking(Struct, frozen=True, kw_only=True, tag="checking"):
    """Everything is here; what is left is compared with the published SHA-256."""

    checked_bytes: int


class Paused(Struct, frozen=True, kw_only=True, tag="paused"):
    """By the person. What is here stays."""


class NoRoom(Struct, frozen=True, kw_only=True, tag="no_room"):
    """The disk has no room for the rest. What is here stays."""

    missing_bytes: int


class DownloadFailed(Struct, frozen=True, kw_only=True, tag="failed"):
    """It cannot go on by itself."""

    code: str
    message: str


class Finished(Struct, frozen=True, kw_only=True, tag="finished"):
    """The model is whole and checked."""

    path: Path
    """The file to load."""
    is_checked: bool
    """Whether there was a published SHA-256 to compare with."""


DownloadState = Queued | Fetching | Checking | Paused | NoRoom | DownloadFailed | Finished


class Download(Struct, frozen=True, kw_only=True):
    """One download as the page shows it."""

    id: str
    title: str
    quantization: str | None
    repo: str | None
    folder: Path
    """The model folder that it goes to."""
    size_bytes: int
    done_bytes: int
    state: DownloadState


class Downloads(Struct, frozen=True, kw_only=True):
    """All downloads in their order, and the room that is left."""

    downloads: tuple[Download, ...]
    folder: Path
    """Where a new one would go."""
    free_bytes: int | None
    """On that folder's disk, when it was last looked at; None: it cannot be told."""


class ModelRoom(Struct, frozen=True, kw_only=True, tag="model"):
    """A model that could be deleted."""

    path: Path
    name: str
    freed_bytes: int
    """On the disk of the downloads, when it is deleted for good."""


class DownloadRoom(Struct, frozen=True, kw_only=True, tag="download"):
    """A download that stands still and could be cancelled."""

    download_id: str
    name: str
    freed_bytes: int


RoomToMake = ModelRoom | DownloadRoom
"""What takes room that a download lacks."""
