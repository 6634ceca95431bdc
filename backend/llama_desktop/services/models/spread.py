"""Says which part of a model goes to the GPU and which stays in RAM. Pure."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from msgspec import Struct

from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.model_facts import ModelWeights
from llama_desktop.services.models.working_space import EXPERT_TENSORS

_EVERY_EXPERT: Final = frozenset({"--cpu-moe", "-cmoe"})
_EXPERT_LAYERS: Final = frozenset({"--n-cpu-moe", "-ncmoe"})


class Spread(Struct, frozen=True):
    """What is where."""

    layers: int
    """On the GPU: the last ones, and the output counts as one."""
    kept: range = range(0)
    """Layers, wherever they are, whose experts are in RAM."""
    thirds: int = 0
    """So many thirds of the first one's experts are on the GPU all the same."""

    def find_first(self, weights: ModelWeights) -> int:
        """The first layer on the GPU."""
        return max(0, len(weights.layers) + 1 - self.layers)

    def list_split(self, weights: ModelWeights) -> list[int]:
        """The layers that are on the GPU without their experts."""
        first = self.find_first(weights)
        experts = weights.experts
        return [one for one in self.kept if first <= one < len(experts) and experts[one]]

    def size_kept(self, weights: ModelWeights) -> int:
        """The bytes of the experts of those layers."""
        split = self.list_split(weights)
        if not split:
            return 0
        size = sum(weights.experts[layer] for layer in split)
        return size - weights.experts[split[0]] * self.thirds // EXPERT_TENSORS


def choose_spread(
    config: ServerConfig,
    weights: ModelWeights,
    fits: Callable[[Spread], bool],
    *,
    keeps_experts: bool = True,
) -> Spread:
    """As it was chosen; else as the engine does it, which `keeps_experts` in RAM where it can.

    It puts as many layers on the GPU as fit. Where not all do and there are experts, those stay in
    RAM: of as few layers as must be, the last ones; or of all, and then not all layers need fit.
    """
    count = len(weights.layers)
    kept = range(_count_chosen(config, count) if keeps_experts else 0)
    if config.gpu_layers is not None:
        return Spread(min(config.gpu_layers, count + 1), kept)
    if kept:  # whoever chooses them has the engine choose nothing
        return Spread(count + 1, kept)
    if not (weights.experts and keeps_experts) or fits(Spread(count + 1)):
        return Spread(find_most(count + 1, lambda layers: fits(Spread(layers))))
    every = range(count)
    layers = find_most(count + 1, lambda layers: fits(Spread(layers, every)))
    if layers <= count:
        return Spread(layers, every)
    whole = find_most(count, lambda whole: fits(Spread(layers, range(whole, count))))
    rest = range(whole, count)
    most = EXPERT_TENSORS - 1
    return Spread(layers, rest, find_most(most, lambda some: fits(Spread(layers, rest, some))))


def _count_chosen(config: ServerConfig, count: int) -> int:
    """Of how many layers the experts stay in RAM; the engine's own words can say it too."""
    said = config.extra_arguments
    if not _EVERY_EXPERT.isdisjoint(said):
        return count
    chosen = config.expert_layers_in_ram or 0
    for flag, value in pairwise(said):
        if flag in _EXPERT_LAYERS and value.isdecimal():
            chosen = max(chosen, int(value))
    return min(chosen, count)


def find_most(most: int, fits: Callable[[int], bool]) -> int:
    """The largest number that fits, where more take more; 0, whether that fits or not."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low
