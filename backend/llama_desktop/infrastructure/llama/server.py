"""A llama-server that has become healthy: how it is stopped, and what is known when it has left."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from llama_desktop.domain.failure import Ending
from llama_desktop.domain.llama import Engine, LoadedModel
from llama_desktop.infrastructure.llama.client import LlamaClient
from llama_desktop.infrastructure.llama.ending import EndingWatch
from llama_desktop.infrastructure.llama.engine_output import EngineOutput
from llama_desktop.infrastructure.llama.process_group import ProcessGroup

logger = logging.getLogger(__name__)

_TERMINATE_SECONDS: Final = (2.0, 0.5)
"""How long it is waited for after the first request to leave, and after the second.

A llama-server with an open stream of somebody else ignores the first; the second ends it at once.
"""
DRAIN_SECONDS: Final = 2.0
_LEAVE_SECONDS: Final = 1.0


class LlamaServer:
    """Implements `process.ServerProcess`."""

    def __init__(
        self,
        group: ProcessGroup,
        output: EngineOutput,
        watch: EndingWatch,
        *,
        base_url: str,
        client: LlamaClient,
        engine: Engine,
        model: LoadedModel,
    ) -> None:
        """Takes over the group and the client, and cleans up after both."""
        self.pid = group.pid
        self.base_url = base_url
        self.client = client
        self.engine = engine
        self.model = model
        self._group = group
        self._output = output
        self._watch = watch
        self._leaving = asyncio.create_task(self._see_off(), name=f"llama-server {self.pid}")

    async def wait(self) -> Ending:
        """See `ServerProcess`."""
        return await asyncio.shield(self._leaving)

    async def stop(self) -> None:
        """See `ServerProcess`."""
        try:
            await self.client.aclose()
            for seconds in _TERMINATE_SECONDS:
                self._group.terminate()
                if await self._has_left_within(seconds):
                    break
            else:
                logger.warning("llama-server %s did not leave when told; it is killed", self.pid)
        finally:
            await self._group.kill()
        await self._has_left_within(_LEAVE_SECONDS)

    async def _has_left_within(self, seconds: float) -> bool:
        done, _ = await asyncio.wait({self._leaving}, timeout=seconds)
        return bool(done)

    async def _see_off(self) -> Ending:
        """Wait for the end, whoever causes it, and leave nothing of it behind."""
        code = await self._group.wait()
        logger.info("llama-server %s has left with code %s", self.pid, code)
        await self._group.drain(DRAIN_SECONDS)
        await self._group.kill()
        await self.client.aclose()
        return await self._watch.describe_exit(
            code, self._output.last_lines, while_loading=False, client=self.client
        )
