"""The values of the llama-server process: what it is started with and the states it can be in."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct, field

from llama_desktop.domain.chat import SamplingParameters
from llama_desktop.domain.failure import ServerFailure


class FlashAttention(StrEnum):
    """llama-server's `--flash-attn`."""

    ON = "on"
    OFF = "off"
    AUTO = "auto"


class CacheType(StrEnum):
    """Types that llama-server takes for the K and V cache."""

    F32 = "f32"
    F16 = "f16"
    BF16 = "bf16"
    Q8_0 = "q8_0"
    Q5_1 = "q5_1"
    Q5_0 = "q5_0"
    Q4_1 = "q4_1"
    Q4_0 = "q4_0"
    IQ4_NL = "iq4_nl"


class Pooling(StrEnum):
    """llama-server's `--pooling`: what becomes of the numbers of a text's tokens."""

    MEAN = "mean"
    CLS = "cls"
    LAST = "last"
    RANK = "rank"
    """One number for a question with a text: what a re-ranker makes."""


class LoadMode(StrEnum):
    """How the file comes into memory; older engines know it as switches."""

    MMAP = "mmap"
    """Mapped: loads fastest, and is given back when memory is short."""
    MLOCK = "mlock"
    """Held in memory, never swapped."""
    NONE = "none"
    """Read as a whole."""


class RopeScaling(StrEnum):
    """How positions are stretched beyond the trained context."""

    NONE = "none"
    LINEAR = "linear"
    YARN = "yarn"


