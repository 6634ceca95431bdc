"""Finds how much of a branch fits the model's context window. What is left out is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from llama_desktop.domain.chat import Overflow
from llama_desktop.domain.errors import ContextOverflow
from llama_desktop.infrastructure.llama.chat_request import ChatMessage
from llama_desktop.services.chat.prompt import (
    Prompt,
    PromptSource,
    build_prompt,
    count_omitted_before,
    estimate_tokens,
)

CountTokens = Callable[[tuple[ChatMessage, ...]], Awaitable[int]]

_USUAL_RESERVE: Final = 1024
_LEAST_RESERVE: Final = 64
_FILL_AFTER_CUT: Final = 0.75


class ContextFit:
    """One branch, one window. `count` asks the server's own tokenizer.

    Which turns stay:

    | the whole branch                         | what is sent                                    |
    |------------------------------------------|-------------------------------------------------|
    | surely fits (a byte is at most one token)| all; nothing is counted                         |
    | fits by count                            | all                                             |
    | does not, and nothing may give way       | all, if any room is left; else `ContextOverflow` |
    | does not, but what was sent last time    | the same turns as last time and what came since, |
    |   and is more than half of the window    |   so that the server's cache of them still holds |
    | does not                                 | as many as fill three quarters, so that the next |
    |                                          |   turns need no new cut                         |
    | not even the last question               | `ContextOverflow`                               |

    Where turns of the middle give way, the first one goes last.
    """

    def __init__(
        self, source: PromptSource, *, window: int, max_tokens: int | None, count: CountTokens
    ) -> None:
        self._source = source
        self._window = window
        self._budget = window - _reserve(window, max_tokens)
        self._most = window - min(_LEAST_RESERVE, window // 8)
        self._count = count
        self._counts: dict[int, int] = {}

    async def find(self, *, trust_estimate: bool = True) -> Prompt:
        """The prompt to send.

        Raises:
            ContextOverflow: even what must stay is too long.
        """
        whole = self._prompt(0)
        if trust_estimate and estimate_tokens(whole.messages) <= self._budget:
            return whole
        if await self._tokens(0) <= self._budget:
            return whole
        if self._source.overflow is Overflow.NOTHING:
            return await self._require(0)
        before = count_omitted_before(self._source)
        if before and self._budget / 2 <= await self._tokens(before) <= self._budget:
            return self._prompt(before)
        return await self._cut()

    async def _cut(self) -> Prompt:
        last = len(self._source.turns) - 1
        target = int(self._budget * _FILL_AFTER_CUT)
        fewest, most = 1, last
        while fewest < most:
            middle = (fewest + most) // 2
            if await self._tokens(middle) <= target:
                most = middle
            else:
                fewest = middle + 1
        if fewest < last:
            return self._prompt(fewest)
        return await self._require(last)

    async def _require(self, omitted_turns: int) -> Prompt:
        tokens = await self._tokens(omitted_turns)
        if tokens <= self._most:
            return self._prompt(omitted_turns)
        what, advice = "The question with its system prompt", "Shorten the question"
        if self._source.overflow is Overflow.NOTHING and len(self._source.turns) > 1:
            what, advice = "The whole chat", "Let older turns give way in the chat's settings"
        raise ContextOverflow(
            f"{what} takes {tokens} tokens, and the model's context window holds "
            f"{self._window}. {advice}, or load the model with a larger context size.",
            prompt_tokens=tokens,
            context_size=self._window,
        )

    async def _tokens(self, omitted_turns: int) -> int:
        if omitted_turns not in self._counts:
            messages = self._prompt(omitted_turns).messages
            self._counts[omitted_turns] = await self._count(messages)
        return self._counts[omitted_turns]

    def _prompt(self, omitted_turns: int) -> Prompt:
        return build_prompt(self._source, omitted_turns=omitted_turns)


def _reserve(window: int, max_tokens: int | None) -> int:
    """Tokens that are kept free for the answer."""
    if max_tokens is not None:
        return min(max_tokens, window // 2)
    return min(_USUAL_RESERVE, window // 4)
