"""The one thread that reads and writes what the app keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class StorageThread:
    """Runs calls one after another, in the order in which they were asked for.

    TinyDB bears neither two threads nor two processes: this is the one thread; the lock of the
    data folder keeps a second process away.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage")

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function there. When the caller is cancelled, the call still runs to its end."""
        call = partial(function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)

    async def aclose(self) -> None:
        """Wait for all calls that were asked for; refuse further ones."""
        await asyncio.to_thread(self._executor.shutdown)
