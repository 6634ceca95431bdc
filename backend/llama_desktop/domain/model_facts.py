"""What a model's own file says of it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class ModelKind(StrEnum):
    """What a GGUF file holds."""

    MODEL = "model"
    PROJECTOR = "projector"
    """An mmproj: what lets a model see or hear."""
    ADAPTER = "adapter"
    """A LoRA: changes a model, and is none."""
    VOCABULARY = "vocabulary"
    """No weights."""
    IMPORTANCE_MATRIX = "importance_matrix"
    IMAGE_GENERATOR = "image_generator"
    """A model for programs that paint."""


class Capability(StrEnum):
    """What a model can be used for."""

    CHAT = "chat"
    VISION = "vision"
    AUDIO = "audio"
    TOOLS = "tools"
    THINKING = "thinking"
    EMBEDDING = "embedding"
    RERANKING = "reranking"


class Recurrence(Struct, frozen=True, kw_only=True):
    """What layers keep that have a state instead of a growing cache; of one sequence."""

    layers: tuple[int, ...]
    """Which layers."""
    bytes_per_layer: int


class AttentionShape(Struct, frozen=True, kw_only=True):
    """What the size of the KV cache follows from."""

    kv_heads: tuple[int, ...]
    """For each layer; 0: the layer has no cache."""
    key_length: int
    """Numbers per head."""
    value_length: int
    window: int | None = None
    """Tokens that a layer with a sliding window looks back; None: there are none."""
    window_layers: tuple[int, ...] = ()
    """Which layers have the window; the others look back to the beginning."""
    window_key_length: int | None = None
    """Numbers per head in those layers, where it is another; None: the same."""
    compressed: bool = False
    """Keys and values share one cache (MLA)."""
    recurrence: Recurrence | None = None

    @property
    def forgets(self) -> bool:
        """Whether some layers keep less than every token: those of a window, or a state."""
        return bool(self.window_layers) or self.recurrence is not None


class ModelWeights(Struct, frozen=True, kw_only=True):
    """Where the bytes of a model are. Of a split model, of all parts together."""

    layers: tuple[int, ...] = ()
    """Bytes of each layer, experts included."""
    experts: tuple[int, ...] = ()
    """Of these the experts' share, layer by layer."""
    input: int = 0
    """Embeddings: they stay in RAM."""
    output: int = 0
    """Goes onto the GPU last of all."""
    other: int = 0

    @property
    def total(self) -> int:
        """All bytes."""
        return sum(self.layers) + self.input + self.output + self.other


class ModelFacts(Struct, frozen=True, kw_only=True):
    """What is read off a file's header. `None` and 0: the file does not tell."""

    kind: ModelKind
    architecture: str | None = None
    name: str | None = None
    publisher: str | None = None
    license: str | None = None
    base_model: str | None = None
    parameters: int = 0
    """Counted from the tensors."""
    expert_parameters: int = 0
    """Of these, those in experts of which only some are used for a token."""
    quantization: str | None = None
    """By the tensors; the file's own word for the mixture where they agree."""
    context_length: int | None = None
    """What it was trained for."""
    layer_count: int = 0
    embedding_length: int = 0
    feed_forward_length: int = 0
    head_count: int = 0
    expert_count: int = 0
    experts_used: int = 0
    expert_length: int = 0
    """Numbers within one expert."""
    vocabulary_size: int = 0
    has_chat_template: bool = False
    pooling: str | None = None
    """How an embedding model makes one vector of many: `mean`, `cls`, `last`, `rank`, `none`."""
    capabilities: tuple[Capability, ...] = ()
    """By the file alone: whether it sees depends on the projector beside it."""
    attention: AttentionShape | None = None
    """None: too little is known to say how large its cache is."""
    weights: ModelWeights = ModelWeights()
    part: int = 1
    part_count: int = 1

    @property
    def active_parameters(self) -> int | None:
        """Used for one token; None: all are."""
        if not 0 < self.experts_used < self.expert_count or not self.expert_parameters:
            return None
        idle = self.expert_count - self.experts_used
        return self.parameters - self.expert_parameters * idle // self.expert_count
