"""Adds up the figures of an answer that was made in several goes. Pure."""

from __future__ import annotations

from llama_desktop.domain.chat import AnswerStats


def add_up(before: AnswerStats, now: AnswerStats) -> AnswerStats:
    """The figures of the whole answer: what is made of it adds up, its beginning stays.

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
