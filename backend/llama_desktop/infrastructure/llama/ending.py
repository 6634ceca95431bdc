"""Notes how a server ended: what was seen of it, for the diagnosis."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from msgspec.structs import replace

from llama_desktop.domain.failure import Ending
from llama_desktop.domain.llama import EngineKind
from llama_desktop.infrastructure.llama.binary import FoundEngine
from llama_desktop.infrastructure.llama.client import LlamaClient
from llama_desktop.infrastructure.llama.exit_words import signal_name
from llama_desktop.infrastructure.llama.oom_killer import count_oom_kills

_KILLED: Final = "SIGKILL"


class EndingWatch:
    """One per launch, made just before it."""

    def __init__(self, found: FoundEngine, command: tuple[str, ...]) -> None:
        engine = found.engine
        self._start = Ending(
            while_loading=True,
            time=0.0,
            command=command,
            engine_path=engine.path,
            engine_version=engine.version,
            is_built_in=engine.kind is EngineKind.EMBEDDED,
        )
        self._oom_kills = count_oom_kills()

    async def describe_exit(
        self,
        exit_code: int,
        lines: tuple[str, ...],
        *,
        while_loading: bool,
        client: LlamaClient | None = None,
    ) -> Ending:
        """For a process that has left."""
        return replace(
            self._start,
            exit_code=exit_code,
            lines=lines,
            while_loading=while_loading,
            time=time.time(),
            oom_kills=await self._count_oom_kills(exit_code),
            chats_begun=client.chats_begun if client else 0,
            chats_answered=client.chats_answered if client else 0,
        )

    def describe_not_started(self, error: OSError) -> Ending:
        """For one that the system did not start."""
        words = (error.strerror or str(error)).lower()
        return replace(self._start, time=time.time(), start_error=words, start_errno=error.errno)

    def describe_stranger(self, lines: tuple[str, ...]) -> Ending:
        """For one whose port somebody else has."""
        return replace(self._start, time=time.time(), lines=lines, is_stranger=True)

    async def _count_oom_kills(self, exit_code: int) -> int | None:
        """Since the launch; asked only where it can explain the end."""
        if signal_name(exit_code) != _KILLED or self._oom_kills is None:
            return None
        now = await asyncio.to_thread(count_oom_kills)
        return None if now is None else max(0, now - self._oom_kills)
