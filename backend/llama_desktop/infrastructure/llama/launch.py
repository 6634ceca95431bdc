"""One launch: from a command line to a healthy server that is proven to be ours, or to nothing."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.errors import EngineRequestFailed
from llama_desktop.domain.llama import LoadedModel, ServerConfig
from llama_desktop.infrastructure.llama.binary import FoundEngine
from llama_desktop.infrastructure.llama.client import LlamaClient
from llama_desktop.infrastructure.llama.command_line import HOST
from llama_desktop.infrastructure.llama.ending import EndingWatch
from llama_desktop.infrastructure.llama.engine_output import EngineOutput
from llama_desktop.infrastructure.llama.loaded_model import read_model
from llama_desktop.infrastructure.llama.log_facts import with_facts
from llama_desktop.infrastructure.llama.process import LaunchFailed, LaunchProgress
from llama_desktop.infrastructure.llama.process_group import ProcessGroup
from llama_desktop.infrastructure.llama.server import DRAIN_SECONDS, LlamaServer

logger = logging.getLogger(__name__)

_ASK_SECONDS: Final = (0.02, 0.1)
"""Between two questions for its health: in the first second, and later.

Only of servers that got their port from us. They say nothing that could be waited for on which
all versions agree; the others say where they listen when they have loaded.
"""
_LEAVE_SECONDS: Final = 2.0
_SILENCE_REPEATS_SECONDS: Final = 5.0


class _StrangerError(Exception):
    """Whoever answers on the port is not our child."""


class Plan(Struct, frozen=True):
    """What a process was started with."""

    found: FoundEngine
    config: ServerConfig
    port: int
    """0: it picks one itself and says which."""
    alias: str
    """Random: who knows it is our child."""
    api_key: str
    silence_seconds: float
    """After so long without a word it is reported as silent."""


class Launch:
    """Watches a process that was just started."""

    def __init__(
        self,
        plan: Plan,
        group: ProcessGroup,
        output: EngineOutput,
        watch: EndingWatch,
        report: Callable[[LaunchProgress], None],
    ) -> None:
        self._plan = plan
        self._group = group
        self._output = output
        self._watch = watch
        self._report_progress = report
        self._progress = LaunchProgress(pid=group.pid)
        self._client: LlamaClient | None = None
        self._base_url = ""

    async def become_healthy(self) -> LlamaServer:
        """Wait for health as long as the process lives; on any other way out leave no process.

        Raises:
            LaunchFailed: it ended first, or somebody else answers on its port.
        """
        self._report_progress(self._progress)
        exited = asyncio.create_task(self._group.wait(), name="llama-server ends")
        healthy = asyncio.create_task(self._wait_healthy(), name="llama-server loads")
        hearing = asyncio.create_task(self._watch_output(), name="llama-server is heard")
        try:
            await asyncio.wait({exited, healthy}, return_when=asyncio.FIRST_COMPLETED)
            if healthy.done() and isinstance(healthy.exception(), _StrangerError):
                # On a taken port ours is about to say so and to leave: the better reason.
                await asyncio.wait({exited}, timeout=_LEAVE_SECONDS)
            if exited.done():
                raise await self._explain_exit(exited.result())
            return self._hand_over(healthy.result())
        except _StrangerError as error:
            await asyncio.shield(self._abandon())
            raise self._explain_stranger() from error
        except BaseException:
            await asyncio.shield(self._abandon())
            raise
        finally:
            for task in (exited, healthy, hearing):
                task.cancel()
            await asyncio.gather(exited, healthy, hearing, return_exceptions=True)

    async def _wait_healthy(self) -> LoadedModel:
        port = self._plan.port or await self._output.port
        self._base_url = f"http://{HOST}:{port}"
        self._client = LlamaClient(self._base_url, self._plan.api_key)
        began = time.monotonic()
        while not await self._client.is_healthy():
            in_first_second = time.monotonic() - began < 1
            await asyncio.sleep(_ASK_SECONDS[0 if in_first_second else 1])
        try:
            return await self._recognise(self._client)
        except EngineRequestFailed as error:
            raise _StrangerError from error

    async def _recognise(self, client: LlamaClient) -> LoadedModel:
        """First whether it refuses a wrong key; only then is it told the right one."""
        if not await client.refuses_key(secrets.token_urlsafe(32)):
            raise _StrangerError
        props = await client.get_props()
        told = props.get("model_alias")
        aliases = (told,) if isinstance(told, str) else await client.get_model_ids()
        if self._plan.alias not in aliases:
            raise _StrangerError
        self._output.stop_gathering()
        return with_facts(read_model(self._plan.config, props), self._output.facts)

    async def _watch_output(self) -> None:
        """Report how far it is, and that it says nothing any more."""
        seconds = 0.0
        while True:
            wait = _SILENCE_REPEATS_SECONDS if seconds else self._plan.silence_seconds
            self._output.heard.clear()
            try:
                async with asyncio.timeout(wait):
                    await self._output.heard.wait()
            except TimeoutError:
                seconds += wait
                self._report(silent_seconds=seconds)
            else:
                seconds = 0.0
                self._report(silent_seconds=None)

    def _report(self, *, silent_seconds: float | None) -> None:
        load = self._output.load
        progress = replace(
            self._progress,
            stage=None if load is None else load.stage,
            progress=None if load is None else load.share,
            silent_seconds=silent_seconds,
        )
        if progress != self._progress:
            self._progress = progress
            self._report_progress(progress)

    def _hand_over(self, model: LoadedModel) -> LlamaServer:
        assert self._client is not None
        return LlamaServer(
            self._group,
            self._output,
            self._watch,
            base_url=self._base_url,
            client=self._client,
            engine=self._plan.found.engine,
            model=model,
        )

    async def _abandon(self) -> None:
        await self._group.kill()
        if self._client is not None:
            await self._client.aclose()

    async def _explain_exit(self, code: int) -> LaunchFailed:
        await self._group.drain(DRAIN_SECONDS)
        logger.warning("llama-server ended with code %s while it loaded", code)
        return LaunchFailed(
            await self._watch.describe_exit(code, self._output.last_lines, while_loading=True)
        )

    def _explain_stranger(self) -> LaunchFailed:
        logger.warning("A stranger answers at %s", self._base_url)
        return LaunchFailed(self._watch.describe_stranger(self._output.last_lines))
