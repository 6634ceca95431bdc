"""An embedding model for benchmarks that know no event loop: the app's own parts on one beside."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import threading
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from llama_desktop.infrastructure.llama.binary import EngineFinder
from llama_desktop.infrastructure.llama.engine_log import EngineLog
from llama_desktop.infrastructure.llama.environment import build_environment
from llama_desktop.infrastructure.llama.launcher import LlamaLauncher
from llama_desktop.infrastructure.llama.probe import Prober
from llama_desktop.infrastructure.storage.search_vectors import Exchange, VectorSource
from llama_desktop.services.llama.service import LlamaCppService
from llama_desktop.services.memory.embedding_model import EmbeddingModel
from llama_desktop.services.memory.side_server import SideServer

T = TypeVar("T")
_PATIENCE = 600.0
_AT_ONCE = 32


class RunningEmbeddingModel:
    """Waits for each answer."""

    def __init__(self, path: Path) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self.path = path
        self._known: dict[tuple[str, str], bytes] = {}
        self._home = tempfile.TemporaryDirectory(prefix="llama-desktop-bench-")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        self._model = self._run(self._open())

    def embed(self, exchanges: Sequence[Exchange]) -> list[bytes]:
        """A packed vector of each; the same text is asked for once."""
        unknown = [one for one in exchanges if (one.content, one.before) not in self._known]
        for first in range(0, len(unknown), _AT_ONCE):
            some = unknown[first : first + _AT_ONCE]
            for one, vector in zip(some, self._run(self._model.embed(some)), strict=True):
                self._known[one.content, one.before] = vector
        return [self._known[one.content, one.before] for one in exchanges]

    def embed_query(self, question: str) -> tuple[float, ...] | None:
        """The vector of a question."""
        return self._run(self._model.embed_query(question, seconds=_PATIENCE))

    def close(self) -> None:
        """Stop the server."""
        self._run(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._home.cleanup()

    async def _open(self) -> EmbeddingModel:
        home = Path(self._home.name)
        environment = build_environment({}, api_key=None, config_home=home, is_our_executable=False)
        finder = EngineFinder(
            from_command_line=None,
            from_settings=lambda: None,
            engines_folder=home,
            prober=Prober(environment, home),
        )
        launcher = LlamaLauncher(
            finder, EngineLog(), engine_home=home, is_port_taken=lambda _lines: False
        )
        service = await self._stack.enter_async_context(LlamaCppService(launcher))
        server = await self._stack.enter_async_context(SideServer(service, idle_seconds=_PATIENCE))
        model = EmbeddingModel(server)
        model.choose(self.path)
        source: VectorSource = await model.probe(str(self.path))
        model.use(source)
        return model

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
