"""Counts tokens by the running server, each text once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from llama_desktop.infrastructure.llama.client import LlamaClient

_REMEMBERED: Final = 20_000
_AT_ONCE: Final = 4
_ASCII_PER_TOKEN: Final = 4.0
_OTHERS_PER_TOKEN: Final = 1.5


class TokenCounts:
    """What was counted for one server process; another one may have another tokenizer."""

    def __init__(self) -> None:
        self._pid: int | None = None
        self._counts: OrderedDict[bytes, int] = OrderedDict()

    async def count(self, pid: int, client: LlamaClient, texts: Iterable[str]) -> dict[str, int]:
        """The tokens of each text. Long chats are cheap to ask about again and again.

        Raises:
            EngineRequestFailed: the server does not answer.
        """
        if pid != self._pid:
            self._pid, self._counts = pid, OrderedDict()
        known = self._counts
        gate = asyncio.Semaphore(_AT_ONCE)

        async def count_one(text: str) -> int:
            key = blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
            if key not in known:
                async with gate:
                    known[key] = await client.count_tokens(text)
            known.move_to_end(key)
            return known[key]

        unique = tuple(dict.fromkeys(texts))
        counts = await asyncio.gather(*(count_one(text) for text in unique))
        while len(known) > _REMEMBERED:
            known.popitem(last=False)
        return dict(zip(unique, counts, strict=True))


def guess_tokens(text: str) -> int:
    """About how many tokens a text is, for most models, where nobody can count them."""
    others = sum(character > "\x7f" for character in text)
    return round((len(text) - others) / _ASCII_PER_TOKEN + others / _OTHERS_PER_TOKEN)
