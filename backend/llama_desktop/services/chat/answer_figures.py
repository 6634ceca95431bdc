"""The figures of an answer, from what the server tells of it. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from llama_desktop.domain.chat import AnswerStats, PromptProgress
from llama_desktop.infrastructure.llama.stream import AnswerEnded
from llama_desktop.services.chat.energy import EnergyUse


def with_end(stats: AnswerStats, ended: AnswerEnded) -> AnswerStats:
    """With what the server says of an answer that came to its end."""
    return replace(
        stats,
        prompt_tokens=ended.prompt_tokens,
        cached_tokens=ended.cached_tokens,
        generated_tokens=ended.generated_tokens,
        prompt_tokens_per_second=ended.prompt_tokens_per_second,
        tokens_per_second=ended.tokens_per_second,
    )


def with_progress(stats: AnswerStats, progress: PromptProgress | None) -> AnswerStats:
    """With what the server told last while it read the prompt."""
    if progress is None:
        return stats
    read = progress.processed_tokens - progress.cached_tokens
    return replace(
        stats,
        prompt_tokens=progress.total_tokens,
        cached_tokens=progress.cached_tokens,
        prompt_tokens_per_second=read / progress.seconds if progress.seconds else None,
    )


def with_energy(stats: AnswerStats, before: AnswerStats | None, use: EnergyUse) -> AnswerStats:
    """With what was measured of this go; `before`: the figures of an earlier one."""
    if before is None or before.generated_tokens == 0:
        return replace(stats, energy_joules=use.joules, is_energy_about=use.is_about)
    return replace(
        stats,
        energy_joules=_sum(before.energy_joules, use.joules),
        is_energy_about=before.is_energy_about or use.is_about,
    )


def add_up(before: AnswerStats, now: AnswerStats) -> AnswerStats:
    """The figures of an answer made in two goes: what is made adds up, its beginning stays.

    A sum of which a part is not known is not known.
    """
    first = now if before.generated_tokens == 0 else before
    generated = _sum(before.generated_tokens, now.generated_tokens)
    seconds = _sum(_generating_seconds(before), _generating_seconds(now))
    return AnswerStats(
        prompt_tokens=first.prompt_tokens,
        cached_tokens=first.cached_tokens,
        prompt_tokens_per_second=first.prompt_tokens_per_second,
        generated_tokens=None if generated is None else int(generated),
        tokens_per_second=generated / seconds if generated is not None and seconds else None,
        first_token_seconds=_either(before.first_token_seconds, now.first_token_seconds),
        reasoning_seconds=_known_sum(before.reasoning_seconds, now.reasoning_seconds),
        total_seconds=_known_sum(before.total_seconds, now.total_seconds),
    )


def _generating_seconds(stats: AnswerStats) -> float | None:
    if stats.generated_tokens == 0:
        return 0.0
    if stats.generated_tokens is None or not stats.tokens_per_second:
        return None
    return stats.generated_tokens / stats.tokens_per_second


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _known_sum(one: float | None, other: float | None) -> float | None:
    """Seconds that are not there have not been spent."""
    return None if one is None and other is None else (one or 0) + (other or 0)


def _either(one: float | None, other: float | None) -> float | None:
    return other if one is None else one