class ServerConfig(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What a start is given. `None` leaves the choice to the engine, unless said otherwise."""

    model_path: Path
    context_size: int | None = None
    """Tokens of the whole context window; None: the model's own, fitted to memory."""
    gpu_layers: int | None = None
    """Layers on the GPU; None: as many as fit."""
    expert_layers_in_ram: int | None = None
    """Of so many layers, the first ones, the experts stay in RAM and the rest can be on the GPU;
    None: of as many as must."""
    parallel: int | None = None
    """Slots, so many answers at once."""
    threads: int | None = None
    """None: physical cores minus one."""
    batch_size: int | None = None
    """Tokens read in one go, at most 512 so that Stop works while a prompt is read; None: 512."""
    flash_attention: FlashAttention | None = None
    cache_type_k: CacheType | None = None
    cache_type_v: CacheType | None = None
    mmproj_path: Path | None = None
    load_mode: LoadMode | None = None
    chat_template: str | None = None
    """Jinja, instead of the model's own."""
    chat_template_file: Path | None = None
    rope_scaling: RopeScaling | None = None
    rope_scale: float | None = None
    """So many times the trained context."""
    lora_path: Path | None = None
    """An adapter that is applied to the model."""
    draft_model_path: Path | None = None
    """A small model of the same vocabulary that guesses ahead."""
    idle_minutes: int | None = None
    """After so long without a question the engine gives the memory back; the next one wakes it."""
    extra_arguments: tuple[str, ...] = ()
    """More of llama-server's own words, for those who know them; see `extra_arguments.check`."""
    embeddings: bool = False
    """Make vectors of texts instead of answers."""
    pooling: Pooling | None = None
    """Of embeddings; None: as the model's file says."""
    alias: str | None = None
    built_in_engine: bool = False
    """Take the embedded engine, whichever llama-server is chosen."""


class EngineKind(StrEnum):
    """Whose llama-server it is."""

    EXTERNAL = "external"
    EMBEDDED = "embedded"


class EngineTraits(Struct, frozen=True, kw_only=True):
    """What an engine does where it is not told otherwise; that of today does all of it."""

    fits_memory: bool = True
    """Takes as many layers and as much context as there is memory for."""
    keeps_experts: bool = True
    """Can keep a layer's experts in RAM while the rest of it is on the GPU."""
    attends_fast: bool = True
    """Uses flash attention where it can."""
    goes_back: bool = True
    """Can take back the end of what it has read also where a model keeps a state or a window."""


class Engine(Struct, frozen=True, kw_only=True):
    """The llama-server program that was chosen."""

    kind: EngineKind
    path: Path
    """The program; for the embedded engine our own executable."""
    version: str
    """As the program tells it, `not available` if it does not."""
    source: str
    """Where it was found, in words: `PATH`, `LLAMA_SERVER`, …"""


class ModelMemory(Struct, frozen=True, kw_only=True):
    """What an engine allocates for a model, in bytes."""

    weights: int = 0
    kv_cache: int = 0
    compute: int = 0
    """Working space for one batch."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.kv_cache + self.compute


class LoadStage(StrEnum):
    """What an engine does before it is healthy, in this order."""

    WEIGHTS = "weights"
    VISION = "vision"
    DRAFT = "draft"
    PREPARING = "preparing"
    """The context, and a first run through the model."""


class LoadedModel(Struct, frozen=True, kw_only=True):
    """What the healthy server says about itself."""

    name: str
    path: Path
    context_size: int
    """Tokens that one slot can hold."""
    slots: int
    has_vision: bool
    can_think: bool | None = None
    """Whether its template knows thinking; None: the server does not tell."""
    defaults: SamplingParameters = field(default_factory=SamplingParameters)
    """What the server uses where an answer is asked without a parameter."""
    layers_on_gpu: int | None = None
    """As its log tells; None: it does not tell."""
    layers: int | None = None
    """All that can be put on a GPU."""
    threads: int | None = None
    """As its log tells; None: it does not tell."""
    has_shared_context: bool | None = None
    """Whether all slots share one context window; None: it does not tell."""
    memory: ModelMemory | None = None
    """What it allocated for the model, in RAM and on GPUs together, as its log tells; None: it does
    not tell."""
    gpu_memory: ModelMemory | None = None
    """What of that is on GPUs."""


class LaunchSteps(Struct, frozen=True, kw_only=True):
    """When a launch began, and how long each of its steps took. None: not over, or not reached."""

    began: float
    """Seconds since the epoch."""
    process_seconds: float | None = None
    """Until the process was there."""
    loading_seconds: float | None = None
    """From there until it was healthy, or until it failed."""


class Stopped(Struct, frozen=True, tag="stopped"):
    """No server."""


class Starting(Struct, frozen=True, kw_only=True, tag="starting"):
    """The server is being found, spawned, or is loading its model."""

    config: ServerConfig
    since: float
    """Seconds since the epoch."""
    pid: int | None = None
    stage: LoadStage | None = None
    """What it is doing; None: it does not tell."""
    progress: float | None = None
    """Of this stage, 0 to 1, as the engine tells it; None: it does not tell."""
    silent_seconds: float | None = None
    """Set when neither log nor progress came for 30 s or more: it seems stuck."""
    concern: ServerFailure | None = None
    """What this silence may mean and what can be done; None: it gets on."""
    recovers_from: ServerFailure | None = None
    """The failure after which it is loaded again by itself; None: somebody asked for it."""
    last_load_seconds: float | None = None
    """How long it took before the crash, where it is loaded again by itself."""
    steps: LaunchSteps | None = None


class Running(Struct, frozen=True, kw_only=True, tag="running"):
    """The server is healthy."""

    config: ServerConfig
    pid: int
    base_url: str
    engine: Engine
    model: LoadedModel
    since: float
    load_seconds: float
    recovered_from: ServerFailure | None = None
    """The failure after which it was loaded again by itself."""
    steps: LaunchSteps | None = None


class Stopping(Struct, frozen=True, kw_only=True, tag="stopping"):
    """The server is being ended."""

    config: ServerConfig
    steps: LaunchSteps | None = None
    """Of the launch that it ends."""


class Failed(Struct, frozen=True, kw_only=True, tag="failed"):
    """The server could not start, or died."""

    config: ServerConfig
    failure: ServerFailure
    steps: LaunchSteps | None = None
    """Of the launch that failed, or of the one that ran before it failed."""


ServerState = Stopped | Starting | Running | Stopping | Failed


class LogLevel(StrEnum):
    """As llama-server names them by a letter."""

    DEBUG = "D"
    INFO = "I"
    WARNING = "W"
    ERROR = "E"


class LogLine(Struct, frozen=True, kw_only=True):
    """One line that llama-server printed."""

    number: int
    """Counts up from 1 for the life of the app."""
    time: float
    """When it was read, seconds since the epoch."""
    stream: str
    """`stdout` or `stderr`."""
    text: str
    """Without the engine's own clock and the letter of its level."""
    level: LogLevel | None = None
    """None: the line names none."""
